/** N + 1 queries away from the defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import nPlusOne from '../../../scenarios/caching/n-plus-one.ts';
import { ms, s, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, trialled } from '../trials.ts';

describe.each<[string, ParameterValues]>([
  ['large pages', { items: 40, rate: 100 }],
  ['a database far away', { distance: ms(10), rate: 100 }],
  ['a cache that holds everything for long', { ttl: s(60), rate: 200 }],
  ['no cache to speak of', { ttl: ms(100), rate: 100 }],
])('with %s', (_name, params) => {
  it.each(Object.keys(nPlusOne.variants))('%s holds its claims', (variant) =>
    expect(failed(trialled(nPlusOne, { variant, params: { length: s(14), ...params } }))).toEqual([]),
  );
});

it('a loop that waits for each item leaves a batch loader nothing to collect', () => {
  const params = { loads: 'one-after-the-other', length: s(10) };
  const trips = (variant: string): number =>
    trialled(nPlusOne, { variant, params }).signals.find(({ name }) => name === 'page.round_trips')!.summary['mean'];
  expect(Math.abs(trips('batch-loader') / trips('loader-per-key') - 1)).toBeLessThan(0.02);
});
