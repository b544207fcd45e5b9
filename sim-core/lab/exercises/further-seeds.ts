/**
 * The seeds beside the scenario's own on which a try has to hold, so that it is no luck: there the goals of one and the same
 * remedy have to be kept that it keeps on the scenario's own seed.
 */
import type { Scenario } from '../scenario.ts';
import type { Way } from './goals.ts';

/** Seeds on which a try has to hold beside the scenario's own: those that follow it. */
export const FURTHER_SEEDS = 10;

/** The seeds beside the scenario's own. */
export const furtherSeeds = ({ seed }: Pick<Scenario, 'seed'>): number[] =>
  Array.from({ length: FURTHER_SEEDS }, (_, i) => seed + i + 1);

/** Of a further seed: remedies whose goals are all kept. */
export interface SeedResult {
  readonly seed: number;
  readonly solves: readonly string[];
}

/** Remedies whose goals all hold in a run. */
export const solvedIn = (ways: readonly Way[]): string[] =>
  ways.filter(({ solved }) => solved).map(({ remedy }) => remedy);

/** Of the remedies that hold on the scenario's own seed, those that hold on all of these. */
export const solvedOnAll = (own: readonly string[], seeds: readonly SeedResult[]): string[] =>
  own.filter((remedy) => seedsHeldBy(remedy, seeds) === seeds.length);

/** On how many of these seeds one and the same of the remedies holds that hold on the scenario's own: the best of them. */
export const seedsHeld = (own: readonly string[], seeds: readonly SeedResult[]): number =>
  Math.max(0, ...own.map((remedy) => seedsHeldBy(remedy, seeds)));

const seedsHeldBy = (remedy: string, seeds: readonly SeedResult[]): number =>
  seeds.filter(({ solves }) => solves.includes(remedy)).length;
