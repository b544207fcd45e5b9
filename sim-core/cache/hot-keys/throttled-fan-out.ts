/**
 * Write fan-out throttle: an instance that writes a hot key does not touch its copies after each write, but once for all
 * the writes of a while, and then it pushes what has come of them (after the handbook's "batch writes & push deltas",
 * section 1.8). Until then what is cached is old; nobody has to load anew.
 *
 * Each write goes to the store by itself; what is gathered is its fan-out to the copies. A push goes over nothing that is
 * newer: another instance may have written since. What is not pushed yet is lost when the instance crashes; then the time
 * to live is what ends it.
 */
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import { entryOf, lasting } from '../entry.ts';
import type { CopyAccess } from '../sharding/shard-router.ts';

export interface ThrottledFanOutOptions {
  readonly instance: string;
  readonly cache: CopyAccess<Row>;
  /** How long writes of a key are gathered. */
  readonly every: Duration;
  /** Time to live of what is pushed. */
  readonly ttl: Duration;
}

interface Gathered {
  newest: Row;
  readonly process: Process;
}

export class ThrottledFanOut {
  private readonly sim: Simulation;
  private readonly options: ThrottledFanOutOptions;
  private readonly pending = new Map<number, Gathered>();

  constructor(sim: Simulation, options: ThrottledFanOutOptions) {
    this.sim = sim;
    this.options = options;
  }

  /** A row has been written: it is pushed when the time of the first write since the last round is up. */
  written(row: Row, request: RequestContext): void {
    const gathered = this.pending.get(row.key);
    if (gathered === undefined) {
      const process = spawn(this.sim, `${this.options.instance} pushes`, this.pushLater(row.key, request));
      this.pending.set(row.key, { newest: row, process });
    } else if (row.version > gathered.newest.version) gathered.newest = row;
  }

  /** The instance has crashed, and what it meant to do is forgotten. */
  crash(): void {
    for (const { process } of this.pending.values()) process.cancel();
    this.pending.clear();
  }

  private *pushLater(key: number, request: RequestContext): Behaviour {
    const { cache, every, ttl } = this.options;
    yield every;
    const { newest } = this.pending.get(key)!;
    this.pending.delete(key);
    for (const push of cache.pushes(entryOf(key, newest, this.sim.now, lasting(ttl)), request)) {
      try {
        yield* push;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
    }
  }
}
