/** Whose fate changed: found between real runs, none between a run and itself, and over what both samples hold. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { run, type Recording } from '../../../sim-core/index.ts';
import { changedRequests, FACTOR, type Fate } from '../../../ui/models/outcomes.ts';

const entry = catalogue.find(({ scenario }) => scenario.id === 'stampede')!;
const recordings = new Map<string, Recording>();
function recorded(variant: string, timeout: string): Recording {
  const key = `${variant} ${timeout}`;
  const params = { timeout: Number(timeout) * 1e6, rate: 400 };
  const found = recordings.get(key) ?? run(entry.scenario, { variant, params });
  recordings.set(key, found);
  return found;
}

describe('changed requests', () => {
  it('are none between a run and itself', () => {
    const one = recorded('none', '300');
    const { changed, compared } = changedRequests(one, one);
    expect(changed).toEqual([]);
    expect(compared).toBe(one.facts.tables.find(({ kind }) => kind === 'request.started')!.rows);
  });

  it('are those whose outcome or tenfold duration differs, each told the other way round from the other side', () => {
    const [a, b] = [recorded('none', '300'), recorded('single-flight', '300')];
    const [there, back] = [changedRequests(a, b), changedRequests(b, a)];
    const opposite: Readonly<Record<Fate, Fate>> = {
      failed: 'mended',
      mended: 'failed',
      slower: 'faster',
      faster: 'slower',
      other: 'other',
    };
    expect(there.changed.length).toBeGreaterThan(0);
    expect(back.changed.map(({ request, fate }) => [request, opposite[fate]])).toEqual(
      there.changed.map(({ request, fate }) => [request, fate]),
    );
    for (const { fate, a: before, b: after } of there.changed) {
      if (before.outcome !== after.outcome) expect(['failed', 'mended', 'other']).toContain(fate);
      else
        expect(Math.max(before.duration / after.duration, after.duration / before.duration)).toBeGreaterThanOrEqual(
          FACTOR,
        );
    }
  });

  it('compares only what both samples hold', () => {
    const one = recorded('none', '300');
    const sampled = { ...one, facts: { ...one.facts, sampledOneIn: 8 } };
    const { compared, sampledOneIn } = changedRequests(one, sampled);
    expect(sampledOneIn).toBe(8);
    const all = changedRequests(one, one).compared;
    expect(compared / all).toBeGreaterThan(0.08);
    expect(compared / all).toBeLessThan(0.18);
  });
});
