/** Space-Saving beside exact counts: the paper's bounds, whatever is counted; and beside the paper's algorithm over a list. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SpaceSaving, type KeyCount } from '../../../../sim-core/cache/hot-keys/space-saving.ts';

const stream = fc.array(fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 60 })), { maxLength: 600 });
const counters = fc.integer({ min: 1, max: 20 });

function exactCounts(keys: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

it('never counts too low, and too high by no more than it says, which is at most N / m', () => {
  fc.assert(
    fc.property(counters, stream, (m, keys) => {
      const sketch = new SpaceSaving(m);
      for (const key of keys) sketch.count(key);
      const exact = exactCounts(keys);
      expect(sketch.total).toBe(keys.length);
      const all = sketch.top(m);
      // The counters add up to all that was counted: none is lost, none doubled.
      expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(keys.length);
      for (const { key, count, error } of all) {
        expect(count).toBeGreaterThanOrEqual(exact.get(key)!);
        expect(count - error).toBeLessThanOrEqual(exact.get(key)!);
        expect(error).toBeLessThanOrEqual(keys.length / m);
      }
    }),
  );
});

it('has a counter for every key with more than N / m requests', () => {
  fc.assert(
    fc.property(counters, stream, (m, keys) => {
      const sketch = new SpaceSaving(m);
      for (const key of keys) sketch.count(key);
      const known = new Set(sketch.top(m).map(({ key }) => key));
      for (const [key, count] of exactCounts(keys)) if (count > keys.length / m) expect(known).toContain(key);
    }),
  );
});

it('does what the paper says, as a list that is searched', () => {
  fc.assert(
    fc.property(counters, stream, fc.nat({ max: 8 }), (m, keys, k) => {
      const sketch = new SpaceSaving(m);
      const list: (KeyCount & { since: number })[] = [];
      keys.forEach((key, i) => {
        sketch.count(key);
        const at = list.findIndex((one) => one.key === key);
        const leastCount = Math.min(...list.map(({ count }) => count));
        const oldest = Math.min(...list.filter(({ count }) => count === leastCount).map(({ since }) => since));
        const least = list.findIndex(({ since }) => since === oldest);
        if (at >= 0) list[at] = { ...list[at], count: list[at].count + 1, since: i };
        else if (list.length < m) list.push({ key, count: 1, error: 0, since: i });
        else list[least] = { key, count: leastCount + 1, error: leastCount, since: i };
      });
      const expected = list.sort((a, b) => b.count - a.count || a.since - b.since).slice(0, k);
      expect(sketch.top(k)).toEqual(expected.map(({ key, count, error }) => ({ key, count, error })));
    }),
  );
});

it('begins anew when it is cleared', () => {
  const sketch = new SpaceSaving(2);
  for (const key of [1, 1, 2, 3]) sketch.count(key);
  sketch.clear();
  sketch.count(9);
  expect(sketch.top(5)).toEqual([{ key: 9, count: 1, error: 0 }]);
  expect(() => new SpaceSaving(0)).toThrow('counters: 0');
});
