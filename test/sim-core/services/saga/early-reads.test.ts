/**
 * Two sagas that each read an account and charge it later, in every order of the four steps, and of six where a charge is undone: what
 * is lost, what is found changed, and what the account says in the end.
 */
import { describe, expect, it } from 'vitest';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Saga } from '../../../../sim-core/services/saga/definition.ts';
import { EarlyReads } from '../../../../sim-core/services/saga/early-reads.ts';
import { Holdings } from '../../../../sim-core/services/saga/holdings.ts';

const INITIAL = 100;
const PRICE = 10;
const sagas: readonly Saga[] = [0, 1].map((id) => ({ id, key: 0, request: new RequestContext(id, 0) }));

interface Outcome {
  fuzzy: number;
  lost: number;
  /** Charges that wrote over another balance than they had read, as the test sees it. */
  overwritten: number;
  refused: number;
  wrong: number;
  misstated: number;
}

/** All orders of two lists that keep each list's own. */
function interleavings<Step>(one: readonly Step[], other: readonly Step[]): Step[][] {
  if (one.length === 0 || other.length === 0) return [[...one, ...other]];
  return [
    ...interleavings(one.slice(1), other).map((rest) => [one[0], ...rest]),
    ...interleavings(one, other.slice(1)).map((rest) => [other[0], ...rest]),
  ];
}

type What = 'read' | 'charge' | 'undo' | 'end';

function played(order: readonly (readonly [number, What])[], isLocked: boolean, writesAsRead: boolean): Outcome {
  const holdings = new Holdings({ initial: () => INITIAL, keyOf: () => 0, amountOf: () => PRICE, isLocked: false });
  const early = new EarlyReads({ holdings, isLocked, writesAsRead });
  const outcome: Outcome = { fuzzy: 0, lost: 0, overwritten: 0, refused: 0, wrong: 0, misstated: 0 };
  const refused = new Set<number>();
  const seen = new Map<number, number>();
  const balance = (): number => holdings.read(0).available;
  for (const [id, what] of order) {
    if (refused.has(id)) continue;
    const saga = sagas[id];
    if (what === 'read') {
      if (early.read(saga)) {
        seen.set(id, balance());
        continue;
      }
      refused.add(id);
      outcome.refused++;
    } else if (what === 'charge') {
      outcome.overwritten += Number(writesAsRead && balance() !== seen.get(id));
      const { isFuzzy, isLost } = early.take(saga);
      outcome.fuzzy += Number(isFuzzy);
      outcome.lost += Number(isLost);
    } else {
      early.forget(saga);
      if (what === 'undo') holdings.giveBack(saga);
    }
  }
  const { available } = holdings.standingFor(sagas[0]);
  outcome.wrong = Math.abs(available + holdings.held - INITIAL);
  outcome.misstated = holdings.misstated;
  return outcome;
}

const stepsOf = (id: number, ...whats: What[]): (readonly [number, What])[] => whats.map((what) => [id, what] as const);

describe.each([
  ['both are charged', interleavings(stepsOf(0, 'read', 'charge', 'end'), stepsOf(1, 'read', 'charge', 'end')), false],
  [
    'one is charged and undone',
    interleavings(stepsOf(0, 'read', 'charge', 'undo'), stepsOf(1, 'read', 'charge', 'end')),
    true,
  ],
])('%s', (_, orders, isUndone) => {
  const all = (isLocked: boolean, writesAsRead: boolean): Outcome[] =>
    orders.map((order) => played(order, isLocked, writesAsRead));

  it('as it was read: whoever finds another balance overwrites it, and the account is wrong where that was', () => {
    const outcomes = all(false, true);
    expect(orders.length).toBe(20);
    expect(outcomes.filter(({ lost }) => lost > 0).length).toBeGreaterThan(10);
    for (const { lost, overwritten, fuzzy, wrong, misstated } of outcomes) {
      expect(lost).toBe(overwritten);
      expect(lost).toBeLessThanOrEqual(fuzzy);
      expect(misstated).toBe(wrong);
      expect(wrong).toBe(PRICE * overwritten);
    }
    expect(outcomes.some(({ wrong }) => wrong > 0)).toBe(true);
    // What another took and gave back in between is found changed, and nothing of it is overwritten.
    expect(outcomes.some(({ fuzzy, lost }) => fuzzy > lost)).toBe(isUndone);
  });

  it('by amount: it is found changed as often, and nothing is lost', () => {
    const outcomes = all(false, false);
    expect(outcomes.map(({ fuzzy }) => fuzzy)).toEqual(all(false, true).map(({ fuzzy }) => fuzzy));
    expect(outcomes.every(({ lost, wrong, misstated }) => lost + wrong + misstated === 0)).toBe(true);
  });

  it.each([true, false])(
    'under a lock, written as read or not (%s): nobody finds it changed, and some are refused',
    (asRead) => {
      const outcomes = all(true, asRead);
      expect(outcomes.every(({ fuzzy, lost, wrong }) => fuzzy + lost + wrong === 0)).toBe(true);
      // Who is done before the other begins is in nobody's way, and that is so in two orders of all.
      expect(outcomes.filter(({ refused }) => refused === 0)).toHaveLength(2);
    },
  );
});
