/**
 * What a hop takes for itself: an exponential time whose 99th percentile is the hop's budget, in each of three ways in which
 * hops can be slow. Independent: each has a draw of its own. Shared: one draw a request for all of them, as a large customer or
 * a collection of garbage on one machine makes it. Rare: a hop pauses for a while in fewer than one request in a hundred, and
 * is so much faster otherwise that its 99th percentile is the same.
 */
import {
  ln,
  ms,
  toSeconds,
  type Duration,
  type KeyedStream,
  type RequestContext,
  type Simulation,
} from '../../../sim-core/index.ts';
import { budgetOf, type Hop } from './budgets.ts';
import type { Values } from './params.ts';

export const TAIL = 0.01;

/** The budget of a hop in seconds: its 99th percentile, the database's by as many times as is said. */
export const p99Of = (p: Values, hop: Hop): number =>
  ((budgetOf(p.budget).hops[hop] ?? 0) / 1000) * (hop === 'database' ? p.over : 1);

/** The mean of its exponential part, in seconds. */
export function meanOf(p: Values, hop: Hop): number {
  const { pauseShare } = p;
  return p99Of(p, hop) / (p.together === 'rare' ? ln((1 - pauseShare) / (TAIL - pauseShare)) : ln(1 / TAIL));
}

export class HopTimes {
  private readonly p: Values;
  private readonly draws: KeyedStream;
  private readonly pauses: KeyedStream;
  private readonly mean: Duration;

  /** `which`: the machine's name, where a hop has several. */
  constructor(sim: Simulation, p: Values, hop: Hop, which: string) {
    this.p = p;
    this.draws = sim.keyedRandom(p.together === 'shared' ? 'what slows a request' : `${which}/time`);
    this.pauses = sim.keyedRandom(`${which}/pauses`);
    this.mean = ms(1000 * meanOf(p, hop));
  }

  of({ id }: RequestContext): Duration {
    const { together, pauseShare, pause } = this.p;
    const time = -this.mean * ln(1 - this.draws.of(id).next());
    const pauses = together === 'rare' && this.pauses.of(id).next() < pauseShare;
    return Math.round(time + (pauses ? pause : 0));
  }
}

/** Whether a time is beyond what ninety-nine of a hundred of a hop's take. */
export const isSlow = (p: Values, hop: Hop, time: Duration): boolean => toSeconds(time) > p99Of(p, hop);
