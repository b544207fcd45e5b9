/** The laws of popularity by name: the values that a scenario's parameter may take. */
import { hotKey } from './hot-key.ts';
import { loop } from './loop.ts';
import { mixture } from './mixture.ts';
import type { Popularity } from './popularity.ts';
import { scans } from './scan.ts';
import { shifting } from './shift.ts';
import { zipfPopularity } from './zipf.ts';

export interface PopularityOptions {
  /** How many keys there are beside cold ones, from 2 on. */
  readonly keys: number;
  /** Zipf's exponent, where the law has one. */
  readonly exponent: number;
  /** The hot key's share of all requests, where the law has one. */
  readonly hotShare: number;
  /** Requests from one scan, or one move of the popularity, to the next: an integer from 2. */
  readonly every: number;
  /** Keys that a scan reads, fewer than `every`. */
  readonly scanLength: number;
  /** Share of all requests that ask for a key that is new, where the law has such. */
  readonly newShare: number;
  /** Keys that only scans ask for, and as many that are new: they come after the others. */
  readonly cold: number;
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
  scan: {
    help: 'by Zipf’s law, and again and again a scan of cold keys, each read once',
    create: ({ keys, exponent, every, scanLength, cold }) =>
      scans(zipfPopularity(keys, exponent), { every, length: scanLength, cold }),
  },
  loop: { help: 'every key in turn, over and over', create: ({ keys }) => loop(keys) },
  shift: {
    help: 'by Zipf’s law; which keys are popular changes again and again',
    create: ({ keys, exponent, every }) => shifting(zipfPopularity(keys, exponent), every),
  },
  // One-hit wonders: more than half of the objects in the traces of content delivery networks are asked for once (Maggs
  // and Sitaraman, "Algorithmic nuggets in content delivery", ACM SIGCOMM CCR 45(3), 2015).
  churn: {
    help: 'by Zipf’s law, and a share of the requests is for keys that are new',
    create: ({ keys, exponent, newShare, cold }) => mixture(zipfPopularity(keys, exponent), loop(cold), newShare),
  },
  mix: {
    help: 'by Zipf’s law, with scans, new keys, and a popularity that moves',
    create: ({ keys, exponent, every, scanLength, newShare, cold }) =>
      scans(mixture(shifting(zipfPopularity(keys, exponent), every), loop(cold), newShare), {
        every,
        length: scanLength,
        cold,
      }),
  },
};
