/**
 * What is claimed of each way of publishing, worked out from the parameters. Nothing here looks at a run.
 *
 * Deaths come at moments that have nothing to do with orders, and orders come as a Poisson process: what is between two steps of its
 * own when somebody dies is a Poisson number, of the mean of the rate times the time between the steps (Little's law). What lingers
 * together is not, for it leaves together.
 */
import { exp, ln, ms, NotClaimed, s, toSeconds, us, type Duration, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { faultCount, type FaultIntervals } from '../../application/faults.ts';
import { CLUSTER } from '../../messaging/application/orders.ts';
import type { Values } from './params.ts';

/** Orders, and what befalls anybody, stop so long before the end. */
export const DRAIN = s(6);
/** What the database takes for a statement in the mean, for a flush of its log, and for a row that it looks at. */
export const STATEMENT = ms(0.2);
export const FLUSH = ms(1);
export const ROW = us(1);
/** Transactions of Kafka that the service has open at once, at most. */
export const TRANSACTIONS = 8;
export const PARTITIONS = 3;

export const limit = limitOf<Values>;

/** Nobody dies before. */
const FIRST_DEATH = s(2);
/** Crashes of a kind, one in each of its intervals. */
export const faultsEvery = (p: Values, every: Duration): FaultIntervals => ({
  from: FIRST_DEATH,
  until: p.length - DRAIN,
  every,
});
const crashes = (p: Values, every: Duration): number => faultCount(faultsEvery(p, every));
const orders = (p: Values): number => p.rate * toSeconds(p.length);

/** An order in the hands of who crashes is lost: it takes less than this from end to end. */
const inHand = (p: Values): Duration => 3 * (p.checkTime + p.holdTime) + p.linger + ms(20);
/** For so long, in seconds, an order comes through that begins then. */
function undisturbed(p: Values): number {
  const deaths = crashes(p, p.crashEvery) + crashes(p, p.databaseCrashEvery);
  return Math.max(0, toSeconds(p.length - DRAIN - deaths * (p.downtime + inHand(p))));
}
const upShare = (p: Values): number => undisturbed(p) / toSeconds(p.length - DRAIN);

/** How long the row of a customer is locked by an order, about, and a transaction of Kafka open. */
const KAFKA_TRANSACTION = ms(20);
const PUBLICATION = ms(8);
function lockTime({ publishing, holdTime, linger }: Values): Duration {
  const locked = holdTime + 5 * STATEMENT + 2 * FLUSH + ms(1);
  if (publishing === 'before-commit') return locked + linger + PUBLICATION;
  return publishing === 'kafka-transaction' ? locked + KAFKA_TRANSACTION : locked;
}
/** Whether orders do not pile up before a customer's row, or before the producers: two thirds of what would fill them. */
const keepsUp = (p: Values): boolean =>
  (p.rate / p.customers) * toSeconds(lockTime(p)) < 2 / 3 &&
  (p.publishing !== 'kafka-transaction' || p.rate * toSeconds(KAFKA_TRANSACTION) < (2 / 3) * TRANSACTIONS);

const ifItKeepsUp = (of: (p: Values) => number): Limit => limit((p) => (keepsUp(p) ? of(p) : 0));

/** A Poisson number of this mean, at least: there are fewer once in twenty thousand times. Beyond some hundred it is as good as normal. */
function poissonTail(expected: number): number {
  if (expected > 500) return poissonLow(expected);
  let least = 0;
  for (let chance = exp(-expected), fewer = chance; fewer < 1 / 20_000; fewer += chance) chance *= expected / ++least;
  return least;
}

/** Orders that are committed. */
export const committed = ifItKeepsUp((p) => poissonLow(p.rate * undisturbed(p) * (1 - p.abortShare)));

/**
 * Crashes of the service that find it at work. It is away or has just begun where two follow each other closely, which is once in
 * (time / interval)^2 / 2, and while the database is away.
 */
function foundAtWork(p: Values): number {
  const close = Math.min(1, (p.downtime + inHand(p)) / p.crashEvery);
  const databaseUp = 1 - (crashes(p, p.databaseCrashEvery) * (p.downtime + inHand(p))) / (p.length - DRAIN);
  return crashes(p, p.crashEvery) * (1 - (close * close) / 2) * Math.max(0, databaseUp);
}
const inFlight = (p: Values, between: number): number => poissonTail(foundAtWork(p) * between * (1 - p.abortShare));

/**
 * Behind the commit an event is on its way to the service, and lingers in its producer: lost with it in both. At a broker's first
 * batch the linger begins: with x = rate * linger, a death finds one under way in x / (1 + x) of the cases, of an age u that is uniform,
 * and in it 1 + Poisson(rate * u) events. Of these the mean is 1 + x/2 and the mean square 1 + 3x/2 + x^2/3. Spread over several
 * brokers there are no fewer, for the mean is concave in x; and their variance is at most x or that of all at one broker, for what
 * it has more than x rises once it is above 0. The sum is four deviations below its mean as seldom as is said above. No death finds any with a chance of at most (1 + x)^-deaths.
 */
export const lost = ifItKeepsUp((p) => {
  const perSecond = p.rate * (1 - p.abortShare);
  const x = perSecond * toSeconds(p.linger);
  const onTheWay = perSecond * toSeconds(NEAR_MIN);
  const lingers = (x * (1 + x / 2)) / (1 + x);
  const variance = Math.max(x, (x * (1 + 1.5 * x + (x * x) / 3)) / (1 + x) - lingers * lingers);
  const deaths = foundAtWork(p);
  const least = deaths * (lingers + onTheWay) - 4 * Math.sqrt(deaths * (variance + onTheWay));
  return Math.max(deaths * (ln(1 + x) + onTheWay) >= 10 ? 1 : 0, least);
});

/**
 * Committed last, a transaction of Kafka is open while the database's answer is on its way, and then for its partition's part in it,
 * the record, and the decision. Each is asked for, given to followers who then have to ask for more, and answered: four ways and two
 * requests that a broker works at; but the decision counts when it is written.
 */
const DECIDED = (1 + 4 + 4 + 3) * NEAR_MIN + 6 * CLUSTER.requestTime;
export const lostBetweenCommits = ifItKeepsUp((p) =>
  p.kafkaCommit === 'last' ? inFlight(p, p.rate * toSeconds(DECIDED)) : 0,
);

/** Published before the commit, every order that the database refuses has its event. What crashes leave comes on top. */
export const inventedByRefusals = ifItKeepsUp((p) =>
  isCommittedLast(p) ? 0 : poissonTail(p.rate * undisturbed(p) * p.abortShare),
);
const isCommittedLast = ({ publishing, kafkaCommit }: Values): boolean =>
  publishing === 'kafka-transaction' && kafkaCommit === 'last';
/** Published only behind the commit, nothing is made up. */
export const nothingInvented = limit((p) =>
  p.publishing === 'before-commit' || (p.publishing === 'kafka-transaction' && !isCommittedLast(p)) ? orders(p) : 0,
);

/**
 * What a relay takes for a batch: the query, the account with its flush, the ways there and back of both, and a publication, with as
 * much again for what is in its way. As the handbook prints it, it looks at all rows that there are as well.
 */
const BATCH_TIME = 2 * PUBLICATION + 2 * STATEMENT + FLUSH + 4 * NEAR_MAX;
const batchTime = (p: Values): Duration =>
  p.publishing === 'polling' && p.polling === 'as-printed' ? BATCH_TIME + orders(p) * ROW : BATCH_TIME;
const BACKOFF = ms(100);
/** For so long a death stops the relay, its own or the database's: until it is there again, and asks again. */
const stopped = (p: Values): Duration =>
  p.downtime + (p.publishing === 'polling' ? Math.max(p.pollInterval, BACKOFF) : BACKOFF);
/**
 * How far behind the events that it publishes again can be. A poll's account is behind by one batch. Between stores of a place there
 * is an interval, or there are deaths that came before the next store: each within a = interval + stop of the one before. Of k gaps
 * between deaths, one in each of their intervals T, the longest is (k - 1) T / k at least, so that one of k = 1 / (1 - a/T) has a store.
 */
function unaccounted(p: Values): Duration {
  if (p.publishing === 'polling') return batchTime(p);
  if (crashes(p, p.relayCrashEvery) === 0) return p.storeInterval;
  const apart = p.storeInterval + stopped(p);
  return apart < p.relayCrashEvery ? Math.ceil(1 / (1 - apart / p.relayCrashEvery)) * apart : p.length;
}

/**
 * Whether all is published by the end. In a time t there are t/T + 2 deaths at most of who dies once in each interval of T, and each
 * takes W of the relay's time: the stop, and what it publishes again. If it last had nothing to do t before the last order, it
 * has caught up t (rate / capacity + sum of W/T - 1) + 2 * sum of W after that order, and a pause later if it pauses then. So rate /
 * capacity + sum of W/T has to be below 1 (two thirds, for orders come by chance), and twice the W and the pause over before the end.
 */
function isPublished(p: Values): boolean {
  if (!keepsUp(p) || p.marksFirst) return false;
  // Relays that lock rows work at once.
  const atOnce = p.publishing === 'polling' && p.claims === 'rows' ? p.relays : 1;
  const busy = (p.rate * toSeconds(batchTime(p))) / (p.batch * atOnce);
  const away = stopped(p) + busy * unaccounted(p);
  const kinds = [p.relayCrashEvery, p.databaseCrashEvery].filter((every) => crashes(p, every) > 0);
  const load = kinds.reduce((sum, every) => sum + away / every, busy);
  return load < 2 / 3 && (2 * kinds.length + 1) * away < DRAIN - s(1);
}
const unlessPublished = (p: Values): number => (isPublished(p) ? 0 : orders(p));
export const allPublished = limit(unlessPublished);
/** Of who has no relay: what is published before the commit is there. */
export const nothingMissing = limit((p) =>
  p.publishing === 'after-commit' || isCommittedLast(p) || !keepsUp(p) ? orders(p) : 0,
);

/** A reader knows an event again if it comes within its memory, from when it came first until the relay publishes it again. */
export const nothingActedOnTwice = limit((p) =>
  p.remembers > unaccounted(p) + 2 * stopped(p) + s(1) ? unlessPublished(p) : orders(p),
);

/**
 * At each of n deaths the relay is somewhere between two stores of its place, and publishes again what came since the last: of n
 * uniform numbers the sum is below n/10 with a chance of less than (e/10)^n, which is one in a million from n = 11 on.
 */
function again(p: Values): number {
  const deaths = crashes(p, p.relayCrashEvery);
  if (deaths < 8 || p.marksFirst) return 0;
  const apart = toSeconds(Math.min(p.storeInterval, p.relayCrashEvery / 2));
  return poissonLow(0.1 * deaths * apart * p.rate * upShare(p) * (1 - p.abortShare));
}
export const publishedAgain = ifItKeepsUp(again);
/** Who forgets an event sooner than the relay is up again acts on all of these. */
export const actedOnAgain = ifItKeepsUp((p) => (p.remembers < p.downtime ? again(p) : 0));

/** What one relay has in hand: as much as came since its last poll, and no more than a batch. */
const inBatch = (p: Values): number =>
  Math.min(p.batch, poissonMost(p.rate * toSeconds(p.pollInterval + batchTime(p))));
/**
 * Where rows are claimed a relay publishes again what it had in hand when it or the database died; each of them has something then. Its
 * own commit may be refused like any other, and then its batch comes again.
 */
const mostAgain = (p: Values): number => {
  const deaths = crashes(p, p.relayCrashEvery) + p.relays * crashes(p, p.databaseCrashEvery);
  const refused = ordersMost(p) * (p.abortShare / (1 - Math.min(0.9, p.abortShare)));
  return deaths * inBatch(p) + refused + DEVIATIONS * Math.sqrt(refused * inBatch(p));
};
export const againByDeaths = limit(mostAgain);

/**
 * Relays that claim nothing begin at one instant, and stay together until somebody dies: who is a little behind finds what the other has
 * not kept account of, and its own account waits for the locks of those rows, so that both begin their next round when the first
 * has committed. Only polls that find nothing part them, by as much each time as the ways there and back and a query vary; eight
 * in a row would have to, before one is behind by what a publication takes at least. So both publish what is committed before the
 * first death, but for what comes in the last round.
 */
const POLLS_TO_PART = 8;
export const publishedByBoth = limit((p) => {
  if (!keepsUp(p) || p.publishing !== 'polling' || p.relays === 1 || p.claims !== 'nothing' || p.marksFirst)
    return new NotClaimed('two relays need not find the same');
  const perSecond = p.rate * (1 - p.abortShare);
  const partsOnceIn = exp(Math.min(700, POLLS_TO_PART * perSecond * toSeconds(p.pollInterval)));
  if (partsOnceIn < 100_000) return new NotClaimed('polls that find nothing may part the relays');
  const until = Math.min(FIRST_DEATH, p.length - DRAIN) - inHand(p) - p.pollInterval - batchTime(p);
  return poissonLow(perSecond * Math.max(0, toSeconds(until)));
});

/**
 * Who publishes alone, in the order of a customer's lock, keeps it; and so do several who each publish all that is not accounted for. It is
 * lost by the printed order, and where two publish at once what the other has not: by locked rows, or by a claim that ends first.
 */
export const inOrder = limit((p) => {
  const atOnce = p.relays > 1 && (p.claims === 'rows' || p.marksFirst);
  return p.publishing === 'polling' && (p.polling === 'as-printed' || atOnce) ? ordersMost(p) : 0;
});
/** Between the lock on its rows and the broker a batch goes two ways, of four uniform times for a pair: so much the one's differ from the other's. */
const WAYS_DIFFER = (7 / 15) * (NEAR_MAX - NEAR_MIN);
/** A round of a relay that locks rows: four statements, the last with a flush, and between them a publication, as in `DECIDED`. */
const ROUND = 4 * (2 * NEAR_MAX + STATEMENT) + FLUSH + 4 * NEAR_MAX + 2 * CLUSTER.requestTime;
/**
 * Relays that lock rows share out what came in an interval: as many batches as there are relays are published at once, each at any
 * moment of another's round. The order of two is turned round if they are locked by less apart than their ways differ, which are
 * their own for each partition; that is seen where these hold events of one customer. Of ten such in the mean there is none
 * once in twenty thousand times.
 *
 * They go on together. All take from one line, each its next batch as soon as it is done with its last, so that however much there is
 * the first and the last to find nothing are a round apart at most (as with any jobs that are given to whichever worker is free),
 * and as far apart their pauses begin and, being alike, end. That is so where the line is worked off in less than a pause: each has
 * as many rounds as there are batches for one relay, and one more. Who is busy for longer does not pause with the others.
 */
export const overtaken = limit((p) => {
  if (p.publishing !== 'polling' || p.claims !== 'rows' || p.relays === 1 || p.marksFirst || !keepsUp(p))
    return new NotClaimed('no two relays publish at once');
  const batches = (p.rate * (1 - p.abortShare) * toSeconds(p.pollInterval)) / p.batch;
  if ((batches / p.relays + 1) * ROUND >= p.pollInterval)
    return new NotClaimed('relays that are busy for as long as they pause do not begin together');
  const pairs = (batches * Math.max(0, Math.min(batches, p.relays) - 1)) / 2;
  const ways = Math.min(PARTITIONS, p.customers);
  const seen = ways * (1 - exp(-(p.batch * p.batch) / p.customers / ways));
  const polls = undisturbed(p) / toSeconds(p.pollInterval + batchTime(p));
  const expected = polls * pairs * seen * (WAYS_DIFFER / ROUND);
  return expected >= 10 ? 1 : new NotClaimed('there are few occasions for relays to overtake each other');
});

export const relayDeaths = (p: Values): number => crashes(p, p.relayCrashEvery) + crashes(p, p.databaseCrashEvery);
export const ordersMost = (p: Values): number => poissonMost(orders(p));

/** Polls in a run if each takes a batch's time. */
export function pollsLeast(p: Values): number {
  return (
    Math.max(0, p.length - relayDeaths(p) * (p.downtime + p.pollInterval + BATCH_TIME)) / (p.pollInterval + BATCH_TIME)
  );
}

/**
 * Two orders of a customer overtake each other between the beginning of their transactions, which `created_at` tells, and the row that
 * they lock: at a rate of r^2 E[(W1 - W2)+] with exponential times W of mean w, which is r^2 w / 2. They come out of order if one
 * poll finds both. None falls between their commits if these are apart by less than the poll's interval: by what is left of the
 * one's time, and the time for which it has the row itself. A tenth is left for those that three orders share.
 */
export const outOfOrder = ifItKeepsUp((p) => {
  const each = p.rate / p.customers;
  const overtaking = p.customers * each * each * (toSeconds(p.checkTime) / 2);
  const inOnePoll = Math.max(0, 1 - (p.checkTime + lockTime(p)) / p.pollInterval);
  const expected = 0.9 * overtaking * undisturbed(p) * inOnePoll * (1 - p.abortShare) * (1 - p.abortShare);
  return poissonTail(expected);
});

/**
 * A poll skips an order that has drawn its position and is not committed if a later one is. Of exponential times of mean h between the
 * two, at a rate r, it finds r h Int e^-x (1 - exp(-r h (x - 1 + e^-x))) dx of them: e^-x are open at the age of x h, and of those who
 * came in that time r h (x - 1 + e^-x) are committed. What takes everybody the same time changes nothing of that, and orders of one
 * customer cannot overtake each other here. Counted is who is no older than the interval: everybody is that at one poll.
 */
export const skipped = ifItKeepsUp((p) => {
  const open = p.rate * toSeconds(p.holdTime);
  const others = 1 - 1 / p.customers;
  const step = 0.05;
  let skips = 0;
  for (let x = step / 2; x < Math.min(20, p.pollInterval / p.holdTime); x += step) {
    skips += step * exp(-x) * (1 - exp(-open * others * (x - 1 + exp(-x))));
  }
  const polls = pollsLeast(p) * (undisturbed(p) / toSeconds(p.length));
  return poissonTail(polls * open * skips * (1 - p.abortShare));
});
