/**
 * The requests that a learner's policy is asked: those of the eviction scenario, at the size of cache that a variant of it
 * serves from, key by key. A key's id is the number of keys that were asked for before it.
 */
import {
  popularities,
  RandomStreams,
  removalOf,
  resizeTo,
  resolveParameters,
  s,
  type Scenario,
} from '../../sim-core/index.ts';
import eviction from '../caching/eviction.ts';
import { capacityOf, scanLength, type Values } from '../caching/eviction/params.ts';

export interface World {
  /** Of the requests. */
  readonly title: string;
  /** The variant of the eviction scenario whose requests they are. */
  readonly variant: string;
}

export const WORLDS = {
  scan: { title: 'Scans', variant: 'lru' },
  zipf: { title: 'Zipf', variant: 'random-on-zipf' },
  loop: { title: 'Loop', variant: 'lru-on-a-loop' },
  shift: { title: 'Shift', variant: 'lru-on-a-shift' },
  churn: { title: 'Churn', variant: 'lru-on-churn' },
  mix: { title: 'Mix', variant: 'w-tinylfu-on-a-mix' },
} as const satisfies Readonly<Record<string, World>>;

export type WorldName = keyof typeof WORLDS;
export const WORLD_NAMES = Object.keys(WORLDS) as readonly WorldName[];

/** What a policy is asked in one go: `steps` as `steps.ts` of the lab has them. */
export interface Course {
  readonly capacity: number;
  readonly steps: Int32Array;
}

/** The requests of a world, those that the scenario's run of this seed asks of its serving cache. */
export function courseOf(world: WorldName, seed: number): Course {
  const p = resolveParameters(eviction as Scenario, WORLDS[world].variant, {}) as Values;
  const popularity = popularities[p.workload].create({ ...p, hotShare: 0, scanLength: scanLength(p) });
  const draws = new RandomStreams(seed).keyed('users/keys');
  const ids = new Map<number, number>();
  // The first comes after one interval, the last at the run's very end, and is not answered in it.
  const steps = Int32Array.from({ length: Math.ceil((p.rate * p.length) / s(1)) - 1 }, (_, number) => {
    const key = popularity.draw(draws.of(number), number);
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
  return { capacity: capacityOf(Number(p.size), p.keys), steps };
}

/** Steps of the books' course, objects in it, and entries at first. */
const BOOK_STEPS = 3000;
const BOOK_OBJECTS = 60;
const BOOK_CAPACITY = 20;

/** Requests mixed with removals and other capacities, on which a policy is held to its contract and to nothing else. */
export function bookCourse(seed: number): Course {
  const draws = new RandomStreams(seed).stream('own-policy/books');
  const steps = Int32Array.from({ length: BOOK_STEPS }, () => {
    const kind = draws.next();
    if (kind < 0.01) return resizeTo(1 + draws.integer(BOOK_CAPACITY));
    const id = draws.integer(BOOK_OBJECTS);
    return kind < 0.1 ? removalOf(id) : id;
  });
  return { capacity: BOOK_CAPACITY, steps };
}
