/**
 * What a signal looks like, from its name alone: the role whose colour it takes, the component it belongs to and the
 * words it is called by on a node's card. Names follow OpenTelemetry, so their words are few and mean the same in every
 * scenario. The same role has the same colour and shape everywhere on the page.
 */
import type { OutcomeRole, RecordedComponent } from '../../sim-core/index.ts';

/** A signal's role is that of the outcomes which it counts. */
export type Role = OutcomeRole;

/** In order: the first that matches decides. */
const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/error|fail|refused|alert|\.lost\b|misread|vanished|unwanted|dead|dlq|violat/, 'failed'],
  [/retr(y|ie)|redeliver|compensat|duplicate|doubled/, 'retry'],
  [/stale|evict|expire/, 'stale'],
  [/pending|queue|waiting|lag|backlog/, 'waiting'],
  [/hit_ratio|\.hits$|acknowledged|success/, 'ok'],
  [/^db\.|loads?\b|miss/, 'miss'],
];

/** The colour role of a signal; traffic that is neither good nor bad is neutral. */
export function roleOf(signal: string): Role {
  return ROLES.find(([pattern]) => pattern.test(signal))?.[1] ?? 'waiting';
}

const OWNERS: readonly (readonly [RegExp, RecordedComponent['kind']])[] = [
  [/^http\.client\./, 'client'],
  [/^http\.server\./, 'service'],
  // What waits in an instance's memory to be stored; its delay is nobody's latency.
  [/^cache\.writes\.(buffered|exposed)$/, 'service'],
  [/^cache\.(?!writes)/, 'cache'],
  [/^db\./, 'database'],
  [/^messaging\.client\.consumed|consumer|^kafka\.streams\./, 'consumer'],
  [/^(messaging|kafka|dlq)\./, 'broker'],
];

/** The kind of component that a signal speaks of, if its name says so. */
export function ownerOf(signal: string): RecordedComponent['kind'] | undefined {
  return OWNERS.find(([pattern]) => pattern.test(signal))?.[1];
}

/** What names count or measure; the word after it says of which, and stands before it in plain English. */
const MEASURED =
  /^(duration|elections|errors|loads|messages|misses|operations|\w*ratio|records|rate|rejections|requests|share|staleness|writes)$/;

/** Whose figure it is: the card of its broker or of its consumers says so already. */
const HOLDERS = /^(queue|consumer|consumer_group)$/;

/** Of a signal that says what a team is shown, as against what is true. */
const DASHBOARD = 'dashboard.';

/** A signal's name on a card, where its component stands above it: `hit ratio`, `connections`, `active`, `active loads`. */
export function shortName(signal: string): string {
  if (signal.startsWith(DASHBOARD)) return `${shortName(signal.slice(DASHBOARD.length))} on the dashboard`;
  const words = signal.split('.');
  const last = words.at(-1) ?? signal;
  // One point of a curve.
  if (/^\d+$/.test(last)) return `${shortName(words.slice(0, -1).join('.'))} at ${last}`;
  if (last === 'count' && words.length > 1) return `${words.at(-2)}s`;
  const counted = /^(.+)_(?:requests|messages)$/.exec(last);
  if (counted) return counted[1];
  const before = words.at(-2);
  if (last.includes('_') || before === undefined || HOLDERS.test(before)) return last.replaceAll('_', ' ');
  return (MEASURED.test(before) ? [last, before] : [before, last]).join(' ').replaceAll('_', ' ');
}
