/** The exchanges' claims away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import exchangeRouting from '../../../scenarios/messaging/exchange-routing.ts';
import { MOVED, SKEW, WANTED } from '../../../scenarios/messaging/exchange-routing/tally.ts';
import { ms, s, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

describe.each<[string, ParameterValues]>([
  ['few events', { rate: 30 }],
  ['a change that comes too late', { changeAt: s(60) }],
  ['few customers and unequal weights', { customers: 40, weight: 3, newcomerWeight: 1 }],
  ['two workers', { workers: 2 }],
  ['nothing new', { newShare: 0 }],
  ['hardly anything new', { newShare: 0.0002 }],
  ['a change just before users stop', { changeAt: s(17.99) }],
  ['hardly any events', { rate: 1, length: s(5) }],
])('with %s', (_name, params) => {
  it.each(Object.keys(exchangeRouting.variants))('%s holds its claims', (variant) => {
    expect(failed(trialled(exchangeRouting, { variant, params }))).toEqual([]);
  });
});

const moved = (variant: string, params: ParameterValues): number =>
  summaryOf(trialled(exchangeRouting, { variant, params }), MOVED, 'total');

it('moves only the customers of the worker that leaves where it is the last, and half where half of the buckets come', () => {
  expect(moved('consistent-hash-first-leaves', { change: 'last-leaves' })).toBeLessThan(500 / 2);
  const half = moved('consistent-hash', { newcomerWeight: 40 });
  expect(Math.abs(half / 500 - 0.5)).toBeLessThan(0.15);
});

it('does not help the busiest worker by another one, where one customer is most of its work', () => {
  const skew = (workers: number): number =>
    summaryOf(
      trialled(exchangeRouting, { variant: 'consistent-hash-big-customer', params: { exponent: 2, workers } }),
      SKEW,
      'max',
    );
  // More workers, each with less on average: the same customer is more times the mean.
  expect(skew(8)).toBeGreaterThan(skew(4));
});

it('receives the same wanted copies by a pattern, by headers and by a fanout', () => {
  const wanted = ['topic', 'headers', 'fanout'].map((variant) =>
    summaryOf(trialled(exchangeRouting, { variant }), WANTED, 'total'),
  );
  expect(new Set(wanted).size).toBe(1);
});

it('has every subscriber fall behind by a fanout where by a topic it is only the one who wants everything', () => {
  const backlog = (variant: string): number =>
    summaryOf(trialled(exchangeRouting, { variant, params: { workTime: ms(60) } }), 'messaging.queue.ready', 'max');
  expect(backlog('fanout')).toBeGreaterThan(2 * backlog('topic'));
});
