/**
 * When a remedy that waits for the alert has done its work: how long the crowd is there before that, and what has piled up by
 * then. From then on the remedy is judged by what it does alone.
 */
import { ln, s, toSeconds, zipfProbabilities, type Since } from '../../../sim-core/index.ts';
import { DEVIATIONS } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import {
  batched,
  batchedCommands,
  crowdTime,
  hotShareOf,
  kept,
  keptCommands,
  loadOf,
  meanLoadOf,
  namesOn,
  onOneShard,
  sprayed,
  WARM_UP,
  WINDOW,
} from './load.ts';
import type { Values } from './params.ts';

/** The monitor sees the crowd's share at the end of the first window that is the crowd's from end to end, and tells of it. */
export const untilAlert = (p: Values): number =>
  toSeconds((Math.ceil(p.crowdAt / WINDOW) + 1) * WINDOW - p.crowdAt + 2 * NEAR_MAX);

/** What the hot thread has not done by then, in seconds, at most: each of the crowd is a read, and may be a load. */
export function backlogAtAlert(p: Values): number {
  const { others, shard } = onOneShard(p);
  const commands = (2 * p.crowd + p.writes + others[shard]) * untilAlert(p);
  const work = (commands + DEVIATIONS * Math.sqrt(commands)) * toSeconds(p.commandTime);
  return Math.max(0, work - untilAlert(p));
}

/**
 * Whether the alert surely comes, names the hot key and lasts. A sketch of m counters has every key with more than one mth
 * of its shard's commands; an instance that forgets a key which it answers for itself has it to learn again.
 */
export function isFound(p: Values): boolean {
  const { others, shard } = onOneShard(p);
  const shareOfShard = p.crowd / (2 * p.crowd + p.writes + others[shard]);
  return hotShareOf(p) > p.threshold && shareOfShard * p.counters > 1 && p.hotFor >= p.length - p.crowdAt;
}

/**
 * Whether there are surely no alerts without the crowd, which would turn the remedy on before it is needed: not for the most
 * popular of the other keys, nor for the hot key, which is written all the time. A sketch of m counters counts up to one
 * mth of all commands too many.
 */
export function isQuiet(p: Values): boolean {
  const commands = (p.rate + p.writes) * toSeconds(WINDOW);
  const [popular] = zipfProbabilities(p.keys, p.exponent);
  const share = Math.max(popular * p.rate + 1 / toSeconds(p.ttl), p.writes) / (p.rate + p.writes);
  const chance = DEVIATIONS * Math.sqrt((share * (1 - share)) / commands) + 1 / commands;
  return share + chance + 1 / p.counters < p.threshold;
}

/** The longest line before a thread: a handler asks for one thing after the other. */
const lineMost = (p: Values): number => p.instances * p.concurrency * toSeconds(p.commandTime);

/**
 * How long the crowd is there before its relief is complete, in seconds. Names: from the alert on the hot thread works off what
 * it has not done by then, beside what still comes to it, which keeps it busy for a part of its time.
 */
export const sprayPhase = (p: Values): number =>
  phase(p, sprayed(p), untilAlert(p) + backlogAtAlert(p) / (1 - sprayedMean(p)));

/**
 * Local cache: from the alert on each instance needs the value, and gets it as everybody does: it stands in the line, and
 * after a miss it loads and stands there again to store. Until then the crowd has all handlers ask the shard, and then
 * what they have under way is worked off: each of them two commands.
 */
export const keptPhase = (p: Values): number =>
  phase(p, kept(p), untilAlert(p) + 2 * lineMost(p) + loadOf(p) + (2 * lineMost(p)) / (1 - keptMean(p)));

/**
 * Write throttle: an instance has a copy as soon as the store has answered its first batch, or by a fetch through the line, behind
 * the first batch that is set there; and then what the handlers have under way is worked off.
 */
export const batchPhase = (p: Values): number =>
  phase(
    p,
    batched(p),
    untilAlert(p) +
      toSeconds(p.throttle) +
      loadOf(p) +
      Math.min(firstWrite(p), 2 * lineMost(p)) +
      (2 * lineMost(p)) / (1 - batchedMean(p)),
  );
/** Until an instance has something to write, but once in a hundred thousand times. */
const firstWrite = (p: Values): number => (ln(100_000) * p.instances) / p.writes;

/** Where the alert need not come, or the busiest thread has no time left, it is the whole time. */
const phase = (p: Values, after: number, long: number): number =>
  isFound(p) && after < 1 ? Math.min(crowdTime(p), long) : crowdTime(p);

/** How busy the hot key's own thread is in the mean where its names are so many on so many shards, one of them there. */
export function sprayedMean(p: Values): number {
  const { others, shard } = onOneShard(p);
  const names = namesOn(p);
  const herd = p.replicas + p.crowd * meanLoadOf(p);
  const part = names[shard] / p.replicas;
  return (others[shard] + part * p.crowd + p.writes * (part * herd + names[shard])) * toSeconds(p.commandTime);
}

/** The same where only the instances themselves ask for it, once in a while each. */
export function keptMean(p: Values): number {
  const { others, shard } = onOneShard(p);
  return (others[shard] + keptCommands(p)) * toSeconds(p.commandTime);
}

/** The same where instances gather what they write and are sent what others have. */
export function batchedMean(p: Values): number {
  const { others, shard } = onOneShard(p);
  return (others[shard] + batchedCommands(p)) * toSeconds(p.commandTime);
}

/**
 * Whether writes alone are so many that their key is found before the crowd comes, and neither thread nor store has too much to do until
 * then: so that the batches are all there is by the time of the crowd.
 */
export function isCounted(p: Values): boolean {
  const { others, shard } = onOneShard(p);
  const all = p.writes + p.rate + (2 * p.keys) / toSeconds(p.ttl);
  const share = p.writes / all;
  return (
    share - DEVIATIONS * Math.sqrt((share * (1 - share)) / (all * toSeconds(WINDOW))) > p.threshold &&
    (p.writes / (p.writes + others[shard])) * p.counters > 1 &&
    (p.writes + others[shard]) * toSeconds(p.commandTime) < 0.9 &&
    (p.writes * toSeconds(p.loadTime)) / p.cores < 0.9 &&
    batched(p) < 0.9 &&
    p.hotFor >= p.length &&
    Math.max(p.crowdAt, WARM_UP) >= 3 * WINDOW + p.throttle + s(firstWrite(p))
  );
}

/** Relief is complete before the last whole window begins: what it shows is the remedy's own. */
export const isOver = (p: Values, phaseOf: (p: Values) => number): boolean =>
  phaseOf(p) < crowdTime(p) &&
  toSeconds(p.crowdAt) + phaseOf(p) <= toSeconds(Math.floor(p.length / WINDOW - 1) * WINDOW);

/** What is measured of a remedy: all that comes once its relief is complete; all there is, if that is too late. */
const reliefOf = (phaseOf: (p: Values) => number): Since => ({
  words: 'after the relief',
  at(params) {
    const p = params as Values;
    return isOver(p, phaseOf) ? p.crowdAt + s(phaseOf(p)) + 2 * FAR_MAX : WARM_UP;
  },
});
export const sprayRelief = reliefOf(sprayPhase);
export const keptRelief = reliefOf(keptPhase);
export const batchRelief = reliefOf(batchPhase);

/** The crowd comes. */
export const crowded: Since = {
  words: 'from the crowd on',
  at: (params) => Math.max((params as Values).crowdAt, WARM_UP),
};
