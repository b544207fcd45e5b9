/**
 * What is claimed of a replicated log, worked out from the parameters: what is lost with an election, what is given up
 * while nobody may take it, and how the set in sync shrinks and grows. Nothing here looks at a run. Records come by a
 * Poisson process.
 *
 * What is claimed for one order of events (the cut before the kill, the kill before the followers are back) is nothing,
 * or everything, where the parameters say another one.
 */
import { ms, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { CLUSTER, PRODUCER, TOPIC } from '../application/orders.ts';
import type { Values } from './params.ts';

/** Between two heartbeats of a broker. */
const HEARTBEAT = CLUSTER.heartbeatInterval;

/**
 * A batch on its way to the log or back, a heartbeat, a push of what was decided, a producer that hears of it: ways of half
 * a millisecond, and pauses of at most a second before something is asked for again.
 */
const SLACK = ms(50);
const PAUSES = s(3);

const limit = limitOf<Values>;

const heal = ({ isolateAt, isolateFor }: Values): Duration => isolateAt + isolateFor;
const up = ({ killAt, downtime }: Values): Duration => killAt + downtime;
const quorumBack = ({ quorumLostAt, quorumLostFor }: Values): Duration => quorumLostAt + quorumLostFor;

/** Records that come in a time, at least. */
const comeIn = ({ rate }: Values, time: Duration): number => poissonLow(rate * Math.max(0, toSeconds(time)));

/** The earliest that a dead leader is replaced: its last heartbeat may be as old as their interval. */
const replaced = ({ killAt, sessionTimeout }: Values): Duration => killAt + sessionTimeout - HEARTBEAT;

/** The cut, then the kill, while the followers have nothing of what came since and are in sync by time. */
const isEarly = (p: Values): boolean =>
  p.isolateAt < p.killAt &&
  p.killAt < Math.min(heal(p), p.isolateAt + p.lagMax) - SLACK &&
  p.isolateFor < p.sessionTimeout - HEARTBEAT &&
  p.killAt + p.sessionTimeout + PAUSES < p.length &&
  (p.quorumLostAt === 0 || p.quorumLostAt > p.killAt + p.sessionTimeout + PAUSES);

/** The cut, the followers out of sync, then the kill, then the followers back, and the old leader later; a quorum all along. */
const isLate = (p: Values): boolean =>
  p.quorumLostAt === 0 &&
  p.isolateAt + 1.5 * p.lagMax + PAUSES < p.killAt &&
  p.killAt < heal(p) - SLACK &&
  Math.max(heal(p) + HEARTBEAT, p.killAt + p.sessionTimeout) + PAUSES < Math.min(up(p), p.length);

/** What the leader had acknowledged alone, when a follower is elected in its place. */
export const acknowledgedAlone = limit((p) => (isEarly(p) ? comeIn(p, p.killAt - p.isolateAt - SLACK) : 0));

/** The same, and all that was thrown at the dead leader until its session was over. */
export const thrownAway = limit((p) =>
  isEarly(p) ? comeIn(p, Math.min(p.length, replaced(p)) - p.isolateAt - SLACK) : 0,
);

/** Nobody is refused if a leader with followers is there again before the first of those who wait is given up. */
const refusedOf = (p: Values): number => {
  const everything = poissonMost(p.rate * toSeconds(p.length));
  if (!isEarly(p) || heal(p) > replaced(p)) return everything;
  return p.killAt + p.sessionTimeout + PAUSES - p.isolateAt < p.deliveryTimeout ? 0 : everything;
};
export const refusedByOutage = limit(refusedOf);

/** All that the leader acknowledged once the followers had left the set, and what had waited for them to leave. */
export const promisedAlone = limit((p) =>
  isLate(p) && p.unclean && p.minInSync === 1 ? comeIn(p, p.killAt - p.isolateAt - SLACK) : 0,
);

/**
 * With two asked for, the set is smaller than the minimum before the kill. What is in flight then waits for a watermark
 * that stands still; what is sent again when its request's time is over is not taken. From the first refusal to the kill
 * another follows whenever the longest backoff is over; where nothing is left to be sent again, because all of it was given
 * up, when the next record has come (once in e^15 runs later than 15 times their mean distance) and has lingered.
 */
export const notTaken = limit((p) => {
  const first = p.isolateAt + Math.max(1.5 * p.lagMax, p.requestTimeout) + p.requestTimeout + PAUSES;
  const next = PRODUCER.retryBackoffMax + s(15 / p.rate) + p.linger + SLACK;
  return isLate(p) && first < p.killAt ? 1 + Math.floor((p.killAt - first) / next) : 0;
});

/**
 * With two asked for, nobody has two in sync before the followers are back; and without an unclean election nobody leads
 * before the old leader is, which was the last one in sync. Who came too long before that is given up.
 */
export const givenUp = limit((p) =>
  isLate(p) ? comeIn(p, Math.min(p.length, p.unclean ? heal(p) : up(p)) - p.deliveryTimeout - p.isolateAt - SLACK) : 0,
);

/** With one in sync asked for, who comes waits for the followers to leave the set, or for the old leader to be back. */
export const refusedWaiting = limit((p) => {
  const longest = Math.max(1.5 * p.lagMax, up(p) - p.killAt) + PAUSES;
  return isLate(p) && p.minInSync === 1 && longest < p.deliveryTimeout ? 0 : poissonMost(p.rate * toSeconds(p.length));
});

/** Without a quorum nobody is elected: who came too long before it is back is given up. */
export const withoutQuorum = limit((p) => {
  const isLost = p.quorumLostAt > 0 && p.quorumLostAt < p.isolateAt && p.isolateAt < p.killAt && p.killAt < heal(p);
  return isLost ? comeIn(p, Math.min(p.length, quorumBack(p)) - p.deliveryTimeout - p.isolateAt - SLACK) : 0;
});

/** A time as a part of the run, which is what the mean of a gauge of one partition is. */
const partOf = ({ length }: Values, time: Duration): number => Math.max(0, time) / length;

/** Who is left in the set is elected in the moment in which the dead leader's session is over. */
export const electedAtOnce = limit((p) => (isEarly(p) ? 0 : 1));

/** Nobody in sync is left but the dead leader: somebody who is not is elected. */
export const electedUnclean = limit((p) => (isLate(p) && p.unclean ? 1 : 0));

/** From the end of the dead leader's session to the first heartbeat of a follower that is reached again, at most. */
export const offlineUntilHealed = limit((p) =>
  isLate(p) && p.unclean ? partOf(p, heal(p) + HEARTBEAT + SLACK - replaced(p)) : 1,
);

/** From the latest end of that session to the old leader's return, at least. */
export const offlineUntilUp = limit((p) =>
  isLate(p) ? partOf(p, Math.min(p.length, up(p)) - p.killAt - p.sessionTimeout - SLACK) : 0,
);

/**
 * The time without a leader as the producer has it, which no gauge shows: the first record after the cut, one of so many
 * that none comes for 15 times their mean distance once in e^15 runs, waits for the election at least.
 */
export const withoutLeader = limit((p) => {
  const isServed = p.minInSync < TOPIC.replicationFactor && refusedOf(p) === 0;
  return isEarly(p) && isServed ? Math.max(0, toSeconds(replaced(p) - p.isolateAt - SLACK) - 15 / p.rate) : 0;
});

/** The old leader has been told who leads now, or has been elected; who was behind has caught up. */
const isWhole = (p: Values): boolean =>
  p.quorumLostAt === 0 && Math.max(up(p), p.killAt + p.sessionTimeout) + HEARTBEAT + PAUSES < p.length;

/** The set loses the dead leader with its session, and is short of it until it is back. */
export const shrinksEarly = limit((p) => (isEarly(p) ? 1 : 0));
export const shortEarly = limit((p) =>
  isEarly(p) ? partOf(p, Math.min(p.length, up(p)) - p.killAt - p.sessionTimeout - SLACK) : 0,
);
export const expandsEarly = limit((p) => (isEarly(p) && isWhole(p) ? 1 : 0));
export const wholeEarly = limit((p) => (isEarly(p) && isWhole(p) ? TOPIC.replicationFactor : 0));

/** The set loses the followers at the look after their time is over, and is short of the old leader until that is back. */
export const shrinksLate = limit((p) => (isLate(p) ? 1 : 0));
export const shortLate = limit((p) =>
  isLate(p) ? partOf(p, Math.min(p.length, up(p)) - p.isolateAt - 1.5 * p.lagMax - SLACK) : 0,
);
/**
 * After an unclean election a follower joins the other while the old leader is dead, and that when it is up again: twice.
 * Where the old leader leads once more, both may join it at once.
 */
export const expandsLate = limit((p) => (isLate(p) && isWhole(p) ? (p.unclean ? 2 : 1) : 0));
export const wholeLate = limit((p) => (isLate(p) && isWhole(p) ? TOPIC.replicationFactor : 0));
