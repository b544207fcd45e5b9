/** An alerting rule: step by step as Prometheus goes, and whatever holds when, against the histories of its series. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../sim-core/kernel/time.ts';
import { AlertingRule, labelsInWords } from '../../../../sim-core/observability/slo/alerting-rule.ts';

const a = { instance: 'a' };
const b = { instance: 'b' };
const id = (instance: string): string => `alertname="Down",instance="${instance}",severity="page"`;
const ruleOf = (times: { for: number; keepFiringFor?: number }): AlertingRule =>
  new AlertingRule({ name: 'Down', labels: { severity: 'page' }, ...times });

describe('an alerting rule', () => {
  it('fires at once without `for`, and is resolved by the first evaluation at which nothing holds', () => {
    const rule = ruleOf({ for: 0 });
    expect(rule.evaluate(MINUTE, [a])).toEqual([{ id: id('a'), to: 'firing' }]);
    expect(rule.evaluate(2 * MINUTE, [a])).toEqual([]);
    expect(rule.evaluate(3 * MINUTE, [])).toEqual([{ id: id('a'), to: 'inactive' }]);
  });

  it('is pending for as long as `for` says, and begins anew when a series was gone for one evaluation', () => {
    const rule = ruleOf({ for: 2 * MINUTE });
    expect(rule.evaluate(0, [a])).toEqual([{ id: id('a'), to: 'pending' }]);
    expect(rule.evaluate(MINUTE, [a, b])).toEqual([{ id: id('b'), to: 'pending' }]);
    expect(rule.evaluate(2 * MINUTE, [a])).toEqual([
      { id: id('a'), to: 'firing' },
      { id: id('b'), to: 'inactive' },
    ]);
    expect(rule.evaluate(3 * MINUTE, [b])).toEqual([
      { id: id('a'), to: 'inactive' },
      { id: id('b'), to: 'pending' },
    ]);
    expect([rule.count('pending'), rule.count('firing')]).toEqual([1, 0]);
  });

  it('goes on firing for `keep_firing_for` after the last time that it held', () => {
    const rule = ruleOf({ for: 0, keepFiringFor: 2 * MINUTE });
    rule.evaluate(0, [a]);
    expect(rule.evaluate(MINUTE, [])).toEqual([]);
    expect(rule.evaluate(2 * MINUTE, [a])).toEqual([]);
    expect(rule.evaluate(3 * MINUTE, [])).toEqual([]);
    expect(rule.evaluate(4 * MINUTE, [])).toEqual([]);
    expect(rule.evaluate(5 * MINUTE, [])).toEqual([{ id: id('a'), to: 'inactive' }]);
  });

  it('tells of what fires when more than the resend delay has passed, and of what was resolved for a quarter of an hour', () => {
    const rule = ruleOf({ for: MINUTE });
    const told: [number, boolean][] = [];
    for (let minute = 0; minute <= 30; minute++) {
      rule.evaluate(minute * MINUTE, minute < 6 ? [a] : []);
      for (const { endsAt } of rule.due(minute * MINUTE, MINUTE, MINUTE)) {
        told.push([minute, endsAt <= minute * MINUTE]);
        expect(endsAt).toBe(minute < 6 ? (minute + 4) * MINUTE : 6 * MINUTE);
      }
    }
    // With a delay as long as the interval it is every other evaluation: exactly as long ago is not more.
    expect(told.slice(0, 4)).toEqual([
      [1, false],
      [3, false],
      [5, false],
      [6, true],
    ]);
    expect(told.at(-1)).toEqual([20, true]);
    expect(rule.isIdle).toBe(true);
  });

  it('is the same as the histories of its series say, whatever holds when', () => {
    const evaluations = fc.array(fc.subarray([a, b]), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(evaluations, fc.nat(4), fc.nat(4), (holding, wait, keep) => {
        const rule = ruleOf({ for: wait * MINUTE, keepFiringFor: keep * MINUTE });
        for (const [at, now] of holding.entries()) {
          rule.evaluate(at * MINUTE, now);
          const states = [a, b].map((series) => {
            const history = holding.slice(0, at + 1).map((held) => held.includes(series));
            return stateOf(history, wait, keep);
          });
          for (const state of ['pending', 'firing'] as const) {
            expect(rule.count(state)).toBe(states.filter((one) => one === state).length);
          }
        }
      }),
    );
  });

  it('refuses times that are none, an evaluation in the past and two series of one name', () => {
    expect(() => ruleOf({ for: -1 })).toThrow('for: -1 is no duration');
    expect(() => ruleOf({ for: 0, keepFiringFor: NaN })).toThrow('keepFiringFor: NaN is no duration');
    const rule = ruleOf({ for: 0 });
    rule.evaluate(MINUTE, []);
    expect(() => rule.evaluate(0, [])).toThrow('now: 0 is before the evaluation at 60000000000');
    expect(() => rule.evaluate(MINUTE, [a, { ...a }])).toThrow(`two series have the labels ${id('a')}`);
  });

  it('writes labels in the order of their names', () => {
    expect(labelsInWords({ b: '2', a: '1' })).toBe('a="1",b="2"');
  });
});

/** The obvious way: an alert fires if it held `wait` evaluations and one more in a row, and since then never failed to for more than `keep`. */
function stateOf(history: readonly boolean[], wait: number, keep: number): 'inactive' | 'pending' | 'firing' {
  let [isFiring, held, missed] = [false, 0, 0];
  for (const holds of history) {
    held = holds ? held + 1 : 0;
    missed = holds ? 0 : missed + 1;
    isFiring = isFiring ? missed <= keep : held > wait;
  }
  if (isFiring) return 'firing';
  return held > 0 ? 'pending' : 'inactive';
}
