/**
 * When a remedy that waits for the alert has done its work: how long the crowd is there before that, what has piled up by
 * then, and how many of the requests fall into that time.
 */
import { toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import { crowdTime, hotShareOf, keptCommands, meanLoadOf, namesOn, onOneShard, WARM_UP, WINDOW } from './load.ts';
import type { Values } from './params.ts';

/** Requests that are observed, all clients together. */
export const requests = (p: Values): number => p.crowd * crowdTime(p) + p.rate * toSeconds(p.length - WARM_UP);

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
 * How long the crowd is there before its relief is complete, in seconds, where the remedy waits for the alert: until the
 * hot thread has done what it has not done by then, beside what still comes to it, which keeps it busy for a part `after` of its
 * time. Where the alert need not come, or the thread has no time left, it is the whole time.
 */
export function phase(p: Values, after: number): number {
  if (!isFound(p) || after >= 1) return crowdTime(p);
  return Math.min(crowdTime(p), untilAlert(p) + backlogAtAlert(p) / (1 - after));
}

/** The share of requests that come in that time, at most. */
export function inPhase(p: Values, after: number): number {
  const share = ((p.rate + p.crowd) * phase(p, after)) / requests(p);
  return Math.min(1, share + DEVIATIONS * Math.sqrt(share / requests(p)));
}

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

/** Relief is complete before the last window begins: what it shows is the remedy's own. */
export const isOver = (p: Values, after: number): boolean =>
  toSeconds(p.crowdAt) + phase(p, after) + 2 * toSeconds(WINDOW) <= toSeconds(p.length) &&
  phase(p, after) < crowdTime(p);
