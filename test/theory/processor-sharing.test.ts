/**
 * Processor sharing with Poisson arrivals: the mean time in the system is E[S] / (1 - rho) whatever the distribution of
 * the demand (Kleinrock, Queueing Systems 2, section 4.4), and with several cores and exponential demands the number of
 * jobs is that of M/M/c, for both leave a state of n jobs at the rate min(n, c).
 */
import { describe, expect, it } from 'vitest';
import {
  constant,
  erlang,
  exponential,
  hyperexponential,
  ProcessorSharing,
  SECOND,
  Simulation,
  Tally,
  toSeconds,
  type Distribution,
} from '../../sim-core/index.ts';
import { erlangC, pollaczekKhinchine } from '../../notebooks/calibration/queueing.ts';
import { expectTheory, outliers, replicate, type Measures } from './queue-simulation.ts';

function simulate(lambda: number, demand: Distribution, cores: number, seed: number): Measures {
  const sim = new Simulation({ seed });
  const processors = new ProcessorSharing(sim, 'processors', cores);
  const [gaps, demands] = [sim.random('gaps'), sim.random('demands')];
  const gap = exponential(SECOND / lambda);
  const end = (10_000 * SECOND) / lambda;
  const stays = new Tally();
  const leave = (arrival: number): void => {
    if (arrival >= end / 10) stays.add(toSeconds(sim.now - arrival));
  };
  const arrive = (): void => {
    processors.work(Math.round(demand.sample(demands)), leave, sim.now);
    sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
  };
  sim.schedule(0, arrive, undefined);
  sim.runUntil(end);
  return { W: stays.mean };
}

const demands: readonly (readonly [string, Distribution])[] = [
  ['constant', constant(SECOND)],
  ['Erlang-4', erlang(4, SECOND)],
  ['exponential', exponential(SECOND)],
  [
    'hyperexponential',
    hyperexponential([
      { weight: 0.9, mean: 0.5 * SECOND },
      { weight: 0.1, mean: 5.5 * SECOND },
    ]),
  ],
];

describe.each([0.5, 0.8])('at a load of %d', (load) => {
  it.each(demands)('the mean time in the system does not feel the distribution: %s demand', (_name, demand) => {
    const measured = replicate((seed) => simulate(load, demand, 1, seed));
    expectTheory(measured, { W: 1 / (1 - load) });
  });

  it('which first come, first served does: the check would tell them apart', () => {
    const measured = replicate((seed) => simulate(load, constant(SECOND), 1, seed));
    expect(outliers(measured, { W: pollaczekKhinchine(load, 1).W })).toHaveLength(1);
  });
});

describe('several cores', () => {
  it.each([
    [1.6, 2],
    [6.4, 8],
  ])('at %d jobs a second on %d cores keep as many jobs as M/M/c', (lambda, cores) => {
    const measured = replicate((seed) => simulate(lambda, exponential(SECOND), cores, seed));
    expectTheory(measured, { W: erlangC(lambda, cores).W });
  });
});
