/** The pace at which a consumer is given what was there when it began: as fast as it takes it, or as it was stored (`original`). */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { MILLISECOND, type Time } from '../../../kernel/time.ts';
import type { StoredMessage } from './message-store.ts';

export class ReplayPace {
  private readonly sim: Simulation;
  private readonly kind: number;
  private readonly goOn: () => void;
  /** The last message that keeps the pace. */
  private readonly until: number;
  private lastStoredAt: Time | undefined;
  private pausedUntil: Time = 0;
  private pause: EventHandle | undefined;

  /** `goOn`: called when a pause is over. */
  constructor(sim: Simulation, owner: string, until: number, goOn: () => void) {
    this.sim = sim;
    this.kind = sim.eventKind(`${owner} replays`);
    this.until = until;
    this.goOn = goOn;
  }

  get isPausing(): boolean {
    return this.sim.now < this.pausedUntil;
  }

  /** Whether a message is to come later; then it will. */
  holdsBack({ sequence, storedAt }: StoredMessage<unknown>): boolean {
    if (sequence > this.until) return false;
    const gap = this.lastStoredAt === undefined ? 0 : storedAt - this.lastStoredAt;
    this.lastStoredAt = storedAt;
    if (gap <= MILLISECOND) return false;
    this.pausedUntil = this.sim.now + gap;
    this.pause = this.sim.schedule(gap, this.goOn, undefined, this.kind);
    return true;
  }

  stop(): void {
    if (this.pause !== undefined) this.sim.cancel(this.pause);
    this.pause = undefined;
    this.pausedUntil = 0;
  }
}
