/** Depth and length of dips, against a reckoning that keeps every lookup. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  cacheDip,
  cacheLookup,
  depthOfChance,
  HitRatioDips,
  s,
  SECOND,
  Simulation,
  type DipOptions,
} from '../../../sim-core/index.ts';

interface Lookup {
  readonly time: number;
  readonly hit: boolean;
  readonly counts: boolean;
}

const BEFORE = { from: s(2), to: s(5) };
const DIPS = [
  { name: 'one', from: s(5), to: s(8) },
  { name: 'two', from: s(9), to: s(20) },
];

function options(window: number): DipOptions {
  return { counts: ({ key }) => key === 0, window, before: BEFORE, dips: DIPS };
}

/** Greatest depth and last length of each dip that was told. */
function watched(lookups: readonly Lookup[], window: number): Map<string, { depth: number; seconds: number }> {
  const sim = new Simulation();
  new HitRatioDips(sim, options(window));
  const told = new Map<string, { depth: number; seconds: number }>();
  sim.facts.channel(cacheDip).listen(({ dip, depth, seconds }) => {
    told.set(dip, { depth: Math.max(depth, told.get(dip)?.depth ?? 0), seconds });
  });
  const channel = sim.facts.channel(cacheLookup);
  for (const { time, hit, counts } of lookups) {
    const fact = { cache: 'cache', request: 1, key: counts ? 0 : 1, outcome: hit ? 'hit' : 'miss' };
    sim.scheduleAt(time, () => channel.emit(fact), undefined);
  }
  sim.runUntil(s(30));
  return told;
}

function reckoned(all: readonly Lookup[], window: number): Map<string, { depth: number; seconds: number }> {
  const lookups = all.filter(({ counts }) => counts);
  const share = (some: readonly Lookup[]): number => some.filter(({ hit }) => hit).length / some.length;
  const within = ({ time }: Lookup, { from, to }: { from: number; to: number }): boolean => time >= from && time < to;
  const was = share(lookups.filter((lookup) => within(lookup, BEFORE)));
  const found = new Map<string, { depth: number; seconds: number }>();
  if (Number.isNaN(was)) return found;
  for (const dip of DIPS) {
    const depths = lookups.flatMap((lookup, i) => {
      const isTold = within(lookup, dip) && i + 1 >= window;
      return isTold
        ? [{ time: lookup.time, depth: Math.max(0, was - share(lookups.slice(i + 1 - window, i + 1))) }]
        : [];
    });
    if (depths.length === 0) continue;
    const seconds = depths.map(({ time, depth }, i) => {
      const next = depths[i + 1]?.time ?? time;
      return depth > depthOfChance(was, window) ? (next - time) / SECOND : 0;
    });
    found.set(dip.name, {
      depth: Math.max(...depths.map(({ depth }) => depth)),
      seconds: seconds.reduce((sum, one) => sum + one, 0),
    });
  }
  return found;
}

it('tells what a reckoning over all lookups finds', () => {
  const lookup = fc.record({ gap: fc.integer({ min: 1, max: 300 }), luck: fc.nat(9), counts: fc.boolean() });
  fc.assert(
    fc.property(fc.array(lookup, { maxLength: 250 }), fc.integer({ min: 1, max: 12 }), (steps, window) => {
      let time = 0;
      const lookups = steps.map(({ gap, luck, counts }): Lookup => {
        time += gap * 1e6;
        // Good before the first dip, bad in it, better afterwards.
        const hits = time < s(5) ? 9 : time < s(7) ? 1 : 7;
        return { time, hit: luck < hits, counts };
      });
      const told = watched(lookups, window);
      const expected = reckoned(lookups, window);
      for (const [name, { depth, seconds }] of expected) {
        expect(told.get(name)?.depth).toBeCloseTo(depth, 9);
        expect(told.get(name)?.seconds).toBeCloseTo(seconds, 9);
      }
    }),
  );
});

it('lasts for as long as nothing comes back, and ends with its stretch', () => {
  const every = (from: number, to: number, hit: boolean): Lookup[] =>
    Array.from({ length: (to - from) / 10 }, (_, i) => ({ time: (from + 10 * i) * 1e6, hit, counts: true }));
  const told = watched([...every(0, 5000, true), ...every(5000, 8000, false), ...every(8000, 20_000, true)], 10);
  expect(told.get('one')?.depth).toBe(1);
  // From the first miss, which is more than chance makes of a ratio that was 1, to the last lookup of the stretch.
  expect(told.get('one')?.seconds).toBeCloseTo(2.99, 9);
  expect(told.get('two')).toEqual({ depth: 0, seconds: 0 });
});

it('says what is wrong with a window', () => {
  expect(() => new HitRatioDips(new Simulation(), options(0))).toThrow('window: 0 is no number of lookups');
});
