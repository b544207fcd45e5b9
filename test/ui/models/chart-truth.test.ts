/** An instrument's signal has what is true beside it, on one axis, and how far it is off; two runs over each other have neither. */
import { describe, expect, it } from 'vitest';
import {
  componentsOf,
  resolveParameters,
  Simulation,
  type RecordedSignal,
  type SignalDefinition,
} from '../../../sim-core/index.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { alone, pairCharts } from '../../../ui/models/chart-pair.ts';
import { seriesOf } from '../../../ui/models/chart-readings.ts';
import { buildCharts } from '../../../ui/models/chart.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const base = recordingOf('gauge', [1, 2, 3]);
const [measured] = base.signals;

function withTruth(kind: 'gauge' | 'counter', truth: Partial<RecordedSignal> = {}) {
  const columns = { mean: Float64Array.of(1, 2, 3), max: Float64Array.of(1, 2, 3), count: Float64Array.of(1, 2, 3) };
  const told = { mean: Float64Array.of(1, 8, 5), max: Float64Array.of(1, 8, 5), count: Float64Array.of(1, 8, 5) };
  const said = { ...measured, kind, columns, truth: { signal: 'thing.true' } } as RecordedSignal;
  return {
    ...base,
    signals: [said, { ...said, name: 'thing.true', columns: told, truth: undefined, ...truth } as never],
  };
}

describe('what an instrument says', () => {
  it.each(['gauge', 'counter'] as const)('is drawn with what is true, on an axis that holds both: a %s', (kind) => {
    const [chart] = buildCharts(withTruth(kind), [measured.name]);
    expect(chart.lines.map(({ label, values }) => [label, [...values]])).toEqual([
      ['says', [1, 2, 3]],
      ['true', [1, 8, 5]],
    ]);
    expect(chart.domain[1]).toBeGreaterThanOrEqual(8);
    const pair = alone(chart);
    expect([...pair.difference!.values]).toEqual([0, -6, -2]);
    expect(pair.difference!.max).toBe(6);
    expect(seriesOf(pair).map(({ side, label }) => [side, label].filter(Boolean).join())).toEqual([
      'says',
      'true',
      'off',
    ]);
  });

  it('is a chart as any other where what is true was not recorded, or where two runs are compared', () => {
    const recording = withTruth('counter', { name: 'thing.else' });
    const [lonely] = buildCharts(recording, [measured.name]);
    expect([lonely.form, lonely.lines.length, alone(lonely).difference]).toEqual(['bars', 1, undefined]);
    const charts = buildCharts(withTruth('counter'), [measured.name]);
    const [pair] = pairCharts(charts, charts);
    for (const side of [pair.a, pair.b!])
      expect([side.form, side.lines.map(({ label }) => label)]).toEqual(['bars', ['']]);
    expect([...pair.difference!.values]).toEqual([0, 0, 0]);
  });
});

it('every signal that names its truth names a signal of the same variant, in the same unit, and another one', () => {
  const named = new Set<string>();
  for (const { scenario } of catalogue) {
    for (const variant of Object.keys(scenario.variants)) {
      const sim = new Simulation({ seed: scenario.seed });
      scenario.system(sim, resolveParameters(scenario, variant, {}) as never);
      const signals: readonly SignalDefinition[] = [
        ...componentsOf(sim).flatMap((component) => component.signals),
        ...(scenario.signals ?? []),
      ];
      for (const { name, unit, truth } of signals) {
        if (truth === undefined) continue;
        named.add(name);
        expect([scenario.id, name, signals.find((other) => other.name === truth.signal)?.unit]).toEqual([
          scenario.id,
          name,
          unit,
        ]);
        expect(truth.signal).not.toBe(name);
      }
    }
  }
  expect(named.size).toBeGreaterThan(10);
});
