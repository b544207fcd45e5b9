/**
 * The 48-bit linear congruential generator of java.util.Random (and of POSIX drand48): the stream from which Caffeine's
 * simulator draws its admissions. For replaying that simulator's figures to the request; a run's own draws come from
 * its named streams, whose generator is better.
 *
 * state <- 0x5DEECE66D x state + 11 mod 2^48, begun at seed xor 0x5DEECE66D (the documentation of java.util.Random).
 */
import type { RandomStream } from '../../kernel/random-stream.ts';

const HALF = 0x1000000;
/** The multiplier in halves of 24 bits. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const INCREMENT = 0xb;

/** The seed of random operations in the configuration that Caffeine's simulator ships with. */
const CAFFEINE_SIMULATOR_SEED = 1_033_096_058;

export class Lcg48 implements RandomStream {
  private high: number;
  private low: number;

  /** @param seed an integer from 0 to 2^48 - 1 */
  constructor(seed: number = CAFFEINE_SIMULATOR_SEED) {
    this.high = Math.floor(seed / HALF) ^ MULTIPLIER_HIGH;
    this.low = (seed % HALF) ^ MULTIPLIER_LOW;
  }

  /** A multiple of 2^-24: java.util.Random's nextFloat. */
  next(): number {
    const low = this.low * MULTIPLIER_LOW + INCREMENT;
    const carry = Math.floor(low / HALF);
    const high = this.high * MULTIPLIER_LOW + this.low * MULTIPLIER_HIGH + carry; // below 2^49, so exact
    this.low = low - carry * HALF;
    this.high = high - Math.floor(high / HALF) * HALF;
    return this.high / HALF;
  }

  integer(bound: number): number {
    return Math.floor(this.next() * bound);
  }
}
