/** What the guide of the cache's day says beyond its claims: which row each incident breaks, and what takes them away. */
import { expect, it } from 'vitest';
import cacheDashboard from '../../../scenarios/whole-systems/cache-dashboard.ts';
import { cacheChecklist, type ParameterValues, type Stretch } from '../../../sim-core/index.ts';
import { trialled } from '../trials.ts';

type Day = ReturnType<typeof trialled>;
const day = (variant: string, params: ParameterValues = {}): Day => trialled(cacheDashboard, { variant, params });
const bad = day('overall-only');

const brokenIn = (one: Day, item: string): readonly Stretch[] =>
  cacheChecklist(one).rows.find((row) => row.item === item)!.broken;
/** Whether it is broken at some time between two hours. */
const isBroken = (one: Day, item: string, from: number, to: number): boolean =>
  brokenIn(one, item).some((stretch) => stretch.from < to * 2.5e9 && stretch.to > from * 2.5e9);

it('each incident breaks its row in its hours; the confusion table that the guide has', () => {
  const rows = ['Hit Ratio', 'Hit Ratio, south', 'Avg Load Time', 'Stampede Incidents', 'Hot Key Ratio'];
  const hours = [
    [4, 10],
    [10, 12.4],
    [12.5, 15],
    [15.2, 17],
    [17, 18.4],
    [18.5, 20.9],
    [21.5, 24],
  ] as const;
  const table = hours.map(([from, to]) => rows.filter((item) => isBroken(bad, item, from, to)));
  expect(table).toEqual([
    [],
    ['Hit Ratio, south'],
    ['Avg Load Time'],
    [],
    ['Hot Key Ratio'],
    ['Stampede Incidents', 'Hot Key Ratio'],
    ['Hit Ratio', 'Hit Ratio, south'],
  ]);
  expect(isBroken(bad, 'Evictions Spike', 15.2, 17)).toBe(true);
});

it('a morning that is not steep is no alarm', () => {
  expect(isBroken(day('healthy'), 'Evictions Spike', 7, 10)).toBe(true);
  expect(isBroken(day('healthy', { night: 0.7 }), 'Evictions Spike', 7, 10)).toBe(false);
});

it('a region with more than a tenth of the lookups breaks the mean over all as well', () => {
  const large = day('overall-only', { southShare: 0.3, southKeys: 300 });
  expect(isBroken(large, 'Hit Ratio', 10, 12.4)).toBe(true);
});

it('with few cores the herds of the edits slow each other, and the rows are independent no more', () => {
  expect(isBroken(day('overall-only', { cores: 2 }), 'Avg Load Time', 18.5, 20.9)).toBe(true);
});

it('tells how full memory was beside the evictions', () => {
  const { found } = cacheChecklist(bad).rows.find(({ item }) => item === 'Evictions Spike')!;
  expect(found).toMatch(/memory pressure: \d[\d.]* % to 100 % of the room taken$/);
});
