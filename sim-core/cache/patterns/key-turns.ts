/**
 * One at a time for each key, first come, first served: what a cache facade such as Caffeine does while it computes an
 * entry. It orders the loads and writes of one instance; it knows nothing of other instances.
 *
 * The line of a key has no bound: who stands in it are an instance's handlers, whose number is bounded.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';

export class KeyTurns {
  private readonly sim: Simulation;
  private readonly name: string;
  private readonly lines = new Map<number, Resource>();

  constructor(sim: Simulation, name: string) {
    this.sim = sim;
    this.name = name;
  }

  /** Runs a behaviour when it is the key's turn. */
  *inTurn<Result>(key: number, behaviour: () => Behaviour<Result>): Behaviour<Result> {
    const line = this.lineOf(key);
    yield* line.acquire();
    try {
      return yield* behaviour();
    } finally {
      line.release();
      if (line.inUse === 0) this.lines.delete(key);
    }
  }

  private lineOf(key: number): Resource {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = new Resource(this.sim, { name: `${this.name} key`, capacity: 1, queueMax: Infinity, isPassing: true });
      this.lines.set(key, line);
    }
    return line;
  }
}
