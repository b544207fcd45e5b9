/**
 * What is measured in replications of a simulated queue, held against theory.
 */
import { expect } from 'vitest';
import { confidenceInterval } from '../../sim-core/index.ts';

/**
 * Twenty independent replications an experiment, and Student's interval at 99.99 %: some 120 comparisons are made in
 * these files, so that all of them hold together with a probability of about 0.99 if the simulator is right. The seeds
 * are fixed; they were not chosen. Runs start empty and drop their first tenth, more than ten times as long as the
 * slowest of these queues takes to forget its start (1 / (1 - sqrt(rho))^2 service times for M/M/1).
 */
const REPLICATIONS = 20;
export const LEVEL = 0.9999;

export type Measures = Readonly<Record<string, number>>;

export function replicate(experiment: (seed: number) => Measures): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (let seed = 1; seed <= REPLICATIONS; seed++) {
    for (const [name, value] of Object.entries(experiment(seed))) {
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  return values;
}

/** Every quantity that theory gives must lie within the interval of what was measured; all outliers are told. */
export function expectTheory(measured: Map<string, number[]>, theory: Measures): void {
  expect(outliers(measured, theory)).toEqual([]);
}

/** The quantities whose intervals do not hold the theory's value, in words. */
export function outliers(measured: Map<string, number[]>, theory: Measures): string[] {
  return Object.entries(theory).flatMap(([name, value]) => {
    const { low, high } = confidenceInterval(measured.get(name)!, LEVEL);
    return low <= value && value <= high ? [] : [`${name} is ${value}, measured [${low}, ${high}]`];
  });
}
