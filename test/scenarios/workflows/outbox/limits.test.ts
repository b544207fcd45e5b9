/** What is claimed of the outbox against the chance that it fails, worked out without a run. */
import { expect, it } from 'vitest';
import { lost } from '../../../../scenarios/workflows/outbox/limits.ts';
import outbox from '../../../../scenarios/workflows/outbox.ts';
import { ms, resolveParameters, s, toSeconds, type ParameterValues } from '../../../../sim-core/index.ts';

const limitOf = (limit: typeof lost, params: ParameterValues): number =>
  typeof limit === 'number' ? limit : limit(resolveParameters(outbox, 'dual-write', params));

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
    const claimed = Math.ceil(limitOf(lost, params));
    const each = lingering(rate * toSeconds(linger), Math.max(1, claimed));
    let below = each.map((_, n) => (n === 0 ? 1 : 0));
    for (let death = 0; death < deaths; death++) {
      below = below.map((_, n) => each.slice(0, n + 1).reduce((sum, chance, m) => sum + chance * below[n - m], 0));
    }
    // Fewer than one is no claim.
    expect(claimed === 0 ? 0 : below.reduce((sum, chance) => sum + chance)).toBeLessThan(0.001);
  },
);
