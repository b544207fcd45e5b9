/**
 * What each row of the reference is compared with: a policy of ours that must miss as often, to the request; or none, with
 * the reason, and, where one of ours is of the same kind, by how much the miss ratios may differ.
 */

const LIBCACHESIM = 'libCacheSim:';
const CAFFEINE = 'caffeine-simulator:';

/** Of each policy the sources that it equals. */
export const EQUAL: Readonly<Record<string, readonly string[]>> = {
  fifo: [`${LIBCACHESIM}fifo`, `${CAFFEINE}linked.FIFO`],
  lru: [`${LIBCACHESIM}lru`, `${CAFFEINE}linked.LRU`],
  lfu: [`${LIBCACHESIM}lfu`, `${CAFFEINE}linked.LFU`],
  clock: [`${LIBCACHESIM}clock`],
  'clock-insert-first': [`${CAFFEINE}linked.CLOCK`],
  slru: [`${CAFFEINE}linked.SegmentedLru`],
  '2q': [`${LIBCACHESIM}twoq`, `${CAFFEINE}two-queue.TwoQueue`],
  arc: [`${CAFFEINE}adaptive.Arc`],
  lirs: [`${CAFFEINE}irr.Lirs`],
  sieve: [`${LIBCACHESIM}sieve`, `${CAFFEINE}linked.Sieve`],
  's3-fifo': [`${LIBCACHESIM}s3fifov0`],
  's3-fifo-fills-main': [`${LIBCACHESIM}s3fifo`],
  's3-fifo-small-share': [`${CAFFEINE}two-queue.S3Fifo`],
  'w-tinylfu': [`${CAFFEINE}sketch.WindowTinyLfu(1%)`],
  'w-tinylfu:climb': [`${CAFFEINE}sketch.HillClimberWindowTinyLfu (simple 1%)`],
  opt: [`${LIBCACHESIM}belady`],
  'opt-bypass': [`${CAFFEINE}opt.Clairvoyant`],
};

/**
 * Rows of no policy of ours that are repeated to the request all the same, so that it is known what they differ in: libCacheSim's
 * segmented LRU, whose newcomers enter the lowest segment with room and whose hits may evict (`rising-segments.ts`), by how large its
 * segments are to each other.
 */
export const REPEATED: Readonly<Record<string, readonly number[]>> = {
  [`${LIBCACHESIM}slru`]: [1, 1, 1, 1],
  [`${LIBCACHESIM}slru-1:4`]: [1, 4],
};

/** Compared within what its draws explain, or told apart by them. */
export const DRAWN = { same: `${CAFFEINE}sampled.Random`, other: `${LIBCACHESIM}random` };

export interface Unmatched {
  readonly source: string;
  readonly why: string;
  /**
   * One of ours of the same kind, how far apart the two miss ratios may lie on one row, and on the mean of all rows. Both
   * are observed once and rounded up: they say how much of a difference the reason is to explain.
   */
  readonly like?: { readonly policy: string; readonly most: number; readonly mean: number };
}

export const UNMATCHED: readonly Unmatched[] = [
  {
    source: `${LIBCACHESIM}arc`,
    why: 'keeps fractions of the target, which Caffeine, whom ours follows, rounds down',
    like: { policy: 'arc', most: 0.009, mean: 0.001 },
  },
  {
    source: `${LIBCACHESIM}lirs`,
    why: 'gives one entry at least to HIR, and bounds its stack otherwise; ours is the authors’, as Caffeine’s is',
    like: { policy: 'lirs', most: 0.065, mean: 0.005 },
  },
  {
    source: `${LIBCACHESIM}wtinylfu`,
    why: 'a sketch and hashes of its own; at small capacities its window or main space is empty and nothing hits',
  },
  { source: `${LIBCACHESIM}wtinylfu-fix`, why: 'likewise, less one fault' },
  {
    source: `${CAFFEINE}sketch.HillClimberWindowTinyLfu (correlation 1%)`,
    why: 'a climber with another rule for the step, which the library has not',
    like: { policy: 'w-tinylfu:climb', most: 0.09, mean: 0.01 },
  },
  {
    source: `${CAFFEINE}sketch.HillClimberWindowTinyLfu (trust_region_ewma 1%)`,
    why: 'likewise',
    like: { policy: 'w-tinylfu:climb', most: 0.11, mean: 0.01 },
  },
  {
    source: `${CAFFEINE}adaptive.Car`,
    why: 'CAR, which is ARC over clocks, is not modelled',
    like: { policy: 'arc', most: 0.11, mean: 0.005 },
  },
  {
    source: `${CAFFEINE}irr.ClockPro`,
    why: 'CLOCK-Pro, which is LIRS over clocks, is not modelled',
    like: { policy: 'lirs', most: 0.03, mean: 0.01 },
  },
  { source: `${CAFFEINE}irr.ClockProPlus`, why: 'not modelled: CLOCK-Pro with the adaptation of CAR' },
  {
    source: `${CAFFEINE}linked.S4Lru`,
    why: 'not modelled: SLRU with four segments',
    like: { policy: 'slru', most: 0.12, mean: 0.011 },
  },
  { source: `${CAFFEINE}linked.MultiQueue`, why: 'not modelled: queues by frequency with a lifetime' },
  { source: `${CAFFEINE}linked.MRU`, why: 'not modelled: evicts the most recent' },
  { source: `${CAFFEINE}linked.MFU`, why: 'not modelled: evicts the most frequent' },
  { source: `${CAFFEINE}two-queue.TuQueue`, why: 'not modelled: OpenBSD’s variant of 2Q' },
  { source: `${CAFFEINE}sampled.Lru`, why: 'not modelled: the least recent of eight drawn entries' },
  { source: `${CAFFEINE}sampled.Lfu`, why: 'not modelled: the least frequent of eight drawn entries' },
  {
    source: `${CAFFEINE}sampled.Hyperbolic`,
    why: 'not modelled: the least frequent for its age of eight drawn entries',
  },
];

/** Policies of ours that no row is of. */
export const WITHOUT_ROWS: Readonly<Record<string, string>> = {
  'lfu-aging': 'neither simulator has LFU-DA',
  'w-tinylfu:doorkeeper': 'measured without a doorkeeper: the configuration of the simulator of Caffeine has it off',
  'w-tinylfu:climb:doorkeeper': 'likewise',
  'w-tinylfu:sketch=block': 'the simulator was run with its own sketch; the library (product.Caffeine) was not',
  'w-tinylfu:climb:sketch=block': 'likewise: what the library has, of which there is no row',
};
