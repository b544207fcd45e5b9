/**
 * What is claimed of each way to retry, worked out from the parameters. Nothing here looks at a run.
 *
 * Orders of the first customer, one in `customers`, are poison from a moment on; independently of that a share of all fails
 * twice. Both are Poisson numbers. An order that fails always has its attempts and is given up with all of its retries used.
 */
import { exp, ln, ms, NotClaimed, partitionOf, pow, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonLow, poissonMost } from '../../application/chance.ts';
import type { Values } from './params.ts';

/** Customers have stopped so long before the end that everything has been tried as often as it may. */
export const DRAIN = s(10);

const limit = limitOf<Values>;

/** Partitions of each topic. */
export const PARTITIONS = 3;
/**
 * How long a fetch waits at the broker. A client has one under way to each: while it waits for partitions of retries, to which
 * nothing comes, those that have run dry meanwhile are not fetched. With Kafka's half a second all orders would be as late.
 */
export const FETCH_WAIT = ms(20);
/** Of a partition: what is gone back in is fetched again, so that a megabyte would be read for nothing each time. */
export const FETCH_BYTES = 65_536;
/** Of retry topics, by the first delay. */
export const LONGEST_DELAY = 4;
/** Slow orders take so many times as long. */
export const SLOWNESS = 10;
/** The limits of a redrive. */
export const REDRIVE = { rate: 20, redrivesMax: 2, stop: { share: 0.5, samples: 10, pause: s(2) } };

const end = (p: Values): number => toSeconds(p.length - DRAIN);
const poisonFor = (p: Values): number => Math.max(0, end(p) - toSeconds(p.poisonAt));
const poison = (p: Values): number => (p.rate / p.customers) * poisonFor(p);
const orders = (p: Values): number => p.rate * end(p);
/** Orders that fail twice; they need two retries. */
const transient = (p: Values): number => orders(p) * p.transientShare;

export const retriesMost = limit((p) => p.retries);

/**
 * The worker dies of an order at the latest when that has failed as often as it may be tried again: who counts in memory then
 * begins anew, with as many retries to come. Of so many deaths of poison orders one at least comes.
 */
const deathsOfPoison = (p: Values): number => poison(p) * p.retries * p.crashShare;
export const retriesInMemoryMost = limit((p) => p.retries * (p.crashShare > 0 ? 2 : 1));
export const retriesInMemoryLeast = limit((p) => (deathsOfPoison(p) < 12 ? 0 : p.retries + 1));

/**
 * The worker dies after the effect of so many of the orders that fail twice, once of each. Such an order comes again, and does
 * not fail any more: whatever the strategy, its effect is there twice. (Where three returns are too many it may be buried.)
 */
const doneUnheard = (p: Values): number => transient(p) * p.crashShare;

/** A death after the effect is one more delivery: where there are no three to spare, the queue buries what has been done. */
const buriedDone = (p: Values): number => (p.retries < 3 ? doneUnheard(p) : 0);

/** A transient failure is given up too where two retries are not to be had. */
const givenUp = (p: Values): number => poison(p) + (p.retries < 2 ? transient(p) : 0);
export const givenUpLeast = limit((p) => (givenUp(p) > 0 ? poissonLeast(givenUp(p)) : 0));
export const givenUpMost = limit((p) => poissonMost(givenUp(p) + buriedDone(p)));

/**
 * A consumer that gives poison back to the head of the line does nothing else from then on. The first comes after an
 * exponential time of mean customers / rate: twelve and a half times that once in some hundred thousand runs.
 */
const blockedFor = (p: Values): number => Math.max(0, poisonFor(p) - (12.5 * p.customers) / p.rate);
export const blocked = limit((p) => poissonLow(p.rate * blockedFor(p)));

/** The share of the orders that are in the partition of the first customer's. */
function shareOfPartition(p: Values): number {
  const poisoned = partitionOf(0, PARTITIONS);
  let there = 0;
  for (let customer = 0; customer < p.customers; customer++)
    if (partitionOf(customer, PARTITIONS) === poisoned) there++;
  return there / p.customers;
}

/** Of a topic it is one partition that no order leaves any more, whatever becomes of the others. */
export const partitionBlocked = limit((p) => poissonLow(p.rate * shareOfPartition(p) * blockedFor(p)));

/**
 * What the first so many waits of an order take together in the mean, as a multiple of the base, at most. Half of a full jitter's
 * doubled wait is chance's, a quarter of an equal one's. A decorrelated wait is between the base and three times the one before:
 * of mean m is followed by (1 + 3 m) / 2, which makes 2 * 1.5^k - 1 of the kth, if no cap cuts it.
 */
const WAITS: Readonly<Record<Values['backoff'], (count: number) => number>> = {
  immediate: () => 0,
  exponential: (count) => pow(2, count) - 1,
  'full-jitter': (count) => (pow(2, count) - 1) / 2,
  'equal-jitter': (count) => (3 * (pow(2, count) - 1)) / 4,
  'decorrelated-jitter': (count) => 6 * (pow(1.5, count) - 1) - count,
};
const waits = (p: Values, count: number): number => toSeconds(p.base) * WAITS[p.backoff](count);

/**
 * A time that a poison order waits for with this chance at least, all of its waits together. What is chance in a jitter's waits is
 * symmetric about its mean, and within a quarter of the last one's below the mean it is half as dense at least as the last one's, which
 * is uniform: above that are 5/8. A decorrelated order waits for the base each time, and no less.
 */
function waitsLeast(p: Values): [time: number, chance: number] {
  if (p.backoff === 'decorrelated-jitter') return [toSeconds(p.base) * p.retries, 1];
  const uniform = { immediate: 0, exponential: 0, 'full-jitter': 1, 'equal-jitter': 1 / 2 }[p.backoff];
  const last = toSeconds(p.base) * pow(2, p.retries - 1) * uniform;
  return [waits(p, p.retries) - last / 4, uniform === 0 ? 1 : 5 / 8];
}

/**
 * The line while a poison order has its attempts and the waits between them in place: so many come in these that twelve poison orders
 * of a run are expected to have as many behind them. None has once in some hundred thousand runs, e^-12. Where the worker does not keep
 * up, poison orders are left over that have had no attempt: nothing is claimed.
 */
export const lineBehindWaits = limit((p) => {
  if (!catchesUp(p, load(p) + away(p) + waiting(p))) return 0;
  const [time, chance] = waitsLeast(p);
  const expected = p.rate * time;
  if (expected > 500) return poison(p) * chance < 12 ? 0 : poissonLow(expected);
  let line = 0;
  // One or more, two or more and so on come with what is left of a Poisson number's chances.
  let exactly = exp(-expected);
  for (let more = 1 - exactly; poison(p) * chance * more >= 12; more -= exactly) {
    line++;
    exactly *= expected / line;
  }
  return line;
});

/**
 * What a wait comes to in the mean, as a part of the one that doubles without jitter, and the deviation of one: a full jitter's is uniform
 * from 0 to 1, an equal one's from 1/2. A decorrelated wait follows the one before it, and not the number of the retry.
 */
const SHARES: Readonly<Record<Values['backoff'], readonly [mean: number, deviation: number] | undefined>> = {
  immediate: [0, 0],
  exponential: [1, 0],
  'full-jitter': [1 / 2, Math.sqrt(1 / 12)],
  'equal-jitter': [3 / 4, Math.sqrt(1 / 48)],
  'decorrelated-jitter': undefined,
};

/** The mean of all waits in place, to a nanosecond's rounding: a poison order has all of them, one that fails twice has two. */
function meanShare(p: Values, deviations: number): number | NotClaimed {
  const share = SHARES[p.backoff];
  if (share === undefined) return new NotClaimed('a decorrelated wait follows the one before it');
  if (load(p) + away(p) + waiting(p) >= 0.9)
    return new NotClaimed('the worker may not keep up, and try few orders again');
  const twice = Math.min(2, p.retries);
  const expected = poison(p) * p.retries + transient(p) * twice;
  const waited = expected - DEVIATIONS * Math.sqrt(poison(p) * p.retries * p.retries + transient(p) * twice * twice);
  if (waited < 12) return new NotClaimed('few orders are tried again');
  const [mean, deviation] = share;
  return mean + (deviations * deviation) / Math.sqrt(waited) + Math.sign(deviations) * 1e-6;
}
export const waitShareLeast = limit((p) => meanShare(p, -DEVIATIONS));
export const waitShareMost = limit((p) => meanShare(p, DEVIATIONS));

/** How long the worker is away when it has died, and the share of its time that it is: two failures and an effect, or poison. */
const AWAY_SECONDS = 0.1;
export const DOWNTIME = s(AWAY_SECONDS);
const away = (p: Values): number =>
  p.rate * (p.transientShare * 3 + p.retries / p.customers) * p.crashShare * AWAY_SECONDS;

/**
 * The share of its time that a worker waits which keeps the order in its hands. A death after failure k + 1 of a poison
 * order, one in so many, has it wait again for as many times as it had waited by then: k times, summed over all k.
 */
function waiting(p: Values): number {
  if (p.strategy !== 'backoff') return 0;
  let again = 0;
  for (let failures = 1; failures <= p.retries; failures++) again += p.crashShare * waits(p, failures - 1);
  const transientWaits = p.transientShare * (waits(p, 2) + p.crashShare * waits(p, 1));
  return p.rate * ((waits(p, p.retries) + again) / p.customers + transientWaits);
}

/** Attempts of an order in the mean, and the share of its time that they take the worker. */
const attempts = (p: Values): number => 1 + p.retries / p.customers + 2 * p.transientShare;
/** Slow orders take longer at every attempt: in the mean, and where there are any. */
const slownessMost = (p: Values): number => (p.slowShare > 0 ? SLOWNESS : 1);
const slowness = (p: Values): number => 1 + (SLOWNESS - 1) * p.slowShare;
const load = (p: Values): number => p.rate * toSeconds(p.workTime) * slowness(p) * attempts(p);

/**
 * The longest line where attempts follow each other at once, of a worker that is busy or away for no more than half of its
 * time; of any other nothing is claimed. In it stands who comes while a poison order has its attempts, with room for another
 * one behind it, and a death after each. Beside that the line is taken for that of M/M/1, in which an order finds n others
 * with the chance rho^n at most: of all orders of a run none finds more than this, but once in some hundred thousand runs.
 */
export const shortLine = limit((p) => {
  const rho = load(p) + away(p);
  if (rho > 0.5) return orders(p);
  const dead = p.crashShare > 0 ? p.retries * AWAY_SECONDS : 0;
  const during = p.rate * (toSeconds(p.workTime) * slownessMost(p) * (p.retries + 1) * 2 + dead);
  return poissonMost(during) + (ln(Math.max(1, orders(p))) + 12.5) / -ln(rho);
});

const atLeastOf = (mean: number): number => (mean < 7 ? 0 : poissonLeast(mean));
export const doubledByDeathsLeast = limit((p) => (p.retries < 3 ? 0 : atLeastOf(doneUnheard(p))));
export const doubledByDeathsMost = limit((p) => poissonMost(doneUnheard(p)));
export const notDoubled = limit((p) => poissonMost(buriedDone(p)));

/**
 * Who publishes again has these, and one more of an order for each death after it was published again and before the old one
 * was acknowledged: after either of its two failures. All copies succeed in the end, for it fails twice and not each of them.
 */
export const doubledByForks = limit((p) => atLeastOf(transient(p) * p.crashShare * Math.min(2, p.retries)));

/**
 * With a delay of each message's own, one that waits for the shortest delay stands behind those of four times that, if there
 * are any: poison orders have one each for most of their time. Somebody is late by the shortest delay at least.
 */
export const late = limit((p) => (p.retries >= 5 && poison(p) >= 12 && transient(p) >= 12 ? toSeconds(p.delay) : 0));

/**
 * The root of the mean square of all the time that a poison order and one that fails twice take the worker, by Minkowski's inequality: of a
 * sum no more than the sum of the roots. An attempt's time is no more variable than an exponential one. A death of an order that is
 * counted in memory has it begin anew, once; deaths are a binomial number of all failures.
 */
function rootSquare(p: Values, failures: number): number {
  const { crashShare: c, strategy } = p;
  const dies = strategy === 'backoff' && c > 0 ? Math.sqrt(1 - pow(1 - c, failures)) : 0;
  const tries = failures * (1 + dies);
  const attempt = toSeconds(p.workTime) * Math.sqrt(2 * (1 + (SLOWNESS * SLOWNESS - 1) * p.slowShare));
  const deaths = AWAY_SECONDS * Math.sqrt(tries * c * (tries * c + 1 - c));
  // Waits double, each with no more than a uniform number's variance; a decorrelated one is at most three times the one before.
  const most = p.backoff === 'decorrelated-jitter' ? (pow(3, failures + 1) - 3) / 2 : pow(2, failures) - 1;
  const mean = WAITS[p.backoff](failures);
  const varies = p.backoff === 'decorrelated-jitter' ? most * most : pow(4, failures) / 36;
  const waited = strategy === 'backoff' ? toSeconds(p.base) * Math.min(most, Math.sqrt(mean * mean + varies)) : 0;
  return (tries + 1) * attempt + waited * (1 + dies) + deaths;
}

/**
 * Whether a worker that is busy or away for this share of its time has caught up a while after customers have stopped. Work comes as a compound
 * Poisson process: in T seconds rho T of it, with the variance v T, v the rate times the mean square of what an order takes. What is
 * left at any instant is the most, over all T before it, of what came less T: with DEVIATIONS of room d no more than
 * d^2 v / 4 (1 - rho). What waits outside, for a delay, comes back that much later.
 */
function catchesUp(p: Values, rho: number): boolean {
  const square = (failures: number): number => rootSquare(p, failures) * rootSquare(p, failures);
  const v = p.rate * (square(0) + square(p.retries) / p.customers + square(2) * p.transientShare);
  const left = rho < 1 ? (DEVIATIONS * DEVIATIONS * v) / (4 * (1 - rho)) : Infinity;
  return left < toSeconds(DRAIN) - delayed(p);
}

const DELAYING: readonly Values['strategy'][] = ['delayed-queue', 'per-message-delay', 'kafka-retry-topics'];
/** All the delays of a poison order. */
const delaysOf = (p: Values): number => {
  let sum = 0;
  for (let retry = 0; retry < p.retries; retry++) sum += toSeconds(p.delay) * Math.min(pow(2, retry), LONGEST_DELAY);
  return sum;
};
const delayed = (p: Values): number => (DELAYING.includes(p.strategy) ? delaysOf(p) : 0);

/** Nobody waits at the end, where the worker has caught up by then with attempts, waits and deaths; else nothing is claimed. */
const MAY_WAIT = new NotClaimed('the worker need not have caught up by the end');
export const settled = limit((p) => (catchesUp(p, load(p) + away(p) + waiting(p)) ? 0 : MAY_WAIT));

/**
 * The share of its time that a listener of retry topics is busy or away. Beside the work of an attempt there is a commit, after one that
 * failed the publishing before that, and once more a commit of a look that was too early: three times there and back, and the broker's
 * own time. After a death it is away for some more of these as well: it finds its coordinator, joins, is given its partitions, asks for its
 * offsets and for where its log begins, and then for records, which may wait at the broker.
 */
const THERE_AND_BACK = 0.001;
const listening = (p: Values): number =>
  p.rate * (toSeconds(p.workTime) * slowness(p) + THERE_AND_BACK) * attempts(p) +
  p.rate * 2 * THERE_AND_BACK * (attempts(p) - 1) +
  away(p) * (1 + (6 * THERE_AND_BACK + toSeconds(FETCH_WAIT)) / AWAY_SECONDS);

export const listenerSettled = limit((p) => (catchesUp(p, listening(p)) ? 0 : MAY_WAIT));

/**
 * The longest line of a listener that waits for nobody's retry, of one that is busy or away for no more than 70 % of its time: who comes
 * while it is down or a fetch waits at the broker, twice that for those that fall into one time, and the line of M/M/1 as above.
 */
export const listenerLine = limit((p) => (listening(p) > 0.7 ? orders(p) : longestLine(p)));
function longestLine(p: Values): number {
  const rho = listening(p);
  const during = p.rate * (2 * AWAY_SECONDS + toSeconds(FETCH_WAIT)) * 2;
  return poissonMost(during) + (ln(Math.max(1, orders(p))) + 12.5) / -ln(rho);
}

/**
 * Poison orders that have been redriven as often as they may be and have come back each time: their waits come three times over, the longest
 * line before each attempt, worked off at the worker's pace, and a pause of the redrive after each. Those that came early enough
 * for that are set aside.
 */
export const parkedLeast = limit((p) => {
  const { redrivesMax, stop } = REDRIVE;
  const inLine = (p.retries + 1) * longestLine(p) * (listening(p) / p.rate);
  const time = (redrivesMax + 1) * (delaysOf(p) + inLine + toSeconds(stop.pause));
  const early = toSeconds(p.length - p.poisonAt) - time;
  return listening(p) > 0.7 ? 0 : atLeastOf((p.rate / p.customers) * Math.min(Math.max(0, early), poisonFor(p)));
});

const delayFor = (p: Values): Duration => p.delay * 3;
/**
 * Orders that fail twice wait for two delays, in which another of their customer's overtakes them with this chance at least;
 * it does not count if that one fails as well.
 */
export const overtaken = limit((p) => {
  if (p.retries < 2) return 0;
  const others = 1 - exp((-p.rate / p.customers) * toSeconds(delayFor(p)));
  const mean = transient(p) * others * (1 - p.transientShare) * (1 - 1 / p.customers);
  return poissonLow(mean);
});

/** Attempts squared, in the mean: an order has one, a poison order all of them, and one that fails twice has three. */
const attemptsSquared = (p: Values): number =>
  1 + ((p.retries + 1) * (p.retries + 1) - 1) / p.customers + 8 * p.transientShare;

/**
 * What the delivery limit throws out gives the worker credit twice (`rabbit_fifo` of RabbitMQ 3.10), so that it has more in hand than its
 * prefetch of one from then on. An order that fails for a while goes back to the head of the queue, and what is in hand by then goes
 * before it: no more than all the line, which Pollaczek and Khinchine have the mean of (work times are no more variable than exponential
 * ones), each of them of the same customer with the same chance.
 */
export const overtakenInHand = limit((p) => {
  const rho = load(p) + away(p);
  if (rho > 0.9) return new NotClaimed('the worker may not keep up, and has any number in hand');
  const once = p.rate * toSeconds(p.workTime);
  const line = rho + (once * once * attemptsSquared(p)) / (1 - rho);
  return poissonMost((2 * transient(p) * line) / p.customers);
});
