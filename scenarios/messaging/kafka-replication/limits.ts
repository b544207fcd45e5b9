/**
 * What is claimed of a replicated log, worked out from the parameters: what is lost with an election, what is given up
 * while nobody may take it. Nothing here looks at a run. Records come by a Poisson process.
 *
 * What is claimed for one order of events (the cut before the kill, the kill before the followers are back) is nothing,
 * or everything, where the parameters say another one.
 */
import { ms, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import type { Values } from './params.ts';

/** Between two heartbeats of a broker. */
export const HEARTBEAT = s(2);

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

/** The cut, the followers out of sync, then the kill, then the followers back, and the old leader later. */
const isLate = (p: Values): boolean =>
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
export const refusedByOutage = limit((p) => {
  const everything = poissonMost(p.rate * toSeconds(p.length));
  if (!isEarly(p) || heal(p) > replaced(p)) return everything;
  return p.killAt + p.sessionTimeout + PAUSES - p.isolateAt < p.deliveryTimeout ? 0 : everything;
});

/** All that the leader acknowledged once the followers had left the set, and what had waited for them to leave. */
export const promisedAlone = limit((p) => (isLate(p) && p.unclean ? comeIn(p, p.killAt - p.isolateAt - SLACK) : 0));

/**
 * The set is smaller than the minimum before the kill. What is in flight then waits for a watermark that stands still;
 * what is sent again when its request's time is over is not taken.
 */
export const notTaken = limit((p) => {
  const isSentAgain = p.isolateAt + Math.max(1.5 * p.lagMax, p.requestTimeout) + p.requestTimeout + PAUSES < p.killAt;
  return isLate(p) && p.minInSync > 1 && isSentAgain ? 1 : 0;
});

/** The old leader is the last one in sync: until it is back nobody leads, and who came too long before is given up. */
export const givenUp = limit((p) =>
  isLate(p) && p.minInSync > 1 && !p.unclean
    ? comeIn(p, Math.min(p.length, up(p)) - p.deliveryTimeout - p.isolateAt - SLACK)
    : 0,
);

/** Without a quorum nobody is elected: who came too long before it is back is given up. */
export const withoutQuorum = limit((p) => {
  const isLost = p.quorumLostAt > 0 && p.quorumLostAt < p.isolateAt && p.isolateAt < p.killAt && p.killAt < heal(p);
  return isLost ? comeIn(p, Math.min(p.length, quorumBack(p)) - p.deliveryTimeout - p.isolateAt - SLACK) : 0;
});
