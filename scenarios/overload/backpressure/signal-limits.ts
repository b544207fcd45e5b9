/**
 * What is claimed of the signals by which backpressure is noticed, and of what each overflow does, worked out from the parameters. Nothing here
 * looks at a run.
 */
import { NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
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
/**
 * What a stage has asked for and nobody has begun on is all of its prefetch less what it was done with since it asked last, what it holds and what
 * is under way. The first of these goes from a quarter of the prefetch to all of it, and each step is as often: at half of the times it is
 * the middle or more, but for as much as one round that is cut off can weigh among the others. In calm the store holds what its workers
 * have, and hardly anything waits if they are not nearly all busy: a Poisson number by Erlang's formulas.
 */
export const askedInCalm = limit((p) => {
  const rounds = (p.rate * Math.max(0, toSeconds(Math.min(p.spikeAt, p.length) - WARM_UP))) / asksAgain(p);
  if (p.rate > 0.6 * capacity(p) || !fits(p))
    return new NotClaimed('what is asked for may be used up while all is calm');
  if (rounds < 3) return new NotClaimed('too little is asked for before the spike');
  const middle = (p.bound + (p.bound >> 2)) / 2 - asksAgain(p) / (2 * rounds);
  return Math.max(0, middle - poissonMost(p.rate * (toSeconds(p.loadTime) + 2 * toSeconds(NEAR_MAX))));
});
/** Never for more than there is room for. */
export const askedMost = limit((p) => p.bound);
/**
 * In the spike there is a backlog before the first stage, so that all that the store asks for is begun on as fast as one after the other can be
 * enriched: of each second what the store is done with in it, times that. The rest of the time nothing is asked for.
 */
export const askedInSpike = limit((p) => {
  const used = capacity(p) * (toSeconds(ENRICHING) + (4 * toSeconds(NEAR_MAX)) / asksAgain(p));
  const isBacklogged = isStore(p) && lasts(p) > toSeconds(SETTLED) && waitsBefore(p, toSeconds(SETTLED)) > 0;
  return isBacklogged && used < 0.4 ? 0 : new NotClaimed('what is asked for need not be there at once');
});
