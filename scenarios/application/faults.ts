/** Faults that come to some in turn, one in each interval and at a moment of it that chance picks: as many of them in every run. */
import type { Duration, Simulation, Time } from '../../sim-core/index.ts';

/** Intervals that faults come in: as many whole ones as there are from the beginning to the end. */
export interface FaultIntervals {
  readonly from: Time;
  readonly until: Time;
  readonly every: Duration;
}

export const faultCount = ({ from, until, every }: FaultIntervals): number =>
  Math.max(0, Math.floor((until - from) / every));

export function inTurn<Victim>(
  sim: Simulation,
  what: string,
  intervals: FaultIntervals,
  victims: readonly Victim[],
  act: (victim: Victim) => void,
): void {
  const kind = sim.eventKind(what);
  const moments = sim.random(what);
  for (let i = 0; i < faultCount(intervals); i++) {
    const at = intervals.from + Math.floor((i + moments.next()) * intervals.every);
    sim.scheduleAt(at, act, victims[i % victims.length], kind);
  }
}
