/**
 * A batch loader, as Facebook's DataLoader: the keys that are asked for in one tick are collected, each once, and read by one
 * query; everybody who asked gets their row, or the query's failure (github.com/graphql/dataloader).
 *
 * A tick is an instant: the batch leaves by an event of the instant in which its first key was asked for, after all that
 * was due by then. Does not model a limit to the size of a batch.
 */
import { spawn, type Behaviour } from '../../kernel/process.ts';
import { Completion } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { KeyLoader, KeyLoaderOptions } from './key-loader.ts';

export class BatchLoader implements KeyLoader {
  trips = 0;
  private readonly sim: Simulation;
  private readonly options: KeyLoaderOptions;
  private readonly request: RequestContext;
  private asked = new Map<number, Completion<Row>>();

  constructor(sim: Simulation, options: KeyLoaderOptions, request: RequestContext) {
    this.sim = sim;
    this.options = options;
    this.request = request;
  }

  *load(key: number): Behaviour<Row> {
    if (this.asked.size === 0) spawn(this.sim, `${this.options.instance} loads a batch`, this.dispatch());
    let row = this.asked.get(key);
    if (row === undefined) {
      row = new Completion<Row>(this.sim);
      this.asked.set(key, row);
    }
    return yield* row.wait();
  }

  private *dispatch(): Behaviour {
    const { asked } = this;
    this.asked = new Map();
    this.trips++;
    try {
      const rows = yield* this.options.batches.call({ operation: 'read', keys: [...asked.keys()] }, this.request);
      for (const row of rows) asked.get(row.key)!.complete(row);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      for (const row of asked.values()) row.fail(error);
    }
  }
}
