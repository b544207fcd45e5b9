/** The alert on a hit ratio: when it is pending, when it fires, when it ends; against the same rule over all lookups. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheLookup } from '../../../sim-core/cache/cache.ts';
import {
  HitRatioAlert,
  hitRatioAlerted,
  hitRatioWatched,
  type HitRatioAlertOptions,
} from '../../../sim-core/cache/hit-ratio-alert.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';

const rule: HitRatioAlertOptions = { threshold: 0.8, window: ms(400), every: ms(100), for: ms(400) };

interface Looked {
  readonly at: number;
  readonly hit: boolean;
}

/** Whether it fires at each look, and when it began to. */
function watch(lookups: readonly Looked[], options: HitRatioAlertOptions, until: number) {
  const sim = new Simulation();
  new HitRatioAlert(sim, options);
  const firing: boolean[] = [];
  const began: number[] = [];
  sim.facts.channel(hitRatioWatched).listen((look) => firing.push(look.firing));
  sim.facts.channel(hitRatioAlerted).listen(() => began.push(sim.now));
  const lookup = sim.facts.channel(cacheLookup);
  for (const { at, hit } of lookups) {
    const tell = (): void => lookup.emit({ cache: 'c', request: 0, key: 0, outcome: hit ? 'hit' : 'miss' });
    sim.scheduleAt(at, tell, undefined);
  }
  // The look at the end is one of them.
  sim.runUntil(until + 1);
  return { firing, began };
}

/** The same in the obvious way: at each look all lookups of the window are counted, and all looks of the time before are asked. */
function firingByHand(
  lookups: readonly Looked[],
  { threshold, window, every, for: long }: HitRatioAlertOptions,
  until: number,
) {
  const isBelow = (at: number): boolean => {
    const within = lookups.filter((one) => one.at >= at - window && one.at < at);
    return within.length > 0 && within.filter(({ hit }) => hit).length < threshold * within.length;
  };
  const looks = Array.from({ length: Math.floor(until / every) }, (_, i) => (i + 1) * every);
  return looks.map(
    (at) => looks.filter((look) => look <= at && look >= at - long).every(isBelow) && at - long >= every,
  );
}

describe('an alert on the hit ratio', () => {
  it('fires as the rule says, whatever is looked up', () => {
    // Between two looks: what comes in the same instant as one may be counted by it or by the next.
    const lookup = fc.record({ slot: fc.nat(39), within: fc.integer({ min: 1, max: 99 }), hit: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(lookup, { maxLength: 80 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom(0, 0.3, 0.5, 0.9, 1),
        (drawn, windows, pending, threshold) => {
          const lookups = drawn.map(({ slot, within, hit }) => ({ at: ms(100 * slot + within), hit }));
          const options = { threshold, every: ms(100), window: windows * ms(100), for: pending * ms(100) };
          const { firing, began } = watch(lookups, options, s(4));
          const expected = firingByHand(lookups, options, s(4));
          expect(firing).toEqual(expected);
          const begins = expected.flatMap((fires, i) => (fires && !expected[i - 1] ? [(i + 1) * ms(100)] : []));
          expect(began).toEqual(begins);
        },
      ),
    );
  });

  const each = (from: number, to: number, hit: boolean): Looked[] =>
    Array.from({ length: (to - from) / 10 }, (_, i) => ({ at: ms(from + 10 * i + 5), hit }));

  it('lets a short dip pass, and fires for one that lasts, its window and its time later', () => {
    const dip = (to: number): Looked[] => [...each(0, 1000, true), ...each(1000, to, false), ...each(to, 3000, true)];
    expect(watch(dip(1100), rule, s(3)).began).toEqual([]);
    // Of the window's 400 ms more than a fifth are misses from 1,100 ms on.
    expect(watch(dip(2000), rule, s(3)).began).toEqual([ms(1500)]);
  });

  it('is silent where nobody looks anything up, and begins anew after that', () => {
    const gone = [...each(0, 900, false), ...each(2000, 3000, false)];
    expect(watch(gone, rule, s(3)).began).toEqual([ms(500), ms(2500)]);
  });
});

it('counts the lookups that it is told to', () => {
  const miss = [{ at: ms(50), hit: false }];
  const options = { ...rule, for: 0 };
  expect(watch(miss, options, ms(200)).began).toEqual([ms(100)]);
  expect(watch(miss, { ...options, counts: ({ cache }) => cache !== 'c' }, ms(200)).began).toEqual([]);
});

it.each<[Partial<HitRatioAlertOptions>, string]>([
  [{ threshold: 1.5 }, 'threshold: 1.5 is no hit ratio'],
  [{ window: ms(150) }, 'window: 150000000 is no whole number of looks'],
  [{ window: 0 }, 'window: 0 is no whole number of looks'],
])('refuses %o', (wrong, message) => {
  expect(() => new HitRatioAlert(new Simulation(), { ...rule, ...wrong })).toThrow(message);
});
