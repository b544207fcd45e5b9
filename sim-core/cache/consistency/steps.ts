/**
 * What an application instance does, step by step, that keeps a cache and a store in agreement by itself: the patterns
 * of this folder are all made of these steps, and differ in their order alone.
 *
 * A cache that does not answer is treated as one that has nothing and takes nothing: the user's read or write goes on
 * with the store.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { Statement } from '../../storage/transactions.ts';
import type { CacheCommand, CacheReply } from '../cache-server.ts';
import { entryOf, lasting, type CacheEntry } from '../entry.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';

export interface StepsOptions {
  /** Name of the application instance. */
  readonly instance: string;
  readonly cache: CacheAccess<Row>;
  readonly store: Link<Statement, Row>;
  readonly ttl: Duration;
  /** Time that an instance works on a row it has loaded before it stores it, in nanoseconds. */
  readonly preparing: Distribution;
}

/** What an instance can do, one thing after the other. */
export class Steps {
  readonly sim: Simulation;
  private readonly options: StepsOptions;
  private readonly draws: KeyedStream;

  constructor(sim: Simulation, options: StepsOptions) {
    this.sim = sim;
    this.options = options;
    this.draws = sim.keyedRandom('preparing');
  }

  /** What the cache has under a key. */
  *get(key: number, request: RequestContext): Behaviour<Row | undefined> {
    const reply = yield* this.ask({ command: 'get', key }, request);
    return reply?.entry?.value;
  }

  /** Puts a row into the cache. */
  *put(row: Row, request: RequestContext): Behaviour {
    yield* this.ask({ command: 'set', entry: this.entryOf(row) }, request);
  }

  /** Takes a key out of the cache. */
  *drop(key: number, request: RequestContext): Behaviour {
    yield* this.ask({ command: 'delete', key }, request);
  }

  /** Reads a row from the store and makes of it what is cached. */
  *load(key: number, request: RequestContext): Behaviour<Row> {
    const row = yield* this.execute('read', key, request);
    yield Math.max(0, Math.round(this.options.preparing.sample(this.draws.of(request.id))));
    return row;
  }

  /** The handbook's update: finds the row, changes it, saves it; the transaction commits at once, or stays open. */
  *save(key: number, request: RequestContext, how: 'write' | 'update' = 'write'): Behaviour<Row> {
    yield* this.execute('read', key, request);
    return yield* this.execute(how, key, request);
  }

  /** A statement to the store. */
  execute(statement: Statement['statement'], key: number, request: RequestContext): Wait<Row> {
    return this.options.store.call({ statement, key }, request);
  }

  /** A command to the cache; undefined if it did not answer. */
  *ask(command: CacheCommand<Row>, request: RequestContext): Behaviour<CacheReply<Row> | undefined> {
    try {
      return yield* this.options.cache.call(command, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return undefined;
    }
  }

  entryOf(row: Row): CacheEntry<Row> {
    return entryOf(row.key, row, this.sim.now, lasting(this.options.ttl));
  }
}

/** Cache-aside: what the cache has, or else what the store has, which `fill` then puts into the cache. */
export function* readAside(
  app: Steps,
  key: number,
  request: RequestContext,
  fill: (row: Row, request: RequestContext) => Behaviour<unknown>,
): Behaviour<Row> {
  const cached = yield* app.get(key, request);
  if (cached !== undefined) return cached;
  const row = yield* app.load(key, request);
  yield* fill(row, request);
  return row;
}
