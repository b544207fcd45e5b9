/** Series, their staleness, and what is made of instant vectors. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minutes, s } from '../../../../../sim-core/kernel/time.ts';
import { LOOKBACK, SeriesStore } from '../../../../../sim-core/observability/metrics/series/series-store.ts';
import type { Labels } from '../../../../../sim-core/observability/signals/labels.ts';
import {
  averageBy,
  divide,
  instant,
  maxBy,
  sumBy,
} from '../../../../../sim-core/observability/metrics/series/vector.ts';

const named = (labels: Labels = {}): Labels => ({ __name__: 'requests', ...labels });

test('the value at an instant is the last of the five minutes before, unless the series ended since', () => {
  const deeds = fc.array(fc.tuple(fc.constantFrom('sample', 'stale'), fc.integer({ min: 1, max: 400 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(deeds, fc.integer({ min: 0, max: 4000 }), (list, asked) => {
      const store = new SeriesStore<number>();
      const series = store.series(named());
      let [now, naive]: [number, number | undefined] = [0, undefined];
      let [sampledAt, value] = [-1, 0];
      for (const [deed, gap] of list) {
        now += gap;
        if (deed === 'sample') series.append(s(now), ++value);
        else series.markStale(s(now));
        if (now > asked) continue;
        naive = deed === 'sample' ? value : undefined;
        sampledAt = now;
      }
      const expected = naive !== undefined && s(asked) - s(sampledAt) <= LOOKBACK ? [{ labels: {}, value: naive }] : [];
      expect(instant(store, { name: 'requests' }, s(asked))).toEqual(expected);
    }),
  );
});

test('a sample that is not newer is not taken', () => {
  const series = new SeriesStore<number>().series(named());
  expect([series.append(s(2), 1), series.append(s(2), 2), series.append(s(1), 3)]).toEqual([true, false, false]);
  expect(series.values).toEqual([1]);
});

test('a store finds by labels, in the order of their making, and forgets what has no samples left', () => {
  const gone: string[] = [];
  const store = new SeriesStore<number>(
    () => {},
    ({ code }) => gone.push(code),
  );
  for (const [code, at] of [
    ['200', 1],
    ['500', 400],
  ] as const) {
    store.series(named({ code })).append(s(at), 7);
  }
  expect(store.series({ code: '200', __name__: 'requests' })).toBe(store.select({ name: 'requests' })[0]);
  expect(store.select({ name: 'requests', labels: { code: '500' } })).toHaveLength(1);
  expect(store.select({ name: 'requests', labels: { host: '' } })).toHaveLength(2);
  expect(store.select({ name: 'requests', where: ({ code }) => code.startsWith('2') })).toHaveLength(1);
  expect(store.cost.series).toBe(2 + 1 + 2 + 1);
  store.forget(minutes(5));
  expect([store.size, gone]).toEqual([1, ['200']]);
});

test('aggregation by labels, and one vector over another', () => {
  const vector = [
    { labels: { instance: 'a', code: '200' }, value: 6 },
    { labels: { instance: 'b', code: '200' }, value: 2 },
    { labels: { instance: 'a', code: '500' }, value: 1 },
  ];
  expect(sumBy(vector)).toEqual([{ labels: {}, value: 9 }]);
  expect(averageBy(vector)).toEqual([{ labels: {}, value: 3 }]);
  expect(maxBy(vector, ['code'])).toEqual([
    { labels: { code: '200' }, value: 6 },
    { labels: { code: '500' }, value: 1 },
  ]);
  const errors = sumBy(
    vector.filter(({ labels }) => labels.code === '500'),
    ['instance'],
  );
  expect(divide(errors, sumBy(vector, ['instance']))).toEqual([{ labels: { instance: 'a' }, value: 1 / 7 }]);
});
