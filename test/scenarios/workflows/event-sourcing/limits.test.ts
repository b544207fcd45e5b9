/** What is claimed of event sourcing where there is nothing to claim, and the chance behind its overdrafts held against sums by hand. */
import { describe, expect, it } from 'vitest';
import eventSourcing from '../../../../scenarios/workflows/event-sourcing.ts';
import { overdrawingChance } from '../../../../scenarios/workflows/event-sourcing/balances.ts';
import {
  coldLoad,
  conflictsLeast,
  misreadLeast,
  outdatedLeast,
  overdraftsLeast,
  unreadableLeast,
  wrongedLeast,
} from '../../../../scenarios/workflows/event-sourcing/limits.ts';
import type { Values } from '../../../../scenarios/workflows/event-sourcing/params.ts';
import { resolveParameters, s, type Limit, type ParameterValues } from '../../../../sim-core/index.ts';

const values = (given: ParameterValues): Values =>
  resolveParameters(eventSourcing, 'rebuild-from-start', given) as Values;

it.each<[string, ParameterValues, Limit[]]>([
  ['nothing is deployed in time', { deployAt: s(40) }, [misreadLeast, unreadableLeast, wrongedLeast, coldLoad]],
  ['nothing is deployed at all', { oldEvents: 'not-deployed' }, [coldLoad]],
  ['nothing of old can be read', { oldEvents: 'nothing' }, [coldLoad]],
  ['no account is busy', { hotShare: 0 }, [conflictsLeast, outdatedLeast, overdraftsLeast]],
  ['hardly anybody comes', { rate: 1 }, [conflictsLeast, outdatedLeast, overdraftsLeast, wrongedLeast]],
  ['nothing is withdrawn', { withdrawals: 0 }, [overdraftsLeast, wrongedLeast]],
  ['nothing is paid in', { withdrawals: 1 }, [overdraftsLeast, wrongedLeast, misreadLeast]],
])('where %s no trouble is claimed that comes of it', (_name, given, claims) => {
  const expected = claims.map(() => 0);
  expect(claims.map((claim) => (typeof claim === 'number' ? claim : claim(values(given))))).toEqual(expected);
});

describe('two withdrawals that are decided on the same balance overdraw it', () => {
  const once = { rate: 1, hotShare: 0.01, length: s(12) };

  it('after a first deposit, of 1 to 100 all equally likely, with chance sum b (b + 1) / 2 / 100^3', () => {
    expect(overdrawingChance(values({ ...once, history: 1 }))).toBeCloseTo((100 * 101 * 102) / 6 / 1e6, 12);
  });

  it('after two bookings, the second a deposit or a withdrawal that leaves something, by the sum over both', () => {
    let sum = 0;
    for (let first = 1; first <= 100; first++) {
      for (let second = 1; second <= 100; second++) {
        const more = first + second;
        const less = second < first ? first - second : more;
        for (const [left, share] of [
          [more, 0.45],
          [less, 0.55],
        ]) {
          const amounts = Math.max(0, Math.min(left, 200 - left));
          sum += (share * amounts * (amounts + 1)) / 2;
        }
      }
    }
    expect(overdrawingChance(values({ ...once, history: 2 }))).toBeCloseTo(sum / 1e8, 12);
  });

  it('less and less as deposits make the balance grow', () => {
    const chance = (length: number): number =>
      overdrawingChance(values({ rate: 100, hotShare: 1, withdrawals: 0.1, history: 1, length }));
    expect(chance(s(60))).toBeLessThan(chance(s(12)) + 1e-12);
    expect(chance(s(12))).toBeLessThan(0.01);
  });
});
