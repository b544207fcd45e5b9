/** The laws of popularity by name: the values that a scenario's parameter may take. */
import { hotKey } from './hot-key.ts';
import type { Popularity } from './popularity.ts';
import { zipfPopularity } from './zipf.ts';

export interface PopularityOptions {
  /** How many keys there are, from 2 on. */
  readonly keys: number;
  /** Zipf's exponent, where the law has one. */
  readonly exponent: number;
  /** The hot key's share of all requests, where the law has one. */
  readonly hotShare: number;
}

export interface PopularityEntry {
  readonly help: string;
  readonly create: (options: PopularityOptions) => Popularity;
}

export const popularities: Readonly<Record<string, PopularityEntry>> = {
  uniform: { help: 'all keys alike', create: ({ keys }) => zipfPopularity(keys, 0) },
  zipf: { help: 'by Zipf’s law', create: ({ keys, exponent }) => zipfPopularity(keys, exponent) },
  'hot-key': {
    help: 'one key has a share of its own, the others go by Zipf’s law',
    create: ({ keys, exponent, hotShare }) => hotKey(hotShare, zipfPopularity(keys - 1, exponent)),
  },
};
