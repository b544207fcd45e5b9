/** The part that somebody plays by what a fact says of how it went: by its outcome, or by being done again. */
import type { CallFailure, FactTable } from '../../sim-core/index.ts';
import { roleOf, type Role } from './signal-style.ts';

/** Whatever ends a call without an answer is a failure to who made it, for whatever reason. */
const CALL_FAILURES: Readonly<Record<CallFailure, 'failed'>> = {
  timeout: 'failed',
  overloaded: 'failed',
  refused: 'failed',
  unavailable: 'failed',
  error: 'failed',
};

const OUTCOMES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...Object.entries(CALL_FAILURES),
  ['failed', 'failed'],
  ['ok', 'ok'],
  ['hit', 'ok'],
  ['stale', 'stale'],
  ['miss', 'miss'],
  ['expired', 'miss'],
]);

/** Undefined for an outcome that says nothing of how a request fares, such as that of a lock. */
export const roleByOutcome = (outcome: string): Role | undefined => OUTCOMES.get(outcome);

/**
 * Whether a row tells that something was done again; undefined if none of the table does. Attempts are numbered, and the first is
 * no retry; how attempts ended is an outcome and not one more.
 */
export function toldAgain({
  kind,
  schema,
  columns: { attempt },
}: Pick<FactTable, 'kind' | 'schema' | 'columns'>): ((row: number) => boolean) | undefined {
  if (roleOf(kind) !== 'retry' || schema.outcome === 'text') return undefined;
  return schema.attempt === 'number' ? (row) => attempt[row] > 1 : () => true;
}
