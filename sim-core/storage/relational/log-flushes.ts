/**
 * Flushes of a write-ahead log to disk, one at a time: whoever commits while one is under way waits for the next, which they all
 * share (group commit).
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Lsn, WriteAheadLog } from './write-ahead-log.ts';

interface Waiting {
  readonly upTo: Lsn;
  readonly flushed: () => void;
}

export class LogFlushes {
  private readonly sim: Simulation;
  private readonly log: WriteAheadLog;
  private readonly time: Duration;
  private readonly done: () => void;
  private readonly kind: number;
  private readonly waiting: Waiting[] = [];
  private running: EventHandle = -1;

  /** `time`: of one flush. `done`: called after each. */
  constructor(sim: Simulation, owner: string, log: WriteAheadLog, time: Duration, done: () => void) {
    this.sim = sim;
    this.log = log;
    this.time = time;
    this.done = done;
    this.kind = sim.eventKind(`${owner} has flushed its log`);
  }

  /** Calls back when the log is flushed up to there, in the order of the log. */
  wait(upTo: Lsn, flushed: () => void): void {
    this.waiting.push({ upTo, flushed });
    if (this.running < 0) this.begin();
  }

  /** What was not on disk is lost, and nobody is called back. */
  crash(): void {
    if (this.running >= 0) this.sim.cancel(this.running);
    this.running = -1;
    this.waiting.length = 0;
  }

  private begin(): void {
    this.running = this.sim.schedule(this.time, (upTo: Lsn) => this.end(upTo), this.log.end, this.kind);
  }

  private end(upTo: Lsn): void {
    this.running = -1;
    this.log.flush(upTo);
    while (this.waiting.length > 0 && this.waiting[0].upTo <= upTo) this.waiting.shift()!.flushed();
    if (this.waiting.length > 0) this.begin();
    this.done();
  }
}
