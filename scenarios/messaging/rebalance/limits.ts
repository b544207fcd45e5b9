/**
 * What is claimed of a rolling restart, worked out from the parameters: how many rebalances, and how many partitions change
 * hands. Nothing here looks at a run.
 *
 * What remedies are held to does not ask whether they are there, so that it can be held against the pitfall too.
 * With n members each has at most `most` = ceil(partitions / n) of the partitions, evenly by sticky assignment.
 */
import { s, toSeconds } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import type { Values } from './params.ts';

export const HEARTBEAT = s(3);
/** An empty group waits so long for others after the first member; all start within it, so that it waits once more. */
export const INITIAL_DELAY = s(3);

const limit = limitOf<Values>;

const most = ({ partitions, consumers }: Values): number => Math.ceil(partitions / consumers);

/** Consumers whose restart begins within the run. */
const begun = (p: Values): number =>
  Math.max(0, Math.min(p.consumers, Math.ceil((p.length - p.restartFrom) / p.restartEvery)));

/**
 * Restarts that are over before the next, or the end: the member is back, and in the heartbeat after that, and in the one
 * after a second round, all know.
 */
const settled = (p: Values): number => {
  const time = p.downtime + 3 * HEARTBEAT;
  if (time > p.restartEvery && p.downtime + HEARTBEAT > p.restartEvery) return 0;
  return Math.max(0, Math.min(p.consumers, Math.floor((p.length - time - p.restartFrom) / p.restartEvery) + 1));
};

/** Each goodbye is a round in which all others join anew, and the first is the group's beginning. */
export const rounds = limit((p) => (p.goodbye && !p.isStatic && settled(p) > 0 ? 1 + settled(p) : 1));

/** Eager: in the round of a goodbye the others give up all that they have; the one that went had at most its share. */
export const givenUpByAll = limit((p) =>
  p.goodbye && !p.isStatic && p.assignor !== 'cooperative-sticky'
    ? settled(p) * Math.max(0, p.partitions - most(p))
    : 0,
);

/**
 * Cooperative: nobody gives up anything for one who goes, and for one who comes back at most its share. A round that is
 * overtaken by the next restart may move as much once more.
 */
export const moved = limit((p) => {
  const perRestart = p.downtime + HEARTBEAT < p.restartEvery ? most(p) : 2 * most(p);
  return p.goodbye ? begun(p) * perRestart : p.partitions * (1 + 4 * begun(p));
});

/** A static member that is back within its session: nobody else hears of it. */
export const undisturbed = limit((p) => (p.downtime + HEARTBEAT < p.sessionTimeout ? 1 : 1 + 4 * p.consumers));
export const nothingMoves = limit((p) =>
  p.downtime + HEARTBEAT < p.sessionTimeout ? 0 : p.partitions * (1 + 4 * begun(p)),
);

/** Nobody ends without a commit, or all do. */
export const committed = limit((p) => (p.goodbye ? 0 : p.rate * toSeconds(p.length)));

/**
 * A killed member had processed, since its last commit, at least the records of a moment; that all of them are killed in
 * the very moment of a commit does not happen.
 */
export const processedAgain = limit((p) =>
  !p.goodbye && settled(p) >= 3 && p.commitInterval >= s(1) && p.rate / p.consumers >= 20 ? 1 : 0,
);

/** Eager: before anybody joins again nobody owns anything. */
export const standsStill = limit((p) =>
  p.goodbye && !p.isStatic && p.assignor !== 'cooperative-sticky' && settled(p) > 0 ? p.partitions : 0,
);

/**
 * Cooperative: the share of the one that went, and in the round of its return the share that it is given; with a restart
 * that overtakes, the same of another. Static, and in time: the shares of those that are away.
 */
export const fewStandStill = limit((p) => {
  const away = 1 + Math.floor((p.downtime + 2 * HEARTBEAT) / p.restartEvery);
  const stays = p.goodbye && (!p.isStatic || p.downtime + HEARTBEAT < p.sessionTimeout);
  return stays ? Math.min(p.partitions, 2 * away * most(p)) : p.partitions;
});
