/**
 * Spatial sampling of a trace, SHARDS: all requests for a share of the keys, picked by a hash, and none for the others.
 * What is left is a small trace with the same reuse: a cache of so much smaller a capacity misses it about as often.
 *
 * Waldspurger, Park, Garthwaite and Ahmad, "Efficient MRC construction with SHARDS", FAST 2015, at a fixed rate; for
 * policies that are no stack algorithms: Waldspurger, Saemundsson, Ahmad and Park, "Cache modeling and optimization using
 * miniature simulations", USENIX ATC 2017. The first paper's correction (SHARDS-adj) is `estimatedHits`. What remains is
 * chance, by which popular objects are in the sample: with 2,000 of 20,000 objects of Zipf's law (0.9) an estimate was
 * off by up to two points for a cache of half of them and by up to eleven for one of a hundredth.
 */
import { KeyBatch } from './trace-reader.ts';

export class KeySampler {
  /** Requests that were passed on. */
  requests = 0;
  /** Of all keys the share that is passed on. */
  readonly rate: number;
  private readonly threshold: number;
  private readonly chosen = new KeyBatch();

  /** @param rate above 0, at most 1 */
  constructor(rate: number) {
    if (!(rate > 0 && rate <= 1))
      throw new RangeError(`rate: ${rate} is not a share; give a number above 0, at most 1`);
    this.rate = rate;
    this.threshold = rate * 0x1_0000_0000;
  }

  /** The batch's keys that are in the sample, in a batch of the sampler's own that holds until the next call. */
  select(batch: KeyBatch): KeyBatch {
    const { chosen, threshold } = this;
    chosen.clear();
    chosen.bytes = batch.bytes;
    let count = 0;
    for (let i = 0; i < batch.count; i++) {
      if (hashOf(batch, i) >>> 0 >= threshold) continue;
      chosen.low[count] = batch.low[i];
      chosen.high[count] = batch.high[i];
      chosen.length[count] = batch.length[i];
      count++;
    }
    chosen.count = count;
    this.requests += count;
    return chosen;
  }
}

/**
 * The hits among `requests` of which a sample at this rate had `sampled`, `hits` of them hits. If the sample has more or
 * fewer requests than its rate should, that is the doing of the most popular keys, which hit in any cache: the difference
 * is put down as hits.
 */
export function estimatedHits(requests: number, rate: number, sampled: number, hits: number): number {
  const expected = requests * rate;
  const share = expected > 0 ? (hits + expected - sampled) / expected : 0;
  return Math.round(requests * Math.min(Math.max(share, 0), 1));
}

/** Other mixing than the key table's, whose slots the sample would otherwise crowd in one part. */
function hashOf({ low, high, length, bytes }: KeyBatch, i: number): number {
  const keyLength = length[i];
  if (keyLength === 0) return spread(spread(low[i] ^ 0x3c6ef372) ^ high[i]);
  let mixed = keyLength ^ 0x5bd1e995;
  for (let at = low[i]; at < low[i] + keyLength; at++) mixed = Math.imul(mixed ^ bytes[at], 0x01000193);
  return spread(mixed);
}

/** Wellons' hash prospector's 32-bit mixing. */
function spread(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return twice ^ (twice >>> 16);
}
