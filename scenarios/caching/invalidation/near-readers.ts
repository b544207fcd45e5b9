/**
 * Who is served the old value though everybody is told of a write: who sends a read after the commit and is there before the
 * news of it. It is a race of distances. Nothing here looks at a run.
 *
 * A write is replaced in an instance N after its commit; a read that is sent less than N - D after it, and takes D to get
 * there, finds the old copy, if there is one. A copy comes with a miss and goes with the next write, or at the end of its
 * time to live: it is there A / (A + 1 / l + d) of the time, where A = (1 - e^(-w T)) / w, l is the rate of the key's reads
 * at one instance and d is a load.
 */
import { exp, toSeconds, zipfProbabilities, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import { announcedMost, isSteady, loadTime, newsMost, observed, writes } from './limits.ts';
import type { Values } from './params.ts';

/** A gap between news and read: at most, and in the mean at least. */
interface Gap {
  readonly most: Duration;
  readonly mean: Duration;
}

/** By a bus: the answer to the writer and two messages over the bus, against one of the reader's. */
const byBus = (p: Values): Gap => ({
  most: announcedMost(p) - p.distance,
  mean: (NEAR_MIN + NEAR_MAX) / 2 + p.newsDistance + newsMost(p) - 2 * p.distance,
});

/** By the versions' server, which the reader asks as well; each may stand in the line of a few commands there. */
const byVersion = (p: Values): Gap => ({
  most: NEAR_MAX + newsMost(p) + 5 * COMMAND_TIME - p.distance - p.newsDistance,
  mean: 0,
});

/**
 * Stale reads: of a key's, those that have a write within the gap before them. 1 - e^(-w g) is concave in the gap, so above its
 * chord up to the widest one; and a gap's positive part is no less in the mean than the mean is. They come in bunches,
 * of one write R g of the key's R reads a second: so many squared and more.
 */
function staleReads(p: Values, { most, mean }: Gap): { least: number; most: number } {
  if (most <= 0) return { least: 0, most: 0 };
  const [widest, narrow] = [toSeconds(most), Math.max(0, toSeconds(mean))];
  const w = writes(p);
  const overtaken = 1 - exp(-w * widest);
  const alive = (1 - exp(-w * toSeconds(p.ttl))) / w;
  let [all, allSquares, there, thereSquares] = [0, 0, 0, 0];
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const rate = p.reads * share;
    const stale = rate * observed(p) * overtaken;
    const isThere = alive / (alive + p.instances / rate + loadTime(p));
    const bunch = 1 + rate * widest;
    all += stale;
    allSquares += stale * bunch;
    there += stale * isThere;
    thereSquares += stale * isThere * bunch;
  }
  const least = there * (narrow / widest) - DEVIATIONS * Math.sqrt(thereSquares);
  return { least: isSteady(p) ? Math.max(0, least) : 0, most: all + DEVIATIONS * Math.sqrt(allSquares) };
}

export const toldLate = limitOf<Values>((p) => staleReads(p, byBus(p)).most);
export const toldLateLeast = limitOf<Values>((p) => staleReads(p, byBus(p)).least);
export const raisedLate = limitOf<Values>((p) => staleReads(p, byVersion(p)).most);

/** What a read returns was replaced no longer ago than the gap is wide. */
export const toldLateBy = limitOf<Values>((p) => Math.max(0, toSeconds(byBus(p).most)));
