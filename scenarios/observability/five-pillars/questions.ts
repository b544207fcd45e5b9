/**
 * The questions of an incident, and how the team answers each: by a query on what its backends hold. What a backend does not
 * hold it cannot say, and where more than one answer would do there is none.
 */
import {
  s,
  type ChangeLog,
  type Duration,
  type Head,
  type LogStore,
  type ProfileStore,
  type Time,
  type TraceIndex,
} from '../../../sim-core/index.ts';
import { risingPanels, WINDOW } from './panels.ts';
import { burningCode, nearestChange, slowHop, slowRequests, slowRequestsByLogs, type SlowRequest } from './searches.ts';

/** What the team's backends hold. */
export interface Held {
  readonly metrics: Head;
  readonly traces: TraceIndex | undefined;
  readonly logs: LogStore | undefined;
  readonly profiles: ProfileStore | undefined;
  readonly events: ChangeLog | undefined;
}

export const QUESTIONS = [
  'since_when',
  'which_endpoint',
  'which_hop',
  'which_customer',
  'how_many_users',
  'which_code',
  'what_changed',
] as const;
export type Question = (typeof QUESTIONS)[number];
/** Of questions that have an answer; of times in nanoseconds. */
export type Answers = Readonly<Record<Question, string | number | undefined>>;

export const NO_ANSWERS = Object.fromEntries(QUESTIONS.map((question) => [question, undefined])) as Answers;

/** Slow requests that are enough to say whose they are. */
export const ENOUGH = 5;
/** How long before a rise a change may lie that is held for its cause. */
const CAUSED_WITHIN = s(60);

/** Asks everything now. A request that takes longer than the target is slow; whose they are is looked up from a window earlier, for a rise may be seen late. */
export function ask(held: Held, now: Time, target: Duration): Answers {
  const risen = risingPanels(held.metrics, now);
  const edge = risen.filter(({ service }) => service === 'gateway');
  if (edge.length === 0) return NO_ANSWERS;
  const since = Math.min(...edge.map((panel) => panel.since));
  const from = since - WINDOW;
  const { traces, logs, profiles, events } = held;
  const traced = traces === undefined ? [] : slowRequests(traces, from, target);
  const slow = logs === undefined ? traced : slowRequestsByLogs(logs, from, now, target);
  const hop = traces === undefined ? only(risen.map(({ service }) => service)) : slowHop(traces, traced);
  const change = events && nearestChange(events.between(since - CAUSED_WITHIN, now), since, hop);
  return {
    since_when: change?.time ?? since,
    which_endpoint: only(edge.map(({ route }) => route)),
    which_hop: hop,
    which_customer: mostFrequent(slow),
    how_many_users: slow.length === 0 ? undefined : new Set(slow.map(({ user }) => user)).size,
    which_code: profiles && burningCode(profiles, since, now),
    what_changed: change?.what,
  };
}

/** The only one there is: of several none is the answer. */
const only = (candidates: readonly string[]): string | undefined =>
  new Set(candidates).size === 1 ? candidates[0] : undefined;

/** The tenant who has most of them, of enough. */
function mostFrequent(slow: readonly SlowRequest[]): string | undefined {
  if (slow.length < ENOUGH) return undefined;
  const counts = new Map<string, number>();
  for (const { tenant } of slow) counts.set(tenant, (counts.get(tenant) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}
