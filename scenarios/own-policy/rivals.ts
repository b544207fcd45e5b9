/** The policies beside which a learner's own is shown: what they miss of the same requests, from an empty cache on. */
import { chosenPolicy, KnownFuture, RandomStreams } from '../../sim-core/index.ts';
import type { Course, WorldName } from './worlds.ts';

/** By their names in the table of policies; OPT, the newcomer included in the choice, is the bound. */
export const RIVALS = {
  fifo: 'FIFO',
  lru: 'LRU',
  '2q': '2Q',
  sieve: 'SIEVE',
  'w-tinylfu': 'W-TinyLFU',
  'opt-bypass': 'OPT',
} as const;
export type Rival = keyof typeof RIVALS;
export const RIVAL_NAMES = Object.keys(RIVALS) as readonly Rival[];

/** What a learner's policy and all of these hit of the same requests. */
export interface WorldResult {
  readonly world: WorldName;
  readonly requests: number;
  readonly hits: number;
  readonly rivals: Readonly<Record<Rival, number>>;
}

/** Hits of each on a course of requests. */
export function rivalHits({ capacity, steps }: Course, seed: number): Readonly<Record<Rival, number>> {
  const future = new KnownFuture(steps);
  const hitsOf = (name: Rival): number => {
    const random = new RandomStreams(seed).stream(`own-policy/${name}`);
    const policy = chosenPolicy(name).create({ capacity, random, future });
    let hits = 0;
    for (let place = 0; place < steps.length; place++) {
      future.position = place;
      if (policy.request(steps[place])) hits++;
    }
    return hits;
  };
  return Object.fromEntries(RIVAL_NAMES.map((name) => [name, hitsOf(name)])) as Record<Rival, number>;
}
