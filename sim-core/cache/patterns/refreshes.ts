/**
 * Refreshes behind the reader's back: loads that nobody waits for. Which of them are made when one of the key is under
 * way is the load guard's affair. When one fails the old entry stays, and the next reader tries again.
 */
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { LoadGuard } from '../stampede/load-guard.ts';

export class Refreshes {
  private readonly sim: Simulation;
  private readonly instance: string;
  private readonly guard: LoadGuard;
  private readonly underWay = new Set<Process>();

  constructor(sim: Simulation, instance: string, guard: LoadGuard) {
    this.sim = sim;
    this.instance = instance;
    this.guard = guard;
  }

  start(key: number, request: RequestContext): void {
    if (this.guard.loading(key)) return;
    const process: Process = spawn(
      this.sim,
      `${this.instance} refreshes`,
      this.refresh(key, request, () => process),
    );
    this.underWay.add(process);
  }

  /** The instance has crashed: what it was refreshing goes with it. */
  crash(): void {
    for (const process of this.underWay) process.cancel();
    this.underWay.clear();
  }

  private *refresh(key: number, request: RequestContext, self: () => Process): Behaviour {
    try {
      yield* this.guard.load(key, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.underWay.delete(self());
    }
  }
}
