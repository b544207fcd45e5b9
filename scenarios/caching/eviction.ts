/**
 * Eviction: which entries should a full cache keep? A bank of caches, three policies in six sizes each, is asked for the
 * same requests, so that one run gives three miss-ratio curves: the policy looked at, another one, and OPT, which knows
 * the future and misses least.
 *
 *     users --> caches (one serves, the others are its shadows)
 *
 * The variants named after a policy are asked for a working set that scans run through, the handbook's "scan pollution";
 * the others say in their name what they are asked for.
 */
import {
  atEnd,
  atLeast,
  atMost,
  CacheBank,
  constant,
  defineScenario,
  Link,
  MISS_RATIO_CURVE,
  ms,
  OpenLoopClient,
  peak,
  popularities,
  s,
  uniformArrivals,
  type BankedCache,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './eviction/limits.ts';
import { cacheName, excessOverOpt, fewerMisses, missesOf, moreMisses, overOpt, type Line } from './eviction/limits.ts';
import { capacityOf, params, scanLength, SIZES, type Values } from './eviction/params.ts';
import { bytesOf, isInBytes, sizeOf } from './eviction/sizes.ts';

/** The size at which policies are compared, in percent, and the largest. */
const COMPARED = 10;
const LARGEST = 50;

/** The handbook's weakness of LRU, and FIFO's: a scan leaves nothing of the working set. */
const polluted = atLeast(missesOf('policy', LARGEST), limits.flushed);

/** What bookkeeping costs. */
const STEPS = 'cache.bookkeeping.steps';
const BYTES_AN_ENTRY = 'cache.bookkeeping.size';

/** Told from the policy beside it, on the same requests, by more than chance; or not. */
const better = atLeast(fewerMisses(COMPARED), limits.moreThanChance);
const worse = atLeast(moreMisses(COMPARED), limits.moreThanChance);
const notWorse = atMost(moreMisses(COMPARED), limits.moreThanChance);
const notBetter = atMost(fewerMisses(COMPARED), limits.moreThanChance);

/** And nobody misses less than OPT on the same requests from an empty cache on: a theorem (Belady 1966, Mattson 1970). */
const held = (...claims: Expectation[]): Expectation[] => [...claims, atLeast(excessOverOpt, 0)];

export default defineScenario({
  id: 'eviction',
  section: '1.3',
  title: 'Eviction policies',
  question: 'The cache is full. Which policy keeps what will be asked for, and how far from the best possible is it?',
  params,
  variants: {
    lru: { eviction: 'lru', beside: 'w-tinylfu' },
    fifo: { eviction: 'fifo' },
    random: { eviction: 'random', beside: 'fifo' },
    lfu: { eviction: 'lfu' },
    'lfu-with-aging': { eviction: 'lfu-aging' },
    clock: { eviction: 'clock' },
    slru: { eviction: 'slru' },
    '2q': { eviction: '2q' },
    arc: { eviction: 'arc' },
    lirs: { eviction: 'lirs' },
    sieve: { eviction: 'sieve' },
    's3-fifo': { eviction: 's3-fifo' },
    'w-tinylfu': { eviction: 'w-tinylfu' },
    opt: { eviction: 'opt' },
    'random-on-zipf': { eviction: 'random', beside: 'fifo', workload: 'zipf' },
    'lru-on-a-loop': { eviction: 'lru', beside: 'lirs', workload: 'loop', size: '50' },
    'random-on-a-loop': { eviction: 'random', beside: 'lru', workload: 'loop', size: '50' },
    'lirs-on-a-loop': { eviction: 'lirs', beside: 'lru', workload: 'loop', size: '50' },
    'lfu-on-a-shift': { eviction: 'lfu', beside: 'lru', workload: 'shift' },
    'lru-on-a-shift': { eviction: 'lru', beside: 'lfu', workload: 'shift' },
    'lfu-with-aging-on-a-shift': { eviction: 'lfu-aging', beside: 'lfu', workload: 'shift' },
    'w-tinylfu-on-a-shift': { eviction: 'w-tinylfu', beside: 'lfu', workload: 'shift' },
    'lru-on-churn': { eviction: 'lru', beside: 'w-tinylfu', workload: 'churn' },
    'w-tinylfu-on-churn': { eviction: 'w-tinylfu', beside: 'lru', workload: 'churn' },
    'w-tinylfu-on-a-mix': { eviction: 'w-tinylfu', beside: 'lru', workload: 'mix' },
    'w-tinylfu-climb-on-a-mix': { eviction: 'w-tinylfu:climb', beside: 'lru', workload: 'mix' },
    // So quick that a frequency is a thing of the past when it is known: what a small window cannot keep is lost.
    'w-tinylfu-on-quick-shifts': { eviction: 'w-tinylfu', beside: 'w-tinylfu:climb', workload: 'shift', every: 300 },
    'w-tinylfu-climb-on-quick-shifts': {
      eviction: 'w-tinylfu:climb',
      beside: 'w-tinylfu',
      workload: 'shift',
      every: 300,
    },
    'lru-in-bytes': { eviction: 'lru', beside: 'w-tinylfu', workload: 'zipf', spread: 100 },
    'w-tinylfu-in-bytes': { eviction: 'w-tinylfu', beside: 'lru', workload: 'zipf', spread: 100 },
  },
  roles: {
    lru: 'pitfall',
    fifo: 'pitfall',
    random: 'alternative',
    lfu: 'remedy',
    'lfu-with-aging': 'remedy',
    clock: 'alternative',
    slru: 'remedy',
    '2q': 'remedy',
    arc: 'remedy',
    lirs: 'remedy',
    sieve: 'remedy',
    's3-fifo': 'remedy',
    'w-tinylfu': 'remedy',
    opt: 'control',
    'random-on-zipf': 'control',
    'lru-on-a-loop': 'pitfall',
    'random-on-a-loop': 'alternative',
    'lirs-on-a-loop': 'remedy',
    'lfu-on-a-shift': 'pitfall',
    'lru-on-a-shift': 'remedy',
    'lfu-with-aging-on-a-shift': 'remedy',
    'w-tinylfu-on-a-shift': 'remedy',
    'lru-on-churn': 'pitfall',
    'w-tinylfu-on-churn': 'remedy',
    'w-tinylfu-on-a-mix': 'remedy',
    'w-tinylfu-climb-on-a-mix': 'remedy',
    'w-tinylfu-on-quick-shifts': 'pitfall',
    'w-tinylfu-climb-on-quick-shifts': 'remedy',
    'lru-in-bytes': 'pitfall',
    'w-tinylfu-in-bytes': 'remedy',
  },
  repairs: {
    lfu: 'lru',
    'lfu-with-aging': 'lru',
    slru: 'lru',
    '2q': 'lru',
    arc: 'lru',
    lirs: 'lru',
    sieve: 'fifo',
    's3-fifo': 'fifo',
    'w-tinylfu': 'lru',
    'lirs-on-a-loop': 'lru-on-a-loop',
    'lru-on-a-shift': 'lfu-on-a-shift',
    'lfu-with-aging-on-a-shift': 'lfu-on-a-shift',
    'w-tinylfu-on-a-shift': 'lfu-on-a-shift',
    'w-tinylfu-on-churn': 'lru-on-churn',
    'w-tinylfu-on-a-mix': 'lru',
    'w-tinylfu-climb-on-a-mix': 'lru',
    'w-tinylfu-climb-on-quick-shifts': 'w-tinylfu-on-quick-shifts',
    'w-tinylfu-in-bytes': 'lru-in-bytes',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: ms(500),
  openAt: s(10.1),
  system,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [MISS_RATIO_CURVE, 'cache.hit_ratio', 'cache.evictions', 'cache.bookkeeping.steps'],
  expect: {
    // A list, and nothing more.
    lru: held(polluted, worse, atMost(peak(STEPS), limits.lruSteps), atMost(atEnd(BYTES_AN_ENTRY), limits.links)),
    fifo: held(polluted),
    // The handbook's "non-optimal hit rate": no better than independent requests let it be, and far from OPT.
    random: held(
      notWorse,
      atLeast(missesOf('policy', COMPARED), limits.randomScannedLeast(COMPARED)),
      atLeast(overOpt(COMPARED), limits.paidForKnowingNothing(COMPARED)),
    ),
    lfu: held(better),
    'lfu-with-aging': held(better),
    // One bit of history is not enough against a scan of ten times the size: no worse than LRU, and that is all.
    clock: held(notWorse),
    slru: held(better),
    '2q': held(better),
    arc: held(better),
    lirs: held(better),
    sieve: held(better),
    's3-fifo': held(better),
    // The handbook's “more CPU / memory”: a sketch beside the lists.
    'w-tinylfu': held(better, atLeast(atEnd(BYTES_AN_ENTRY), limits.linksAndSketch)),
    opt: held(better),
    // Under independent requests the two have the same hit ratio (Gelenbe 1973).
    'random-on-zipf': held(notWorse, notBetter),
    'lru-on-a-loop': held(atLeast(missesOf('policy', LARGEST), limits.everyRequest)),
    'random-on-a-loop': held(
      atMost(missesOf('policy', LARGEST), limits.randomMissesMost(LARGEST)),
      atLeast(missesOf('policy', LARGEST), limits.randomMissesLeast(LARGEST)),
    ),
    'lirs-on-a-loop': held(atMost(missesOf('policy', LARGEST), limits.lirsMissesMost(LARGEST))),
    'lfu-on-a-shift': held(worse),
    'lru-on-a-shift': held(better),
    'lfu-with-aging-on-a-shift': held(better),
    'w-tinylfu-on-a-shift': held(better),
    'lru-on-churn': held(
      worse,
      atLeast(missesOf('policy', COMPARED), limits.lruMissesLeast(COMPARED)),
      atMost(missesOf('policy', COMPARED), limits.lruMissesMost(COMPARED)),
    ),
    'w-tinylfu-on-churn': held(better, atMost(missesOf('policy', COMPARED), limits.fewerThanLru(COMPARED))),
    'w-tinylfu-on-a-mix': held(better),
    'w-tinylfu-climb-on-a-mix': held(better),
    'w-tinylfu-on-quick-shifts': held(worse),
    'w-tinylfu-climb-on-quick-shifts': held(better),
    // By requests and by bytes as theory has it. With sizes OPT is a good rule and no bound, so that nothing is claimed of it.
    'lru-in-bytes': [
      worse,
      atLeast(missesOf('policy', COMPARED), limits.sizedMissesLeast(COMPARED)),
      atMost(missesOf('policy', COMPARED), limits.sizedMissesMost(COMPARED)),
      atLeast(limits.missedBytes, limits.byteMissesLeast),
      atMost(limits.missedBytes, limits.byteMissesMost),
    ],
    'w-tinylfu-in-bytes': [better, atMost(limits.missedBytes, limits.fewerBytesThanLru)],
  },
});

/** How many requests OPT looks ahead: all of a run by default. */
const AHEAD_MAX = 1_000_000;

function system(sim: Simulation, p: Values): void {
  const expected = Math.ceil((p.rate * p.length) / s(1)) + 1;
  const bank = new CacheBank(sim, {
    name: 'caches',
    caches: SIZES.flatMap((percent) => linesOf(p).map((line) => cacheOf(line, percent, roomOf(p, percent)))),
    serving: cacheName('policy', Number(p.size)),
    ahead: Math.min(AHEAD_MAX, expected),
    ...(isInBytes(p) && { sizeOf: sizeOf(p) }),
  });
  const users = new OpenLoopClient<boolean>(sim, {
    name: 'users',
    arrivals: uniformArrivals(p.rate),
    popularity: popularities[p.workload].create({ ...p, hotShare: 0, scanLength: scanLength(p) }),
    // A delay that is the same for all, so that requests come in the order in which OPT foresees them.
    target: () => link,
  });
  const link = new Link<number, boolean>(sim, bank, { from: 'users', delay: constant(ms(0.5)) });
  bank.foresee(users);
}

/** The lines of the curve, each with its policy. */
const linesOf = (p: Values): readonly (readonly [Line, eviction: string, words: string])[] => [
  ['policy', p.eviction, p.eviction],
  ['beside', p.beside, p.beside === p.eviction ? `${p.beside}, again` : p.beside],
  ['opt', 'opt-bypass', isInBytes(p) ? 'farthest next use' : 'OPT'],
];

/** Entries, or bytes, that a cache of that many percent has room for. */
const roomOf = (p: Values, percent: number): number =>
  isInBytes(p) ? bytesOf(percent, p) : capacityOf(percent, p.keys);

const cacheOf = (
  [line, eviction, words]: ReturnType<typeof linesOf>[number],
  percent: number,
  capacity: number,
): BankedCache => ({ name: cacheName(line, percent), eviction, capacity, line: words, size: percent / 100 });
