/** Numbers what a component does for nobody's request, such as a follower's fetches: see `BACKGROUND`. */
import type { Simulation } from '../kernel/simulation.ts';
import { componentsOf } from './component.ts';
import { BACKGROUND, RequestContext } from './request-context.ts';

/** So many for each component. */
const BLOCK = 268_435_456;

export class BackgroundRequests {
  private readonly sim: Simulation;
  private readonly first: number;
  private count = 0;

  /** For the component that is being constructed: it is not registered yet. */
  constructor(sim: Simulation) {
    this.sim = sim;
    this.first = BACKGROUND + BLOCK * componentsOf(sim).length;
  }

  next(): RequestContext {
    return new RequestContext(this.first + (this.count++ % BLOCK), this.sim.now);
  }
}
