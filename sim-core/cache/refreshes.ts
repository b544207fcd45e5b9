/**
 * Refreshes behind the reader's back: loads that nobody waits for. When one fails the old entry stays, and the next reader
 * tries again. Whether one is begun while another of the key is under way is for the caller to say.
 */
import { spawn, type Behaviour, type Process } from '../kernel/process.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { CallFailed } from '../network/call.ts';

export class Refreshes {
  private readonly sim: Simulation;
  private readonly instance: string;
  private readonly underWay = new Set<Process>();

  /** `instance`: the name of the one that refreshes. */
  constructor(sim: Simulation, instance: string) {
    this.sim = sim;
    this.instance = instance;
  }

  /** Begins a load, which may throw `CallFailed`. */
  start(load: Behaviour<unknown>): void {
    const process: Process = spawn(
      this.sim,
      `${this.instance} refreshes`,
      this.refresh(load, () => process),
    );
    this.underWay.add(process);
  }

  /** The instance has crashed: what it was refreshing goes with it. */
  crash(): void {
    for (const process of this.underWay) process.cancel();
    this.underWay.clear();
  }

  private *refresh(load: Behaviour<unknown>, self: () => Process): Behaviour {
    try {
      yield* load;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.underWay.delete(self());
    }
  }
}
