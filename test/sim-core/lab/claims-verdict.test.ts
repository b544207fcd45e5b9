/** What claims come to together: held only where one is claimed at least, and none is missed. */
import { expect, it } from 'vitest';
import { heldText, verdictOfClaims, type ExpectationResult } from '../../../sim-core/index.ts';

const made: ExpectationResult = { text: 'it is at most 1', pass: true, actual: 1, limit: 1, unit: '1' };
const missed: ExpectationResult = { ...made, pass: false, actual: 2 };
const unclaimed: ExpectationResult = { ...made, limit: NaN, notClaimed: 'it may be any' };

it.each<[string, ExpectationResult[]]>([
  ['held', [made]],
  ['held', [unclaimed, made]],
  ['failed', [made, missed]],
  ['failed', [unclaimed, missed]],
  ['unclaimed', [unclaimed, unclaimed]],
  ['unclaimed', []],
])('is %s: %#', (verdict, results) => {
  expect(verdictOfClaims(results)).toBe(verdict);
});

it('are counted as held only where they are made', () => {
  expect(heldText([made, missed, unclaimed])).toBe('1 of 2 expectations hold; 1 is not claimed with these parameters');
  expect(heldText([made])).toBe('1 of 1 expectations hold');
});
