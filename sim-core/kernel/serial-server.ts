/**
 * Work that is done piece by piece in the order in which it comes: by one thread, over one wire. Since nothing that comes
 * later changes when an earlier piece ends, that is known when it comes, and no queue has to be kept. It has no bound:
 * whoever needs one looks at `backlog`.
 */
import type { BusyCapacity } from './capacity.ts';
import type { Duration, Time } from './time.ts';

export class SerialServer {
  private given = 0;
  private freeAt: Time = 0;

  /** Takes on a piece of work now; returns when it is done. */
  take(work: Duration, now: Time): Time {
    this.given += work;
    this.freeAt = Math.max(this.freeAt, now) + work;
    return this.freeAt;
  }

  /** Gives up what it has not done yet. */
  drop(now: Time): void {
    this.given -= this.backlog(now);
    this.freeAt = now;
  }

  /** Work that it has taken on and not done yet. */
  backlog(now: Time): Duration {
    return Math.max(0, this.freeAt - now);
  }

  /** How long it has worked up to now. */
  worked(now: Time): Duration {
    return this.given - this.backlog(now);
  }

  /** As one unit of its owner's, for `tellCapacity`. Nobody counts what waits, of which only the time that it takes is known. */
  asCapacity(name: string): BusyCapacity {
    return { kind: 'busy', name, units: () => 1, inUseTime: (now) => this.worked(now) };
  }
}
