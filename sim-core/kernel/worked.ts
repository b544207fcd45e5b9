/**
 * Waiting for processors that are shared: until they have worked so long for it. What was begun is worked off, whoever
 * still waits.
 */
import type { ProcessorSharing } from './processor-sharing.ts';
import type { Simulation } from './simulation.ts';
import type { Duration } from './time.ts';
import { PendingWait, type Wait, type Waiter } from './wait.ts';

/** Waits for a demand (time on an idle core, 0 or more) to be worked off; `whenDone` is called then, whoever still waits. */
export function worked(
  sim: Simulation,
  processors: ProcessorSharing,
  demand: Duration,
  whenDone?: () => void,
): Wait<void> {
  return new Worked(sim, processors, demand, whenDone);
}

class Worked extends PendingWait<void> {
  private readonly processors: ProcessorSharing;
  private readonly demand: Duration;
  private readonly whenDone: (() => void) | undefined;

  constructor(sim: Simulation, processors: ProcessorSharing, demand: Duration, whenDone: (() => void) | undefined) {
    super(sim);
    this.processors = processors;
    this.demand = demand;
    this.whenDone = whenDone;
  }

  override begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.processors.work(this.demand, Worked.end, this as Worked);
    return false;
  }

  private static end(wait: Worked): void {
    wait.whenDone?.();
    wait.waiter?.resume(wait);
  }
}
