/**
 * What a system has a bounded amount of: handlers, connections, processors, threads, room. Whoever owns some tells its simulation
 * once, and whoever measures reads from it how much was in use and how much waited, at any instant and at no cost in between: the
 * U and the S of the USE method (B. Gregg, https://www.brendangregg.com/usemethod.html).
 */
import type { Simulation } from './simulation.ts';
import type { Duration, Time } from './time.ts';

interface Named {
  /** Its owner's name first: `database pool`. */
  readonly name: string;
  /** How much there is. */
  readonly units: () => number;
}

/** Units that are busy and free again: their number integrated over time, in unit-nanoseconds since the start. */
export interface BusyCapacity extends Named {
  readonly kind: 'busy';
  readonly inUseTime: (now: Time) => Duration;
  /** The same of those who wait for a unit, and how many found no room to; without it nobody counts them. */
  readonly line?: { readonly waitingTime: (now: Time) => Duration; readonly refused: () => number };
}

/** Room that what lies in it fills. */
export interface RoomCapacity extends Named {
  readonly kind: 'room';
  readonly held: () => number;
  /** To be full is what it is for: a cache’s. */
  readonly isMeantToFill?: boolean;
}

export type Capacity = BusyCapacity | RoomCapacity;

const told = new WeakMap<Simulation, Capacity[]>();

export function tellCapacity(sim: Simulation, capacity: Capacity): void {
  const capacities = told.get(sim);
  if (capacities === undefined) told.set(sim, [capacity]);
  else capacities.push(capacity);
}

/** In the order in which they were told of. */
export const capacitiesOf = (sim: Simulation): readonly Capacity[] => told.get(sim) ?? [];
