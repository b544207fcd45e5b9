/**
 * What a token bucket lets through of lines that come in bursts, beyond its rate. Tokens drip in one a slot, and fewer come than lines.
 *
 * The whole tokens at the end of each slot are a queue of the type GI/M/1: they rise by one a slot and fall by the lines in it. So
 * n or more are left with probability sigma^n, where sigma is the least root of sigma = E[sigma^lines in a slot] (L. Kleinrock, Queueing
 * Systems, vol. 1, 1975, chapter 6). A line finds a token if no more came before it in its slot than were left, which is
 * E[sigma^lines before it]; and its place in the slot is uniform.
 */
import { exp, ln, pow } from '../../../sim-core/index.ts';

export interface LinesOfOrders {
  /** Orders in a slot, a Poisson number. */
  readonly orders: number;
  /** Lines that an order writes at one time, before it writes one more by itself. */
  readonly burst: number;
}

/** The share of lines by themselves that find a token: 1 where the bucket is enough. */
export function singlesLetThrough({ orders, burst }: LinesOfOrders): number {
  if (orders * (burst + 1) <= 1) return 1;
  let sigma = 0;
  for (let i = 0; i < ITERATIONS; i++) sigma = exp(orders * (pow(sigma, burst) + sigma - 2));
  return sigma === 0 ? 0 : (1 - sigma) / -ln(sigma);
}

/** From below, so that it comes to the least root; near a load of 1 it stays somewhat below, by less than chance does. */
const ITERATIONS = 500;
