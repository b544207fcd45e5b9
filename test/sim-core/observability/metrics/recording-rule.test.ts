/** Recording rules: what they keep is what the expression comes to, and reading it costs one sample a result. */
import { expect, it } from 'vitest';
import { s } from '../../../../sim-core/kernel/time.ts';
import { recordingRules } from '../../../../sim-core/observability/metrics/recording-rule.ts';
import { Head } from '../../../../sim-core/observability/metrics/series/head.ts';
import { counterRate } from '../../../../sim-core/observability/metrics/series/rates.ts';
import { instant, sumBy } from '../../../../sim-core/observability/metrics/series/vector.ts';

const RATE = 'instance:requests:rate1m';

it('keep what the expression comes to, one result a set of labels, for later rules and for who asks', () => {
  const head = new Head();
  const users = 50;
  for (let at = 0; at <= 60; at += 15) {
    for (let user = 0; user < users; user++) {
      const labels = { __name__: 'requests', instance: user % 2 === 0 ? 'a' : 'b', user: `${user}` };
      head.floats.series(labels).append(s(at), at * (user + 1));
    }
  }
  const direct = () => sumBy(counterRate(head.floats, { name: 'requests' }, s(60), s(60)), ['instance']);
  const evaluate = recordingRules([
    { record: RATE, expression: direct },
    { record: 'all:requests:rate1m', expression: (of, at) => sumBy(instant(of.floats, { name: RATE }, at)) },
  ]);
  evaluate(head, s(60));
  const before = { ...head.cost };
  expect(instant(head.floats, { name: RATE }, s(60))).toEqual(direct().map((sample) => ({ ...sample })));
  expect(head.cost.series - before.series).toBe(2 + users);
  // Users 1 to 50 grow by their number a second.
  expect(instant(head.floats, { name: 'all:requests:rate1m' }, s(60))).toEqual([{ labels: {}, value: (50 * 51) / 2 }]);
});

it('take memory as any series does, and forget with it', () => {
  const head = new Head();
  recordingRules([{ record: RATE, expression: () => [{ labels: { instance: 'a' }, value: 1 }] }])(head, s(10));
  expect(head.series).toBe(1);
  expect(head.bytes).toBeGreaterThan(0);
  head.forget(s(11));
  expect([head.series, head.bytes]).toEqual([0, 0]);
});
