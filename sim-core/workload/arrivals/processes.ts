/**
 * The arrival processes by name, each at a mean rate: the values that a scenario's parameter may take. Recorded arrivals
 * are not among them: they need a recording, and have the rate that it has.
 */
import { s } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';
import { bursty } from './bursty.ts';
import { poisson } from './poisson.ts';
import { uniformArrivals } from './uniform.ts';

export interface ArrivalProcessEntry {
  readonly help: string;
  /** `perSecond`: mean arrivals a second, above 0. A process keeps its place: make one for each client. */
  readonly create: (perSecond: number) => ArrivalProcess;
}

export const arrivalProcesses: Readonly<Record<string, ArrivalProcessEntry>> = {
  poisson: { help: 'independent of each other: a large population', create: poisson },
  uniform: { help: 'at equal distances: a load generator', create: uniformArrivals },
  bursty: {
    help: 'Poisson arrivals at half the rate, and in bursts of a second, a fifth of the time, at three times the rate',
    create: (perSecond) =>
      bursty({ calmPerSecond: perSecond / 2, burstPerSecond: 3 * perSecond, calmMean: s(4), burstMean: s(1) }),
  },
};
