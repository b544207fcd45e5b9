/** A process that stands still for a while: what would happen in it happens when it goes on, in the same order. */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';

export class Pausing {
  private readonly sim: Simulation;
  private readonly resumeKind: number;
  private until: Time = 0;
  private resuming: EventHandle = -1;
  private held: (() => void)[] = [];

  constructor(sim: Simulation, owner: string) {
    this.sim = sim;
    this.resumeKind = sim.eventKind(`${owner} goes on`);
  }

  get isOn(): boolean {
    return this.sim.now < this.until;
  }

  begin(duration: Duration): void {
    this.sim.cancel(this.resuming);
    this.until = this.sim.now + duration;
    const resume = (): void => {
      for (const act of this.held.splice(0)) act();
    };
    this.resuming = this.sim.schedule(duration, resume, undefined, this.resumeKind);
  }

  /** Lets something happen now, or when it goes on. */
  whenAwake(act: () => void): void {
    if (this.isOn) this.held.push(act);
    else act();
  }

  /** The process has died: what waited will not happen. */
  forget(): void {
    this.held = [];
  }
}
