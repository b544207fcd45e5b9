/** What each option of W-TinyLFU changes. */
import { describe, expect, it } from 'vitest';
import { Doorkeeper } from '../../../../sim-core/cache/admission/doorkeeper.ts';
import { WTinyLfu, type WTinyLfuOptions } from '../../../../sim-core/cache/eviction/w-tinylfu.ts';
import { ExactDoorkeeper } from '../admission/naive-doorkeeper.ts';
import { shapedTrace, testStream } from './traces.ts';
import { wTinyLfu } from './w-tinylfu-oracle.ts';

const policyWith = (own: Partial<WTinyLfuOptions>, capacity = 100): WTinyLfu =>
  new WTinyLfu({ capacity, random: testStream(1) }, own);

function hitsWith(own: Partial<WTinyLfuOptions>, trace: readonly number[], capacity = 100): number {
  const policy = policyWith(own, capacity);
  return trace.filter((id) => policy.request(id)).length;
}

describe('W-TinyLFU', () => {
  it('has by default the options that its header names', () => {
    const trace = shapedTrace('mixed', 500, 6000, 3);
    const spelledOut = { window: 0.01, protected: 0.8, sample: 10, sketch: 'uniform', climb: false } as const;
    const defence = { 'flood-defence': true, warm: 6, 'warm-admission': 1 / 128 } as const;
    expect(hitsWith({ ...spelledOut, ...defence, doorkeeper: false }, trace)).toBe(hitsWith({}, trace));
  });

  it('with the whole cache as window is LRU', () => {
    const trace = shapedTrace('mixed', 300, 4000, 5);
    const byRecency: number[] = [];
    let lruHits = 0;
    for (const id of trace) {
      const index = byRecency.indexOf(id);
      if (index >= 0) {
        lruHits++;
        byRecency.splice(index, 1);
      } else if (byRecency.length === 100) byRecency.shift();
      byRecency.push(id);
    }
    expect(hitsWith({ window: 1 }, trace)).toBe(lruHits);
  });

  /** A victim and a candidate both as frequent as the sketch can tell, again and again. */
  const flood = (own: Partial<WTinyLfuOptions>): { draws: number; admitted: number } => {
    let [draws, admitted] = [0, 0];
    const random = { next: () => (draws++, 0.5), integer: () => 0 };
    const policy = new WTinyLfu({ capacity: 2, random, keyHash: () => 7 }, own);
    for (let id = 0; id < 50; id++) {
      policy.request(id);
      // The one before has been given up by a window of one entry, and has competed.
      if (id > 1 && policy.has(id - 1)) admitted++;
    }
    return { draws, admitted };
  };

  it('lets a warm loser in by chance, against keys made to collide, unless the defence is off', () => {
    expect(flood({ 'flood-defence': true }).draws).toBeGreaterThan(0);
    expect(flood({ 'flood-defence': false }).draws).toBe(0);
  });

  it('takes a candidate for warm from a frequency on, and admits it with a probability, as the options say', () => {
    // A sketch counts to 15. Of the 48 comparisons all but the first few are of keys that are warm from the first count on.
    const draws = [1, 6, 12, 16].map((warm) => flood({ warm }).draws);
    expect(draws.toSorted((one, other) => other - one)).toEqual(draws);
    expect(draws[0]).toBe(48);
    expect(draws[3]).toBe(0);
    const always = flood({ 'warm-admission': 0.51 });
    expect(always.admitted).toBe(always.draws);
    expect(flood({ 'warm-admission': 0.5 })).toEqual({ draws: always.draws, admitted: 0 });
  });

  it('forgets the sooner the smaller the sample', () => {
    // Eight keys are popular, then eight others: a long memory keeps the old ones for longer.
    const trace = Array.from({ length: 4000 }, (_, index) => (index % 8) + (index < 2000 ? 0 : 8));
    expect(hitsWith({ sample: 1 }, trace, 10)).toBeGreaterThan(hitsWith({ sample: 400 }, trace, 10));
    expect(() => policyWith({ sample: 0 })).toThrow(/^sample: 0 is not/);
  });

  it('with a climber takes to a workload of recency, where the fixed window is too small', () => {
    // Every object is requested again after ever longer whiles, and then never: each step of the window shows.
    const trace = Array.from({ length: 10_000 }, (_, index) =>
      [15, 14, 12, 9, 5, 0].map((ahead) => index + ahead),
    ).flat();
    const fixed = hitsWith({}, trace);
    expect(hitsWith({ climb: true }, trace)).toBeGreaterThan(1.2 * fixed);
  });

  it('with a doorkeeper keeps keys that come once out of the sketch: one is not told from none', () => {
    const policy = policyWith({ doorkeeper: true, window: 0.5, protected: 0 }, 2);
    const plain = policyWith({ window: 0.5, protected: 0 }, 2);
    const trace = shapedTrace('scan', 50, 2000, 1);
    for (const id of trace) expect(policy.request(id)).toBe(plain.request(id));
    const zipf = shapedTrace('zipf', 2000, 20_000, 2);
    const ratio = hitsWith({ doorkeeper: true }, zipf) / hitsWith({}, zipf);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.1);
  });

  it('with a doorkeeper admits as one with an exact set does, where the filter takes no key for another', () => {
    const trace = shapedTrace('zipf', 600, 20_000, 4);
    const ids = [...new Set(trace)];
    // With all others marked, more than it ever holds, none is taken for one of them.
    for (const id of ids) {
      const filter = new Doorkeeper(500);
      for (const other of ids) if (other !== id) filter.mark(other);
      if (filter.isMarked(id)) expect.unreachable(`${id} is taken for another`);
    }
    const exact = wTinyLfu({ capacity: 500, random: testStream(1) }, { doorkeeper: ExactDoorkeeper });
    const hits = trace.reduce((sum, id) => sum + (exact.request(id) ? 1 : 0), 0);
    expect(hitsWith({ doorkeeper: true }, trace, 500)).toBe(hits);
  });

  it('combines what it can do: a climber with a doorkeeper moves the window, too', () => {
    const trace = Array.from({ length: 10_000 }, (_, index) =>
      [15, 14, 12, 9, 5, 0].map((ahead) => index + ahead),
    ).flat();
    const fixed = hitsWith({ doorkeeper: true }, trace);
    expect(hitsWith({ doorkeeper: true, climb: true }, trace)).toBeGreaterThan(1.2 * fixed);
  });

  it('without a window lets nothing in that is not seen more often than the victim', () => {
    const policy = policyWith({ window: 0 }, 10);
    for (let request = 0; request < 30; request++) policy.request(request % 10);
    for (let id = 10; id < 20; id++) policy.request(id);
    const held = (): number[] => Array.from({ length: 20 }, (_, id) => id).filter((id) => policy.has(id));
    expect(held()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (let request = 0; request < 5; request++) policy.request(10);
    expect(held()).toContain(10);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => policyWith({ window: share })).toThrow(/^window: .* is not a share/);
    expect(() => policyWith({ protected: share })).toThrow(/^protected: .* is not a share/);
  });

  describe('where objects have sizes', () => {
    it('a candidate that has won one comparison is in, and the next victims make room for it', () => {
      const evicted: number[] = [];
      const sizeOf = (id: number): number => (id === 50 ? 30 : 10);
      const onEvict = (id: number): void => void evicted.push(id);
      const policy = new WTinyLfu({ capacity: 100, sizeOf, random: testStream(1), onEvict });
      for (let request = 0; request < 20; request++) policy.request(request % 10);
      policy.request(50); // as often as its victim
      expect([policy.has(50), evicted]).toEqual([false, [50]]);
      policy.request(50); // more often than 0, which is all that is asked
      expect([policy.has(50), evicted, policy.used]).toEqual([true, [50, 0, 1, 2], 100]);
    });
  });
});
