/** What the reader chooses: variants, parameters by slider, seeds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { checkValue, pitfallOf, duration, integer, number, rate, share } from '../../../sim-core/index.ts';
import {
  contrast,
  defaultExperiment,
  differenceText,
  parseSeed,
  settingsAt,
  valuesOf,
  withIntervention,
  withoutChange,
  withoutIntervention,
  withParameter,
  withVariant,
} from '../../../ui/models/experiment.ts';
import { positionOf, STEPS, valueAt } from '../../../ui/models/slider.ts';

describe('an experiment', () => {
  it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
    'of %s is valid in every variant',
    (_, scenario) => {
      const start = defaultExperiment(scenario);
      for (const variant of Object.keys(scenario.variants)) {
        const chosen = withVariant(scenario, start, variant);
        expect(chosen.changed).toEqual({});
        expect(Object.keys(valuesOf(scenario, chosen))).toEqual(Object.keys(scenario.params));
      }
    },
  );

  it('holds only what differs from the variant', () => {
    const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
    const start = defaultExperiment(scenario);
    const [name, parameter] = Object.entries(scenario.params)[0];
    if (parameter.type === 'choice' || parameter.type === 'flag') throw new Error('the first parameter is no number');
    const other = withParameter(scenario, start, name, parameter.max);
    expect(other.changed).toEqual({ [name]: parameter.max });
    expect(withParameter(scenario, other, name, parameter.default).changed).toEqual({});
    expect(withoutChange(other, name).changed).toEqual({});
    for (const variant of Object.keys(scenario.variants)) {
      if (Object.hasOwn(scenario.variants[variant], name)) continue;
      expect(withVariant(scenario, other, variant).changed).toEqual({ [name]: parameter.max });
    }
  });

  it('takes whole numbers and code words as seeds', () => {
    expect(['7', ' 07 ', 'ada', '', '-1'].map(parseSeed)).toEqual([7, 7, 'ada', undefined, '-1']);
  });
});

describe('interventions of an experiment', () => {
  const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
  const start = defaultExperiment(scenario);

  it('stand in order of time, those of one instant as they came, and come out again', () => {
    const deed = fc.record({ at: fc.nat(5), action: fc.constantFrom('flush', 'slow'), target: fc.constant('x') });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 12 }), (deeds) => {
        const all = deeds.reduce(withIntervention, start);
        expect(all.interventions).toEqual(deeds.toSorted((a, b) => a.at - b.at));
        expect(all.interventions.reduce(withoutIntervention, all)).toEqual(start);
      }),
    );
  });
});

it('setting parameters while a run goes on is done to components, against the values that the run began with', () => {
  const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
  const experiment = withParameter(scenario, defaultExperiment(scenario), 'rate', 500);
  expect(settingsAt(scenario, experiment, { rate: 2000, ttl: 5e9 }, 7e9)).toEqual([
    { at: 7e9, action: 'surge', target: 'users', args: { factor: 4 } },
  ]);
  expect(settingsAt(scenario, experiment, {}, 7e9)).toEqual([]);
});

describe('what one experiment has that another has not', () => {
  const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
  const start = defaultExperiment(scenario);
  const flush = { at: 12e9, action: 'flush', target: 'redis' };

  it('is said as a sum, and nothing is said of the same', () => {
    expect(differenceText(scenario, start, start)).toBe('');
    const [name] = Object.keys(scenario.params);
    const other = withIntervention({ ...withParameter(scenario, start, name, 2000), seed: 7 }, flush);
    expect(differenceText(scenario, start, other)).toBe('rate 2000/s, seed 7, flush redis at 12s');
    expect(differenceText(scenario, other, start)).toMatch(/, seed 1, no flush redis at 12s$/);
  });

  it.each(Object.keys(scenario.variants))('names the variant %s and not what the variant itself sets', (variant) => {
    if (variant === start.variant) return;
    expect(differenceText(scenario, start, withVariant(scenario, start, variant))).toBe(variant);
  });

  it('of a pitfall is set against what repairs it, of a remedy against what it repairs, anything else against a pitfall', () => {
    for (const variant of Object.keys(scenario.variants)) {
      const other = contrast(scenario, withVariant(scenario, start, variant)).variant;
      if (scenario.roles[variant] === 'pitfall') expect(pitfallOf(scenario, other)).toBe(variant);
      else if (scenario.roles[variant] === 'remedy') expect(other).toBe(pitfallOf(scenario, variant));
      else expect(scenario.roles[other]).toBe('pitfall');
    }
  });
});

describe('a slider', () => {
  const help = '';
  it.each([
    ['rate', rate({ help, default: 1000, min: 1, max: 20_000, logarithmic: true })],
    ['duration', duration({ help, default: 1e9, min: 1e6, max: 6e11, logarithmic: true })],
    ['share', share({ help, default: 0.5, min: 0, max: 1 })],
    ['integer', integer({ help, default: 4, min: 1, max: 32 })],
    ['integer from 0', integer({ help, default: 4, min: 0, max: 1_000_000, logarithmic: true })],
    ['number', number({ help, default: 0, min: -3, max: 3 })],
  ])('of a %s rises, keeps the bounds and gives valid values', (_, parameter) => {
    expect([valueAt(parameter, 0), valueAt(parameter, STEPS)]).toEqual([parameter.min, parameter.max]);
    expect([positionOf(parameter, parameter.min), positionOf(parameter, parameter.max)]).toEqual([0, STEPS]);
    fc.assert(
      fc.property(fc.nat(STEPS - 1), (position) => {
        const value = valueAt(parameter, position);
        expect(checkValue('x', parameter, value)).toBe(value);
        expect(valueAt(parameter, position + 1)).toBeGreaterThanOrEqual(value);
        expect(positionOf(parameter, valueAt(parameter, position + 1))).toBeGreaterThanOrEqual(
          positionOf(parameter, value),
        );
      }),
    );
  });

  it('finds a value again within what its rounding allows', () => {
    const parameter = rate({ help, default: 1000, min: 1, max: 20_000, logarithmic: true });
    for (const value of [1, 10, 1000, 20_000]) {
      expect(valueAt(parameter, positionOf(parameter, value)) / value).toBeCloseTo(1, 1);
    }
  });
});
