/**
 * What an instance does behind its users' backs: refreshes, late deletions. Nobody waits for it, a call that fails ends it in
 * silence, and a crash takes it along. What is begun while the like is under way is for the caller to say.
 */
import { spawn, type Behaviour, type Process } from '../kernel/process.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { CallFailed } from '../network/call.ts';

export class BackgroundWork {
  private readonly sim: Simulation;
  private readonly what: string;
  private readonly underWay = new Set<Process>();

  /** `what`: who does it, and what: `app-1 refreshes`. */
  constructor(sim: Simulation, what: string) {
    this.sim = sim;
    this.what = what;
  }

  /** Begins something that may throw `CallFailed`. */
  start(work: Behaviour<unknown>): void {
    const process: Process = spawn(
      this.sim,
      this.what,
      this.run(work, () => process),
    );
    this.underWay.add(process);
  }

  crash(): void {
    for (const process of this.underWay) process.cancel();
    this.underWay.clear();
  }

  private *run(work: Behaviour<unknown>, self: () => Process): Behaviour {
    try {
      yield* work;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.underWay.delete(self());
    }
  }
}
