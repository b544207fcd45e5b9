/** What is claimed of the outbox against the chance that it fails, worked out without a run. */
import { expect, it } from 'vitest';
import {
  allPublished,
  inOrder,
  lost,
  nothingMissing,
  overtaken,
} from '../../../../scenarios/workflows/outbox/limits.ts';
import outbox from '../../../../scenarios/workflows/outbox.ts';
import { ms, resolveParameters, s, toSeconds, type Limit, type ParameterValues } from '../../../../sim-core/index.ts';
import { limitFor } from '../../trials.ts';

const limitOf = (limit: Limit, variant: string, params: ParameterValues): number =>
  limitFor(limit, resolveParameters(outbox, variant, params));

/** The chance that a death finds n events that linger at one broker, for n below a bound: its age among steps of equal chance. */
function lingering(x: number, bound: number): number[] {
  const chances = Array.from({ length: bound }, (_, n) => (n === 0 ? 1 / (1 + x) : 0));
  const steps = 1000;
  for (let step = 0; step < steps; step++) {
    const mean = (x * (step + 0.5)) / steps;
    let chance = (x / (1 + x) / steps) * Math.exp(-mean);
    for (let n = 1; n < bound; chance *= mean / n++) chances[n] += chance;
  }
  return chances;
}

it.each([
  ['one death', { rate: 500, linger: ms(200), length: s(12), crashEvery: s(4) }, 1],
  ['three deaths', { rate: 500, linger: ms(200), length: s(12), crashEvery: s(1.3) }, 3],
  ['eight deaths', { rate: 500, linger: ms(100), length: s(12), crashEvery: ms(500) }, 8],
  ['twenty-two deaths', {}, 22],
])(
  'what lingers is lost in waves: after %s fewer than claimed once in a thousand runs at most',
  (_name, given, deaths) => {
    const params = { abortShare: 0, databaseCrashEvery: s(60), ...given };
    const { rate, linger } = resolveParameters(outbox, 'dual-write', params) as { rate: number; linger: number };
    const claimed = Math.ceil(limitOf(lost, 'dual-write', params));
    const each = lingering(rate * toSeconds(linger), Math.max(1, claimed));
    let below: number[] = each.map((_, n) => (n === 0 ? 1 : 0));
    for (let death = 0; death < deaths; death++) {
      below = below.map((_, n) => each.slice(0, n + 1).reduce((sum, chance, m) => sum + chance * below[n - m], 0));
    }
    // Fewer than one is no claim.
    expect(claimed === 0 ? 0 : below.reduce((sum, chance) => sum + chance)).toBeLessThan(0.001);
  },
);

it('what is published before the commit is there whatever a relay is set to, which there is not', () => {
  for (const params of [{ batch: 1 }, { pollInterval: s(10) }, { marksFirst: true }])
    expect(limitOf(nothingMissing, 'publish-first', params)).toBe(0);
});

it('says of several relays that they keep an order only where one works at a time to the end of its publication', () => {
  const kept = (variant: string, params: ParameterValues): boolean => limitOf(inOrder, variant, params) === 0;
  expect(kept('two-relays-in-turn', {})).toBe(true);
  // A claim that ends with the account lets the other one begin before this one has published.
  expect(kept('two-relays-in-turn', { marksFirst: true })).toBe(false);
  expect(kept('outbox-polling', { marksFirst: true })).toBe(true);
  expect(kept('two-relays-skip-locked', {})).toBe(false);
  expect(limitOf(overtaken, 'four-relays-skip-locked', {})).toBe(1);
  expect(limitOf(overtaken, 'four-relays-skip-locked', { relays: 1 })).toBeNaN();
});

it('claims that relays overtake each other where their ways leave room for that, of many events of few customers at once', () => {
  const claimed = (params: ParameterValues): number => limitOf(overtaken, 'four-relays-skip-locked', params);
  expect(claimed({ customers: 3 })).toBe(1);
  // Too few of one customer, too few at once, and so small batches that two of them seldom have one customer.
  for (const params of [{ customers: 50 }, { rate: 20 }, { batch: 100 }, { batch: 1 }, { marksFirst: true }])
    expect(claimed(params)).toBeNaN();
});

it('nobody says that all is published of a relay that is hardly ever up, polls too seldom, or looks at too many rows', () => {
  const { length } = resolveParameters(outbox, 'outbox-polling', {}) as { length: number };
  const all = 150 * toSeconds(length);
  // One crash in each 500 ms, and down for 500 ms: it may come up behind the last order only, and have all events before it.
  expect(limitOf(allPublished, 'outbox-polling', { relayCrashEvery: ms(500), downtime: ms(500), batch: 10 })).toBe(all);
  const never = { crashEvery: s(60), relayCrashEvery: s(60), databaseCrashEvery: s(60) };
  expect(limitOf(allPublished, 'outbox-polling', { ...never, pollInterval: s(10) })).toBe(all);
  expect(limitOf(allPublished, 'outbox-as-printed', { ...never, rate: 500, length: s(600) })).toBeGreaterThan(0);
  expect(limitOf(allPublished, 'outbox-polling', { ...never, rate: 500, length: s(600) })).toBe(0);
});
