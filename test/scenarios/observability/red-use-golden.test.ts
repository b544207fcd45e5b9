/** What the guide of the three methods says beyond its claims: by which signal each says so, and who is first. */
import { expect, it } from 'vitest';
import redUseGolden from '../../../scenarios/observability/red-use-golden.ts';
import { FAULT_AT, IN_TURN } from '../../../scenarios/observability/red-use-golden/system.ts';
import { detectedBy, METHODS, type ParameterValues } from '../../../sim-core/index.ts';
import { totalOf, trialled } from '../trials.ts';

const measured = (variant: string, params: ParameterValues = {}) => trialled(redUseGolden, { variant, params });
const said = (variant: string) => {
  const run = measured(variant);
  return METHODS.map((method) => detectedBy(run, method, FAULT_AT)?.signal);
};

it('each fault shows by the signal that the guide says, and USE names the component that is short', () => {
  expect(said('overload')).toEqual(['red.app.duration', 'use.database.utilization', 'use.database.utilization']);
  expect(said('error-burst')).toEqual(['red.app.error_ratio', undefined, 'red.app.error_ratio']);
  expect(said('lost-traffic')).toEqual(['red.app.rate', undefined, 'red.app.rate']);
  expect(said('quiet')).toEqual([undefined, undefined, undefined]);
});

it('each method alone misses what the guide says, and says the rest by the signal that it is about', () => {
  const told = (['red', 'use', 'golden'] as const).map((method) => {
    const run = measured(method);
    return IN_TURN.map(({ from, to }) => detectedBy(run, method, from, { until: to, usualUntil: FAULT_AT })?.signal);
  });
  expect(told).toEqual([
    [undefined, 'red.app.error_ratio', 'red.app.rate'],
    ['use.database.utilization', undefined, undefined],
    ['use.database.utilization', 'red.app.error_ratio', 'red.app.rate'],
  ]);
});

it('USE is ahead of RED by seconds in a growing load, and by more in one that grows slowly', () => {
  const lead = (params: ParameterValues): number => {
    const run = measured('overload', params);
    return detectedBy(run, 'red', FAULT_AT)!.at - detectedBy(run, 'use', FAULT_AT)!.at;
  };
  const [fast, slow] = [lead({}), lead({ growth: 4, length: 120e9 })];
  expect(fast).toBeGreaterThan(0);
  expect(slow).toBeGreaterThan(fast);
});

it('the pool refuses whom it has no room for, and that is an error of the resource', () => {
  expect(totalOf(measured('overload'), 'use.database.errors')).toBeGreaterThan(0);
  expect(totalOf(measured('error-burst'), 'use.database.errors')).toBe(0);
});
