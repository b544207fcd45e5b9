/** What each option of W-TinyLFU changes. */
import { describe, expect, it } from 'vitest';
import { WTinyLfu, type WTinyLfuOptions } from '../../../../sim-core/cache/eviction/w-tinylfu.ts';
import { shapedTrace, testStream } from './traces.ts';

const policyWith = (own: WTinyLfuOptions, capacity = 100): WTinyLfu =>
  new WTinyLfu({ capacity, random: testStream(1) }, own);

function hitsWith(own: WTinyLfuOptions, trace: readonly number[], capacity = 100): number {
  const policy = policyWith(own, capacity);
  return trace.filter((id) => policy.request(id)).length;
}

describe('W-TinyLFU', () => {
  it('has by default the options that its header names', () => {
    const trace = shapedTrace('mixed', 500, 6000, 3);
    const spelledOut = { mainShare: 0.99, protectedShare: 0.8, sample: 10, floodDefence: true, climbs: false };
    expect(hitsWith({ ...spelledOut, doorkeeper: false }, trace)).toBe(hitsWith({}, trace));
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
    expect(hitsWith({ mainShare: 0 }, trace)).toBe(lruHits);
  });

  /** A victim and a candidate both as frequent as the sketch can tell, again and again. */
  const flood = (floodDefence: boolean): number => {
    let draws = 0;
    const random = { next: () => (draws++, 0), integer: () => 0 };
    const policy = new WTinyLfu({ capacity: 2, random, keyHash: () => 7 }, { floodDefence });
    for (let id = 0; id < 50; id++) policy.request(id);
    return draws;
  };

  it('lets a warm loser in by chance, against keys made to collide, unless the defence is off', () => {
    expect(flood(true)).toBeGreaterThan(0);
    expect(flood(false)).toBe(0);
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
    expect(hitsWith({ climbs: true }, trace)).toBeGreaterThan(1.2 * fixed);
  });

  it('with a doorkeeper keeps keys that come once out of the sketch: one is not told from none', () => {
    const policy = policyWith({ doorkeeper: true, mainShare: 0.5, protectedShare: 0 }, 2);
    const plain = policyWith({ mainShare: 0.5, protectedShare: 0 }, 2);
    const trace = shapedTrace('scan', 50, 2000, 1);
    for (const id of trace) expect(policy.request(id)).toBe(plain.request(id));
    const zipf = shapedTrace('zipf', 2000, 20_000, 2);
    const ratio = hitsWith({ doorkeeper: true }, zipf) / hitsWith({}, zipf);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.1);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => policyWith({ mainShare: share })).toThrow(/^mainShare: .* is not a share/);
    expect(() => policyWith({ protectedShare: share })).toThrow(/^protectedShare: .* is not a share/);
  });
});
