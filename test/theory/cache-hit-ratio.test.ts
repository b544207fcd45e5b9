/**
 * Hit ratios under the independent reference model, requests drawn independently from Zipf's law: LRU, FIFO and Random
 * simulated in replications, against theory.
 *
 * Small caches have exact answers. King, "Analysis of demand paging algorithms", IFIP 1971, for LRU; Gelenbe, IEEE
 * Transactions on Computers 22(6), 1973, for FIFO and Random, which are the same. Larger ones have Che's approximation
 * (Che, Tung and Wang, IEEE JSAC 20(7), 2002) and its counterpart for FIFO and Random (Fricker, Robert and Roberts,
 * ITC 24, 2012). It is an approximation: the errors allowed for are those found by an independent simulation.
 */
import { describe, expect, it } from 'vitest';
import { characteristicTime, heldByFifo, heldByLru, zipfProbabilities } from '../../sim-core/cache/miss-ratio/che.ts';
import { evictionPolicies } from '../../sim-core/cache/eviction/policies.ts';
import { confidenceInterval } from '../../sim-core/statistics/confidence.ts';
import type { ConfidenceInterval } from '../../sim-core/statistics/confidence.ts';
import vectors from '../vectors/che-hit-ratios.json' with { type: 'json' };
import { testStream, zipfRanks } from '../sim-core/cache/eviction/traces.ts';
import { sharedVectors } from '../shared-vectors.ts';

/** So high that all of the comparisons below hold together with probability 0.99. */
const LEVEL = 0.9999;

/** The hit ratios of policies on the same requests, each from independent replications after a warm-up. */
function hitRatios(
  names: readonly string[],
  { keys, exponent, capacity, warmUp, requests, replications }: Experiment,
): ConfidenceInterval[] {
  const rank = zipfRanks(keys, exponent);
  const ratios = names.map((): number[] => []);
  for (let seed = 0; seed < replications; seed++) {
    const stream = testStream(seed * 7919 + 11);
    const ids = Int32Array.from({ length: warmUp + requests }, () => rank(stream));
    for (const [index, name] of names.entries()) {
      const policy = evictionPolicies[name].create({ capacity, objects: keys, random: testStream(seed) });
      let hits = 0;
      for (let position = 0; position < ids.length; position++) {
        if (policy.request(ids[position]) && position >= warmUp) hits++;
      }
      ratios[index].push(hits / requests);
    }
  }
  return ratios.map((values) => confidenceInterval(values, LEVEL));
}

interface Experiment {
  readonly keys: number;
  readonly exponent: number;
  readonly capacity: number;
  readonly warmUp: number;
  readonly requests: number;
  readonly replications: number;
}

/** Sums over every sequence of `length` different keys. */
function overSequences(keys: number, length: number, value: (sequence: readonly number[]) => number): number {
  const extend = (sequence: readonly number[]): number => {
    if (sequence.length === length) return value(sequence);
    let sum = 0;
    for (let key = 0; key < keys; key++) if (!sequence.includes(key)) sum += extend([...sequence, key]);
    return sum;
  };
  return extend([]);
}

/** LRU holds the sequence (most recent first) with the probability of drawing it without replacement. */
function exactLru(probabilities: readonly number[], capacity: number): number {
  return overSequences(probabilities.length, capacity, (sequence) => {
    let probability = 1;
    let drawn = 0;
    for (const key of sequence) {
      probability *= probabilities[key] / (1 - drawn);
      drawn += probabilities[key];
    }
    return probability * drawn;
  });
}

/** FIFO and Random hold a set with a probability proportional to the product of its keys'. */
function exactFifo(probabilities: readonly number[], capacity: number): number {
  const product = (set: readonly number[]): number => set.reduce((value, key) => value * probabilities[key], 1);
  const held = (set: readonly number[]): number => set.reduce((sum, key) => sum + probabilities[key], 0);
  const { length } = probabilities;
  const hits = overSequences(length, capacity, (set) => product(set) * held(set));
  return hits / overSequences(length, capacity, product);
}

describe('exact hit ratios of small caches', () => {
  it.each([
    [6, 0.8, 1],
    [6, 0.8, 3],
    [7, 1.2, 4],
    [8, 0, 3],
  ])('%d keys of Zipf(%d), room for %d', (keys, exponent, capacity) => {
    const probabilities = zipfProbabilities(keys, exponent);
    const experiment = { keys, exponent, capacity, warmUp: 1000, requests: 40_000, replications: 12 };
    const [lru, fifo, random] = hitRatios(['lru', 'fifo', 'random'], experiment);
    const exact = { lru: exactLru(probabilities, capacity), fifo: exactFifo(probabilities, capacity) };
    expect(lru.halfWidth).toBeLessThan(0.01);
    expect(Math.abs(lru.mean - exact.lru)).toBeLessThanOrEqual(lru.halfWidth);
    expect(Math.abs(fifo.mean - exact.fifo)).toBeLessThanOrEqual(fifo.halfWidth);
    expect(Math.abs(random.mean - exact.fifo)).toBeLessThanOrEqual(random.halfWidth);
  });
});

/**
 * The largest errors of the approximation that were found by a simulation of 3 million requests a row, independent of
 * this one: `meta.verified_by` of `../shared/data/vectors/cache_hit_che.json`.
 */
const ERROR = { lru: 0.001, fifo: 0.0057, random: 0.006 };

/** One cache: Che's hit ratio for LRU and for FIFO and Random, and the times that they follow of. */
interface Row {
  readonly keys: number;
  readonly exponent: number;
  readonly capacity: number;
  readonly lru: { readonly time: number; readonly hitRatio: number };
  readonly fifo: { readonly time: number; readonly hitRatio: number };
}

/** Hit ratios of another simulation, of one run of each policy. */
type Simulated = Readonly<Record<'lru' | 'fifo' | 'random' | 'clock', number>>;
/** Requests that it counted, and what its figures are rounded by: `meta.verified_by` of the same file. */
const SIMULATED_REQUESTS = 2_000_000;
const ROUNDING = 0.00005;

/** Whether what is computed, and what is simulated, is what the row says. */
function agrees({ keys, exponent, capacity, lru: cheLru, fifo: cheFifo }: Row, simulated?: Simulated): void {
  const probabilities = zipfProbabilities(keys, exponent);
  const lruTime = characteristicTime(probabilities, capacity, heldByLru);
  const fifoTime = characteristicTime(probabilities, capacity, heldByFifo);
  expect(lruTime.hitRatio).toBeCloseTo(cheLru.hitRatio, 9);
  expect(fifoTime.hitRatio).toBeCloseTo(cheFifo.hitRatio, 9);
  expect(lruTime.time / cheLru.time).toBeCloseTo(1, 8);
  expect(fifoTime.time / cheFifo.time).toBeCloseTo(1, 8);

  // Warm when every key that it could hold for a characteristic time has had four of them to come and go.
  const warmUp = Math.ceil(4 * fifoTime.time);
  const experiment = { keys, exponent, capacity, warmUp, requests: 50_000, replications: 12 };
  const [lru, fifo, random, clock] = hitRatios(['lru', 'fifo', 'random', 'clock'], experiment);
  expect(Math.abs(lru.mean - cheLru.hitRatio)).toBeLessThanOrEqual(ERROR.lru + lru.halfWidth);
  expect(Math.abs(fifo.mean - cheFifo.hitRatio)).toBeLessThanOrEqual(ERROR.fifo + fifo.halfWidth);
  expect(Math.abs(random.mean - cheFifo.hitRatio)).toBeLessThanOrEqual(ERROR.random + random.halfWidth);

  // The other simulation's run is so much longer than all of ours, and errs so much less.
  const requests = experiment.requests * experiment.replications;
  const oneMore = Math.sqrt(1 + requests / SIMULATED_REQUESTS);
  for (const [name, ours] of Object.entries({ lru, fifo, random, clock })) {
    if (simulated === undefined) break;
    const theirs = simulated[name as keyof Simulated];
    expect(Math.abs(ours.mean - theirs), name).toBeLessThanOrEqual(ours.halfWidth * oneMore + ROUNDING);
  }

  // Not an accident of wide intervals: LRU is told from FIFO, and CLOCK beats LRU.
  expect(lru.mean).toBeGreaterThan(fifo.mean);
  expect(clock.mean).toBeGreaterThan(lru.mean);
}

describe("Che's approximation", () => {
  it.each(vectors.rows)('$keys keys of Zipf($exponent), room for $capacity', (row) => agrees(row));
});

/** The rows of the shared table. */
interface SharedTable {
  readonly rows: readonly Readonly<
    Record<
      | 'N'
      | 'zipf_alpha'
      | 'C'
      | 'che_LRU'
      | 'T_LRU'
      | 'che_FIFO_RANDOM'
      | 'T_FIFO'
      | 'perfect_LFU'
      | 'sim_LRU'
      | 'sim_FIFO'
      | 'sim_RANDOM'
      | 'sim_CLOCK'
      | 'lru_item_hit_rank1'
      | 'lru_item_hit_rankC',
      number
    >
  >[];
  readonly ttl_single_item: readonly {
    readonly rate: number;
    readonly ttl: number;
    readonly hit_no_reset: number;
    readonly hit_reset_on_access: number;
  }[];
}

const shared = sharedVectors<SharedTable>('cache_hit_che.json');

describe.skipIf(shared.isLeftOut)('every row of ../shared/data/vectors/cache_hit_che.json', () => {
  const table = (): SharedTable => shared.read();

  it('is what the approximation and the caches come to', { timeout: 60_000 }, () => {
    const { rows } = table();
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const { N: keys, zipf_alpha: exponent, C: capacity, T_LRU } = row;
      const che = {
        keys,
        exponent,
        capacity,
        lru: { time: T_LRU, hitRatio: row.che_LRU },
        fifo: { time: row.T_FIFO, hitRatio: row.che_FIFO_RANDOM },
      };
      agrees(che, { lru: row.sim_LRU, fifo: row.sim_FIFO, random: row.sim_RANDOM, clock: row.sim_CLOCK });
      const probabilities = zipfProbabilities(keys, exponent);
      const popular = probabilities.slice(0, capacity);
      expect(popular.reduce((sum, one) => sum + one, 0)).toBeCloseTo(row.perfect_LFU, 9);
      const { time } = characteristicTime(probabilities, capacity, heldByLru);
      expect(heldByLru(popular[0] * time)).toBeCloseTo(row.lru_item_hit_rank1, 6);
      expect(heldByLru(popular[capacity - 1] * time)).toBeCloseTo(row.lru_item_hit_rankC, 6);
    }
  });

  it('of one key with a time to live: kept from its load, l T of 1 + l T, or from each access, as by LRU', () => {
    for (const { rate, ttl, hit_no_reset, hit_reset_on_access } of table().ttl_single_item) {
      expect(heldByFifo(rate * ttl)).toBeCloseTo(hit_no_reset, 9);
      expect(heldByLru(rate * ttl)).toBeCloseTo(hit_reset_on_access, 9);
    }
  });
});
