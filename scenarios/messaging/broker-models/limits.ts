/**
 * What is claimed of the models, worked out from the parameters. Nothing here looks at a run.
 *
 * A group of consumers that take events in turn inverts two events of one order where the later one's work ends first. The
 * gap between them is exponential with the rate lambda of the order's events, the work exponential with the mean w: the
 * chance that the second ends before the first is lambda / (lambda + 1 / w) / 2, if both are begun when they come. That is
 * so unless all are busy, whose chance in an M/M/c queue the Erlang C formula gives.
 */
import { exp, ms, NotClaimed, s, toSeconds, us, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import { chanceOfWaiting } from '../../application/queue.ts';
import { CLUSTER, GROUP } from '../application/orders.ts';
import type { Values } from './params.ts';

export const DOWNTIME = s(2);
export const COMMAND_TIME = us(20);
/** What Redis 7.0.15 took for each of 300,000 entries of a hundred bytes in its append-only file when it started: 0.75 s in all. */
export const LOAD_TIME = us(2.5);
export const PARTITIONS = 6;
/** Orders beside the hot one, all alike. */
export const ORDERS = 200;
/** An acknowledgement has come back long before. */
const SOON = ms(100);
export const DRAIN = s(8);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

/** Seconds in which users send and nothing is away. */
const quiet = (p: Values): number => toSeconds(Math.max(0, p.length - DRAIN - 3 * DOWNTIME));

/** So many groups of so many consumers each handle every event. */
export const inverted = (groups: number, places: (p: Values) => number) =>
  limit((p) => {
    const work = toSeconds(p.workTime);
    const lambda = p.rate * p.hotShare;
    const queue = { workers: places(p), service: work, arrivals: p.rate };
    const chance = (lambda / (lambda + 1 / work) / 2) * Math.max(0, 1 - 2 * chanceOfWaiting(queue));
    const expected = groups * lambda * quiet(p) * chance;
    return expected < 1 ? 0 : poissonLeast(expected);
  });

/**
 * What was acknowledged before the audit came; no more than its consumers can do until the end. The crash takes its downtime
 * from that, and of a topic all that comes after it: until the broker's session is over, nothing may be acknowledged.
 */
const replayed = (isTopic: boolean) =>
  limit((p) => {
    const before = Math.min(p.lateAt, p.length - DRAIN);
    const acknowledging = isTopic ? Math.min(before, p.crashAt) : before - DOWNTIME;
    const sent = poissonLow(p.rate * toSeconds(Math.max(0, acknowledging - SOON)));
    const left = Math.max(0, p.length - p.lateAt - 2 * DOWNTIME);
    return Math.min(sent, poissonLow((p.consumers / toSeconds(p.workTime)) * toSeconds(left)));
  });
export const replayedFromTopic = replayed(true);
export const replayedFromStream = replayed(false);

/**
 * A stream in memory has what was acknowledged since the broker was up again, or all if it dies later; of that the audit
 * reads what was there when it came. Its handling bounds the least, as above.
 */
const sinceCrash = (p: Values): number => {
  const before = Math.min(p.lateAt, p.length - DRAIN);
  return toSeconds(Math.max(0, p.crashAt < before ? before - p.crashAt - DOWNTIME : before));
};
export const replayedFromMemory = limit((p) => poissonMost(p.rate * sinceCrash(p)));
export const keptSinceCrash = limit((p) => {
  const left = toSeconds(Math.max(0, p.length - p.lateAt - 2 * DOWNTIME));
  const isKept = p.crashAt + DOWNTIME < Math.min(p.lateAt, p.length - DRAIN);
  const came = isKept ? poissonLow(p.rate * Math.max(0, sinceCrash(p) - toSeconds(SOON))) : 0;
  return Math.min(came, poissonLow((p.consumers / toSeconds(p.workTime)) * left));
});

/**
 * Copies that billing and search handle; none while the broker is away. Where all share a queue an event has one copy, and
 * since the audit is there it takes a third of them.
 */
const copiesOf = (p: Values, groups: number): number => {
  const sending = Math.max(0, p.length - DRAIN - DOWNTIME);
  const taken = groups > 1 ? 0 : Math.max(0, p.length - DRAIN - p.lateAt) / 3;
  return Math.max(1, poissonLow(groups * p.rate * toSeconds(Math.max(0, sending - taken))));
};

/**
 * Copies an event of core NATS: what comes when the server is up again and a service is not connected is lost to that service,
 * though users are told that the broker has it. A consumer of billing that starts in that time is connected at once.
 */
export const fewerCopies = limit((p) => {
  const { services, events } = heardByNobody(p);
  return 2 - (services * events) / Math.max(1, poissonMost(p.rate * toSeconds(p.length - DRAIN)));
});

/** Services that are not connected when the server is up again, and events that come until they are. */
function heardByNobody(p: Values): { readonly services: number; readonly events: number } {
  const up = p.crashAt + DOWNTIME;
  const unconnected = Math.max(0, Math.min(up + UNCONNECTED, p.length - DRAIN) - up - 2 * SOON);
  const starts = p.killAt + DOWNTIME;
  const services = starts >= up && starts <= up + UNCONNECTED + RECONNECT.jitter ? 1 : 2;
  return { services, events: poissonLow(p.rate * toSeconds(unconnected)) };
}

/** Where neither service is, and the audit neither, an event is nobody's: the server has it from its user and keeps nothing. */
export const lostToAll = limit((p) => {
  const { services, events } = heardByNobody(p);
  return services < 2 || p.lateAt <= p.crashAt + RECONNECT.wait + RECONNECT.jitter ? 0 : events;
});

/**
 * What a consumer has handled of a topic when it dies, and not committed: all of it, if it dies before it commits for the
 * first time. Its partitions are as many as each member's at least, with their share of the other orders by a hash. By what
 * came until a moment, and the work from then on if it was never idle, at least so much was done: whatever that moment is.
 */
export const handledAgain = limit((p) => {
  const seconds = toSeconds(p.killAt) - 1;
  const isLight = p.rate * toSeconds(p.workTime) < 0.85 * p.consumers;
  if (p.killAt >= GROUP.autoCommitInterval || p.crashAt < p.killAt || seconds <= 0 || !isLight) return 0;
  const even = Math.floor(PARTITIONS / p.consumers) / PARTITIONS;
  const share = Math.max(0, even - DEVIATIONS * Math.sqrt((even * (1 - even)) / ORDERS));
  const [rate, mu] = [p.rate * (1 - p.hotShare) * share, 1 / toSeconds(p.workTime)];
  const moments = Array.from({ length: 101 }, (_, i) => (i / 100) * seconds);
  return Math.min(...moments.map((time) => poissonLow(rate * time) + poissonLow(mu * (seconds - time))));
});

/** The mean of which so many are a Poisson number at most. */
const meanOf = (most: number): number => Math.max(0, (Math.sqrt(DEVIATIONS ** 2 + 4 * most) - DEVIATIONS) / 2) ** 2;

/** What a consumer is handed before it has acknowledged anything: the prefetch, or the entries of one read. */
export const PREFETCH = 10;

/**
 * Acknowledged one by one, no more is handled twice than a consumer has in hand, at its own death and, each of all, at the broker's: if
 * the broker knows of the acknowledgements that it had before. Redis does by a file, which a killed process leaves to the kernel.
 */
export const handledAgainMost = limit((p) => {
  if (p.model === 'stream' && (p.persistence === 'snapshots' || p.persistence === 'none'))
    return new NotClaimed('acknowledgements go with the server');
  return (1 + 3 * p.consumers) * PREFETCH;
});

/** A consumer of SQS asks again so long after it was refused. */
export const RETRY = ms(100);
/** Clients of NATS try to reconnect when the server has been up again for so long. */
const UNCONNECTED = ms(500);
export const RECONNECT = { wait: DOWNTIME + UNCONNECTED, jitter: ms(100) };

interface Delays {
  /** Beside the work of each event. */
  readonly between: Duration;
  /** Once, since the broker is up again, until consumers take from it. */
  readonly back: Duration;
}
const AT_ONCE: Delays = { between: 0, back: 0 };
/** A consumer that polls for one event at a time deletes the one and asks for the other in between. */
export const POLLED: Delays = { between: 4 * NEAR_MAX, back: RETRY };
export const RECONNECTED: Delays = { between: 0, back: UNCONNECTED + RECONNECT.jitter };

/**
 * In a queue, at an exchange and in a stream an event is handled by whoever is next. That is no slower than if each
 * consumer had its share by chance and its own line, M/M/1, whose time to be done is exponential with the rate mu - lambda / c;
 * for the time in which one consumer is dead the others have its share. To it come the ways. Faults hold up what the dead
 * consumer was handed, and what was on its way when the broker died: a part of the one in a hundred.
 *
 * A time between two events that hardly varies counts as work, which makes the line longer. What comes when the broker is up
 * and its consumers are not back waits for them once: the longest who comes first, and who comes later has less of that left
 * than there is work before him, for a consumer's load is less than one.
 *
 * Core NATS does choose by chance. It holds nothing up and loses it, a hundredth of which is less than what is left out here.
 */
export const quickly = (groups: number, places: (p: Values) => number, { between, back }: Delays = AT_ONCE) =>
  limit((p) => {
    const [mu, copies, c] = [1 / toSeconds(p.workTime + between), copiesOf(p, groups), places(p)];
    const rates = [mu - p.rate / c, mu - p.rate / (c - 1)];
    if (Math.min(...rates) <= 0) return toSeconds(p.length);
    const onTheWay = (groups * p.rate) / rates[0];
    const slow = meanOf(Math.max(0, 0.01 * copies - PREFETCH - poissonMost(onTheWay)));
    const dead = toSeconds(DOWNTIME) / toSeconds(p.length - DRAIN);
    const isLonger = (time: number): number => (1 - dead) * exp(-rates[0] * time) + dead * exp(-rates[1] * time);
    let time = 0.001;
    while (time < toSeconds(p.length) && copies * isLonger(time) > slow) time *= 1.05;
    return time + toSeconds(2 * FAR_MAX + 6 * NEAR_MAX + back);
  });

/**
 * After the death of a broker something keeps what comes for so long: of the first that come, one in a hundred of all, the
 * last waits for the rest of it.
 */
const heldUp = (keeps: Duration) =>
  limit((p) => {
    const sending = toSeconds(p.length - DRAIN);
    const hundredth = poissonMost(0.01 * 2 * p.rate * sending) / (2 * p.rate);
    const isSeen = p.crashAt + keeps < p.length && toSeconds(p.crashAt) + hundredth < sending;
    return isSeen ? Math.max(0, toSeconds(keeps) - hundredth) : 0;
  });
/** In a topic a broker counts as in sync until its session is over. */
export const untilSessionEnds = heldUp(CLUSTER.sessionTimeout - CLUSTER.heartbeatInterval - SOON);
/** A topic of SNS has what it took while the queues were away. */
export const untilQueuesAnswer = heldUp(DOWNTIME);
