/**
 * Waiting for processors that are shared: until they have worked so long for it. What was begun is worked off, whoever
 * still waits.
 */
import type { ProcessorSharing } from './processor-sharing.ts';
import type { Simulation } from './simulation.ts';
import type { Duration } from './time.ts';
import { PendingWait, type Wait, type Waiter } from './wait.ts';

/** Waits for a demand (time on an idle core, 0 or more) to be worked off. */
export function worked(sim: Simulation, processors: ProcessorSharing, demand: Duration): Wait<void> {
  return new Worked(sim, processors, demand);
}

class Worked extends PendingWait<void> {
  private readonly processors: ProcessorSharing;
  private readonly demand: Duration;

  constructor(sim: Simulation, processors: ProcessorSharing, demand: Duration) {
    super(sim);
    this.processors = processors;
    this.demand = demand;
  }

  override begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.processors.work(this.demand, (wait: Worked) => wait.waiter?.resume(wait), this as Worked);
    return false;
  }
}
