/**
 * Every eviction policy by name. Where two sources differ, the plain name follows the first convention named in its
 * help and the suffixed one the other. `chosenPolicy` finds one by a text that may give it options.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { Lcg48 } from '../admission/lcg48.ts';
import { Arc } from './arc.ts';
import { Clock } from './clock.ts';
import type { EvictionFactory, EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { Fifo } from './fifo.ts';
import { Lfu } from './lfu.ts';
import { LfuAging } from './lfu-aging.ts';
import { Lirs } from './lirs.ts';
import { LoggedLru } from './logged-lru.ts';
import { Lru } from './lru.ts';
import { Opt } from './opt.ts';
import { RandomEviction } from './random.ts';
import { S3Fifo } from './s3-fifo.ts';
import { Sieve } from './sieve.ts';
import { Slru } from './slru.ts';
import { TwoQ } from './two-q.ts';
import { parseOptions, UnknownName, type OptionValues, type PolicyOptions } from './policy-options.ts';
import { WTinyLfu, wTinyLfuOptions } from './w-tinylfu.ts';

export interface EvictionPolicyEntry {
  /** With its options as chosen, or by default. */
  readonly create: EvictionFactory;
  readonly configurable?: Configurable;
  /** One line: what it evicts and, where sources differ, whose convention it follows. */
  readonly help: string;
  /** It cannot be made without `options.future`. */
  readonly needsFuture?: true;
  /** It cannot be made without `options.random`. */
  readonly needsRandom?: true;
  /** Its choices hang on `options.keyHash`. */
  readonly hashesKeys?: true;
  /**
   * The stream that its source draws from, for repeating that source's figures to the request: from the source's own
   * seed, or from another, an integer from 0 to 2^48 - 1.
   */
  readonly sourceStream?: (seed?: number) => RandomStream;
}

/** A policy that has options. */
interface Configurable {
  readonly options: PolicyOptions;
  /** The policy with its options as these texts say. Throws a `RangeError` or an `UnknownName`. */
  configure(policy: string, texts: readonly string[]): EvictionFactory;
}

function withOptions<Options extends PolicyOptions>(
  declared: Options,
  create: (options: EvictionOptions, own: Partial<OptionValues<Options>>) => EvictionPolicy,
): Required<Pick<EvictionPolicyEntry, 'create' | 'configurable'>> {
  return {
    create: (options) => create(options, {}),
    configurable: {
      options: declared,
      configure(policy, texts) {
        const own = parseOptions(policy, declared, texts);
        return (options) => create(options, own);
      },
    },
  };
}

export const evictionPolicies: Readonly<Record<string, EvictionPolicyEntry>> = {
  fifo: {
    create: (options) => new Fifo(options),
    help: 'first in, first out: the oldest insertion (libCacheSim, Caffeine)',
  },
  lru: {
    create: (options) => (options.bookkeeping === undefined ? new LoggedLru(options) : new Lru(options)),
    help: 'the least recently used (libCacheSim, Caffeine)',
  },
  lfu: {
    create: (options) => new Lfu(options),
    help: 'the least frequently used since its insertion; ties: the first to have reached that count (libCacheSim, Caffeine)',
  },
  'lfu-aging': {
    create: (options) => new LfuAging(options),
    help: 'LFU with dynamic aging (LFU-DA): a count weighs by the age of the cache at the last request',
  },
  random: {
    create: (options) => new RandomEviction(options),
    help: 'any entry with equal probability',
    needsRandom: true,
  },
  clock: {
    create: (options) => new Clock(options, 'evict-first'),
    help: 'FIFO with a second chance for entries that were hit; evicts before it inserts (libCacheSim)',
  },
  'clock-insert-first': {
    create: (options) => new Clock(options, 'insert-first'),
    help: 'CLOCK that inserts before it evicts, second chances behind the newcomer (Caffeine)',
  },
  slru: {
    create: (options) => new Slru(options),
    help: 'segmented LRU: 20 % on probation, 80 % protected for entries that were hit (Caffeine)',
  },
  '2q': {
    create: (options) => new TwoQ(options),
    help: '2Q: a FIFO for newcomers, its memory, and an LRU for those that return (libCacheSim, Caffeine at 25 % and 50 %)',
  },
  arc: {
    create: (options) => new Arc(options),
    help: 'adaptive replacement: recency and frequency, in shares that the misses balance (Caffeine)',
  },
  lirs: {
    create: (options) => new Lirs(options),
    help: 'low inter-reference recency: the time between the last two requests (Caffeine, and the authors)',
  },
  sieve: {
    create: (options) => new Sieve(options),
    help: 'SIEVE: a hand that sifts out what was not hit, from old to new (libCacheSim, Caffeine)',
  },
  's3-fifo': {
    create: (options) => new S3Fifo(options, 'main-share'),
    help: 'S3-FIFO: a small queue, a main one, and a memory of what left the small one (s3fifov0 of libCacheSim)',
  },
  's3-fifo-fills-main': {
    create: (options) => new S3Fifo(options, 'fills-main'),
    help: 'S3-FIFO whose newcomers fill the main queue first, once the small one has its share (s3fifo of libCacheSim)',
  },
  's3-fifo-small-share': {
    create: (options) => new S3Fifo(options, 'small-share'),
    help: 'S3-FIFO in which the small queue gives way while it fills its share (Caffeine)',
  },
  'w-tinylfu': {
    ...withOptions(wTinyLfuOptions, (options, own) => new WTinyLfu(options, own)),
    help: 'a window of 1 % before an SLRU that admits by frequency (WindowTinyLfu of the simulator of Caffeine)',
    needsRandom: true,
    hashesKeys: true,
    sourceStream: (seed) => new Lcg48(seed),
  },
  opt: {
    create: (options) => new Opt(options, 'must-insert'),
    help: 'the farthest next request: the optimum where every object requested must enter (libCacheSim)',
    needsFuture: true,
  },
  'opt-bypass': {
    create: (options) => new Opt(options, 'may-bypass'),
    help: 'the farthest next request, the newcomer included: the optimum where it may be refused (Caffeine)',
    needsFuture: true,
  },
};

/** What a parameter offers: every policy, and those with options that are policies of their own. */
export const evictionChoices: readonly string[] = Object.keys(evictionPolicies).flatMap((name) =>
  name === 'w-tinylfu'
    ? [
        name,
        `${name}:climb`,
        `${name}:doorkeeper`,
        `${name}:climb:doorkeeper`,
        `${name}:sketch=block`,
        `${name}:climb:sketch=block`,
      ]
    : [name],
);

/**
 * The policy that a text names, with its options as the text says (`policy-options.ts` has the grammar). Throws an
 * `UnknownName` where there is no such policy or option, and a `RangeError` for a value that is none.
 */
export function chosenPolicy(text: string): EvictionPolicyEntry {
  const [name, ...texts] = text.split(':').map((part) => part.trim());
  if (!Object.hasOwn(evictionPolicies, name)) {
    throw new UnknownName('eviction policy', name, Object.keys(evictionPolicies));
  }
  const entry = evictionPolicies[name];
  if (texts.length === 0) return entry;
  if (entry.configurable === undefined)
    throw new RangeError(`${name} has no options, but "${texts.join(':')}" was given`);
  return { ...entry, create: entry.configurable.configure(name, texts) };
}
