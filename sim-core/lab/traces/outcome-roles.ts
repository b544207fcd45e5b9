/**
 * The part that a fact plays by what it says of how something went. Outcomes are words of the models that tell them, so
 * they are told by what they contain; what says nothing is neutral.
 */
import { isFailure } from '../../observability/methods/failed-outcome.ts';
import type { RecordedFacts } from '../recording.ts';
import { factText, type FactPlace } from './fact-places.ts';

export type OutcomeRole = 'ok' | 'miss' | 'stale' | 'failed' | 'retry' | 'waiting';

/** What a fact calls its kind of outcome, and the part that it plays by it, if it is no failure; in order, the first that matches decides. */
const ROLES: readonly (readonly [RegExp, OutcomeRole])[] = [
  [/retr(y|ied)|redeliver|compensat|duplicate|contended|coalesced/, 'retry'],
  [/stale|evict/, 'stale'],
  [/miss|expired/, 'miss'],
  [/^(ok|hit|acquired|completed|acknowledged|committed)$/, 'ok'],
];

/** The role of an outcome; neutral where the word says nothing. */
export function roleOfOutcome(outcome: string): OutcomeRole {
  if (isFailure(outcome)) return 'failed';
  return ROLES.find(([pattern]) => pattern.test(outcome))?.[1] ?? 'waiting';
}

/** The role of a fact by its outcome, or where it has none by its kind. */
export function roleOfFact(facts: RecordedFacts, fact: FactPlace): OutcomeRole {
  return roleOfOutcome(factText(facts, fact, 'outcome') ?? fact.table.kind);
}
