/** What is told of a request decides how it is drawn. */
import { expect, it } from 'vitest';
import type { CallFailure, FactTable, RecordedFacts } from '../../../sim-core/index.ts';
import { requestRoles, ROLES } from '../../../ui/models/request-roles.ts';

/** Every way in which a call may fail. */
const FAILURES: readonly CallFailure[] = ['timeout', 'overloaded', 'refused', 'unavailable', 'error'];
const TEXTS = ['ok', 'hit', 'expired', 'stale', 'acquired', 'attempts', ...FAILURES];

function table(kind: string, rows: readonly (readonly [time: number, request: number, outcome?: string])[]): FactTable {
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, of);
  const request = column(([, one]) => one);
  const outcome = column(([, , text]) => TEXTS.indexOf(text ?? ''));
  const told = rows.some(([, , text]) => text !== undefined);
  return {
    kind,
    help: '',
    schema: told ? { request: 'request', outcome: 'text' } : { request: 'request' },
    rows: rows.length,
    times: column(([time]) => time),
    events: column(() => 1),
    columns: told ? { request, outcome } : { request },
  };
}

const facts = (...tables: FactTable[]): RecordedFacts => ({ tables, texts: TEXTS, sampledOneIn: 1, told: {} });

const SEEN = requestRoles(
  facts(
    table('request.completed', [
      [90, 7, 'ok'],
      [95, 8, 'timeout'],
    ]),
    table('cache.lookup', [
      [10, 7, 'expired'],
      [20, 8, 'hit'],
      [25, 9, 'stale'],
    ]),
    table('service.request', [
      [30, 7, 'ok'],
      [35, 10, 'ok'],
    ]),
    table('request.retried', [[40, 9]]),
    table('cache.lock', [[50, 10, 'acquired']]),
  ),
  4,
  (request) => (request >= 7 && request <= 10 ? request - 7 : undefined),
);

const roleAt = (request: number, time: number): string => ROLES[SEEN.at(request - 7, time)];

it.each([
  [7, 9, 'waiting', 'nothing is known before the lookup'],
  [7, 10, 'miss', 'from the instant of the fact on'],
  [7, 99, 'miss', 'a plain ok does not make it a hit'],
  [8, 21, 'ok', 'a hit'],
  [8, 95, 'failed', 'its caller gave up'],
  [9, 30, 'stale', 'a hit past its soft time to live'],
  [9, 45, 'retry', 'by the kind of the fact, without an outcome'],
  [10, 60, 'ok', 'an ok where nothing else is known; a lock says nothing'],
])('request %d at %d is %s: %s', (request, time, role) => {
  expect(roleAt(request, time)).toBe(role);
});

it('finds the last change within a stretch of time', () => {
  expect(SEEN.lastChange(1, 20, 95)).toBeGreaterThanOrEqual(0);
  expect(SEEN.lastChange(1, 95, 200)).toBe(-1);
  expect(SEEN.lastChange(0, -1, 5)).toBe(-1);
});

it.each(FAILURES)('who is told %s has failed', (failure) => {
  const told = requestRoles(facts(table('request.completed', [[10, 1, failure]])), 1, (request) => request - 1);
  expect(ROLES[told.at(0, 10)]).toBe('failed');
});

it('a first attempt is no retry, and neither is the end of the attempts', () => {
  const attempts = table('retry.attempt', [
    [10, 1],
    [20, 1],
  ]);
  const numbered: FactTable = {
    ...attempts,
    schema: { ...attempts.schema, attempt: 'number' },
    columns: { ...attempts.columns, attempt: Float64Array.of(1, 2) },
  };
  const ended = table('retry.ended', [
    [15, 2, 'attempts'],
    [15, 3, 'ok'],
  ]);
  const told = requestRoles(facts(numbered, ended), 3, (request) => request - 1);
  expect([told.at(0, 10), told.at(0, 20), told.at(1, 15), told.at(2, 15)].map((role) => ROLES[role])).toEqual([
    'waiting',
    'retry',
    'waiting',
    'ok',
  ]);
});
