/**
 * Numbers what is done for nobody's request, such as a follower's fetches: see `BACKGROUND`. A component has a block of numbers by
 * its place among the components; what is no component, such as the instruments of a process, has one from the other end.
 */
import type { Simulation } from '../kernel/simulation.ts';
import { componentsOf } from './component.ts';
import { BACKGROUND, RequestContext } from './request-context.ts';

/** So many for each. */
const BLOCK = 268_435_456;
/** What is left of numbers up to 2^37. */
const BLOCKS = BACKGROUND / BLOCK;

const others = new WeakMap<Simulation, number>();

export class BackgroundRequests {
  private readonly sim: Simulation;
  private readonly first: number;
  private count = 0;

  /** For the component that is being constructed: it is not registered yet. */
  constructor(sim: Simulation, block = componentsOf(sim).length) {
    this.sim = sim;
    this.first = BACKGROUND + BLOCK * block;
  }

  /** For what is no component. */
  static outside(sim: Simulation): BackgroundRequests {
    const before = others.get(sim) ?? 0;
    others.set(sim, before + 1);
    return new BackgroundRequests(sim, BLOCKS - 1 - before);
  }

  next(): RequestContext {
    return new RequestContext(this.first + (this.count++ % BLOCK), this.sim.now);
  }
}
