/**
 * What is claimed of the signals by which backpressure is noticed, and of what each overflow does, worked out from the parameters. Nothing here
 * looks at a run.
 */
import { ln, NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import { LOOKS_EVERY } from './demand-looks.ts';
import {
  behind,
  capacity,
  doneMost,
  ENRICHING,
  fatal,
  fits,
  inSpike,
  isFatal,
  isStore,
  lasts,
  SETTLED,
  slow,
  waitsBefore,
  WARM_UP,
} from './limits.ts';
import type { Values } from './params.ts';
import { DERIVED_OVER, SAMPLED_EVERY } from './tally.ts';

const limit = limitOf<Values>;

/** Over how long the backlog's growth is told, and how late a monitor is, in seconds. */
const OVER = toSeconds(DERIVED_OVER * SAMPLED_EVERY);
const LATE = toSeconds(SAMPLED_EVERY);

/**
 * Wherever what is too many is kept, the backlog grows by it: seen in the first second that lies in the spike, if memory holds what comes
 * until a monitor has looked.
 */
export const grows = limit((p) => {
  const seen = OVER + LATE;
  const isHeld = p.handOver === 'block' || p.handOver === 'pull' || poissonMost(inSpike(p) * seen) < fatal(p);
  if (!isHeld || lasts(p) < seen) return new NotClaimed('a process may be killed before its backlog is seen to grow');
  return Math.max(0, (poissonLow(inSpike(p) * OVER) - doneMost(p, OVER)) / OVER);
});

/** A queue without a bound fills a process: all that it holds but what its workers have waits for these. */
export const saturated = limit((p) => (isFatal(p) ? Math.max(0, fatal(p) - 1 - p.workers) / p.workers : 0));
/** With a bound no more than that waits, for workers all of whom are busy, but for one who is just between two. */
export const boundedSaturation = limit((p) => p.bound / Math.max(1, p.workers - 1));

/** The first of those that fill a process has waited for as long as they took to come, and the monitor may be late by a look. */
export const watermarkStands = limit((p) => {
  const held = Math.max(0, fatal(p) - 1 - p.workers);
  return isFatal(p) ? Math.max(0, (held - DEVIATIONS * Math.sqrt(held)) / inSpike(p) - LATE) : 0;
});
/** Nobody who is taken in time is in there for longer than behind full buffers. */
export const watermarkMoves = limit((p) => (fits(p) ? behind(p) : toSeconds(p.length)));

/**
 * With the oldest dropped whoever is next is the oldest of as many as the buffer holds, and all of these came after it: it has waited for as
 * long as they took to come. Once fewer come it is again as with the newest dropped, for those who were inside then.
 */
export const behindNewest = limit((p) => {
  const comes = poissonLow(p.rate * (toSeconds(p.length - WARM_UP) - lasts(p)));
  if (!isStore(p) || inSpike(p) <= capacity(p) || comes < 10 * (p.bound + p.workers)) return behind(p);
  const came = (p.bound + DEVIATIONS * Math.sqrt(p.bound)) / inSpike(p);
  return Math.min(behind(p), came + slow(p) + toSeconds(3 * NEAR_MAX));
});

/** Where one overflow ends the stream nothing is stored after it, and in the first second of the spike it overflows. */
const overflows = (p: Values): boolean =>
  fits(p) && lasts(p) >= 1 && poissonLow(inSpike(p)) - doneMost(p, 1) > p.bound + p.workers;
const NO_OVERFLOW = new NotClaimed('the buffer need not overflow in the spike');
export const untilOverflow = limit((p) => {
  const before = Math.max(0, toSeconds(p.spikeAt - WARM_UP));
  return overflows(p) ? poissonMost(p.rate * before) + doneMost(p, 1) + p.bound + p.workers : NO_OVERFLOW;
});
/** What is stored is counted from a while after the spike began: by then it has overflowed, and the last that was inside is stored. */
export const noneAfterOverflow = limit((p) => {
  const before = Math.max(0, toSeconds(SETTLED) - behind(p));
  const hasOverflowed = poissonLow(inSpike(p) * before) - doneMost(p, before) > p.bound + p.workers;
  return overflows(p) && hasOverflowed ? 0 : NO_OVERFLOW;
});

/** A stage asks when so many of its prefetch are done with: three quarters. */
const asksAgain = ({ bound }: Values): number => Math.max(1, bound - (bound >> 2));
/** More than what a limit takes to be in a stage is there at so few looks. */
const SELDOM = 0.01;
/**
 * Of a stage that is busy for a share of its workers' time: that k wait, or more, has at most a chance of that share to the power of k, by
 * Erlang's formulas for M/M/c; readings vary less here. At all looks but few no more are in the stage.
 */
const heldMostly = (busy: number, workers: number): number => workers + ln(SELDOM) / ln(busy);
/**
 * What a stage has asked for and nobody has begun on is all of its prefetch, less what it was done with since it asked last, less what was
 * begun on and it is not done with. Both stages count the same readings from the first on and ask after as many, the store later by
 * what is between: so the least of both is at least the prefetch, less what the store was done with since it asked, less all that is
 * in both and under way, the request included. What it was done with goes from nothing to all of a round, each step as often: at half of
 * the looks it is half of a round or less, but for what one round that is cut off weighs among all, for chance (the share of a time in which
 * n come that half of them take has a deviation of 1 / (2 sqrt n)), and for looks at which more is inside.
 */
export const askedInCalm = limit((p) => {
  const comes = p.rate * Math.max(0, toSeconds(Math.min(p.spikeAt, p.length) - WARM_UP));
  const [enrich, store] = [p.rate * toSeconds(ENRICHING), p.rate / capacity(p)];
  const usedUp = new NotClaimed('what is asked for may be used up while all is calm');
  if (Math.max(enrich, store) >= 1 || !fits(p)) return usedUp;
  const inside = heldMostly(enrich, 1) + heldMostly(store, p.workers) + poissonMost(p.rate * toSeconds(3 * NEAR_MAX));
  const round = asksAgain(p);
  const off = round / (4 * comes) + DEVIATIONS / (2 * Math.sqrt(comes)) + 2 * SELDOM;
  const least = p.bound - round * (0.5 + off) - inside;
  return least > 0 ? least : usedUp;
});
/** Never for more than there is room for. */
export const askedMost = limit((p) => p.bound);
/**
 * In the spike there is a backlog before the first stage, so that all that the store asks for in a round is begun on as fast as one after the
 * other can be enriched, and what is asked of the spool at once; that and the ways of what is not there yet is a stretch of time with a look
 * more than fit in. Nothing is asked for at half of the looks or more if these stretches have less than half of them, of as many rounds as
 * the store can be done with, and one that began before.
 */
export const askedInSpike = limit((p) => {
  const seconds = Math.max(0, lasts(p) - toSeconds(SETTLED));
  const rounds = 1 + doneMost(p, seconds) / asksAgain(p);
  const looks = rounds * (1 + (asksAgain(p) * ENRICHING + 4 * NEAR_MAX) / LOOKS_EVERY);
  const isBacklogged = isStore(p) && seconds > 0 && waitsBefore(p, toSeconds(SETTLED)) > 0;
  const isMostlyNothing = looks < seconds / toSeconds(2 * LOOKS_EVERY);
  return isBacklogged && isMostlyNothing ? 0 : new NotClaimed('what is asked for need not be there at once');
});
