/**
 * Write fan-out throttle: an instance that writes a hot key does not delete its copies after each write, but once for all
 * the writes of a while (after the handbook's "batch writes & push deltas", section 1.8). Until then what is cached is old.
 * Does not model the rest of that: the store has every write by itself, and copies are deleted, not changed.
 *
 * What is not deleted yet is lost when the instance crashes; then the time to live is what ends it.
 */
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { CopyAccess } from '../sharding/shard-router.ts';

export class ThrottledInvalidation {
  private readonly sim: Simulation;
  private readonly instance: string;
  private readonly cache: CopyAccess<Row>;
  private readonly every: Duration;
  private readonly pending = new Map<number, Process>();

  /** `every`: how long writes of a key are gathered. */
  constructor(sim: Simulation, instance: string, cache: CopyAccess<Row>, every: Duration) {
    this.sim = sim;
    this.instance = instance;
    this.cache = cache;
    this.every = every;
  }

  /** The key has been written: its copies go when the time of the first write since the last round is up. */
  written(key: number, request: RequestContext): void {
    if (this.pending.has(key)) return;
    this.pending.set(key, spawn(this.sim, `${this.instance} invalidates`, this.deleteLater(key, request)));
  }

  /** The instance has crashed, and what it meant to do is forgotten. */
  crash(): void {
    for (const process of this.pending.values()) process.cancel();
    this.pending.clear();
  }

  private *deleteLater(key: number, request: RequestContext): Behaviour {
    yield this.every;
    this.pending.delete(key);
    for (const deletion of this.cache.deletions(key, request)) {
      try {
        yield* deletion;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
    }
  }
}
