/**
 * What is claimed of the four models, worked out from the parameters. Nothing here looks at a run.
 *
 * A group of consumers that take events in turn inverts two events of one order where the later one's work ends first. The
 * gap between them is exponential with the rate lambda of the order's events, the work exponential with the mean w: the
 * chance that the second ends before the first is lambda / (lambda + 1 / w) / 2, if both are begun when they come. That is
 * so unless all are busy; in an M/M/c queue that is a matter of the Erlang C formula, bounded here by the chance that all c
 * places of an Erlang B system are taken over 1 - rho.
 */
import { ms, s, toSeconds, us } from '../../../sim-core/index.ts';
import { limitOf, poissonLeast, poissonLow } from '../../application/chance.ts';
import type { Values } from './params.ts';

export const DOWNTIME = s(2);
export const COMMAND_TIME = us(20);
export const PARTITIONS = 6;
/** An acknowledgement has come back long before. */
const SOON = ms(100);
export const DRAIN = s(8);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

/** Seconds in which users send and nothing is away. */
const quiet = (p: Values): number => toSeconds(Math.max(0, p.length - DRAIN - 3 * DOWNTIME));

/** The chance that an event of M/M/c has to wait: the Erlang C formula. */
function waits(places: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= places; n++) blocked = (load * blocked) / (n + load * blocked);
  const rho = load / places;
  return rho >= 1 ? 1 : blocked / (1 - rho + rho * blocked);
}

/** So many groups of so many consumers each handle every event. */
export const inverted = (groups: number, places: (p: Values) => number) =>
  limit((p) => {
    const work = toSeconds(p.workTime);
    const lambda = p.rate * p.hotShare;
    const chance = (lambda / (lambda + 1 / work) / 2) * Math.max(0, 1 - 2 * waits(places(p), p.rate * work));
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
