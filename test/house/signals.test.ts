/** A signal's name means one kind in one unit, whoever defines it: charts and guides go by the name alone. */
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { componentsOf, resolveParameters, Simulation, type SignalDefinition } from '../../sim-core/index.ts';

type Named = Pick<SignalDefinition, 'name' | 'kind' | 'unit'>;

/** The names that have several meanings, with these. */
function ambiguous(defined: Iterable<Named>): string[] {
  const meanings = new Map<string, Set<string>>();
  for (const { name, kind, unit } of defined) {
    meanings.set(name, (meanings.get(name) ?? new Set()).add(`${kind} in ${unit}`));
  }
  return [...meanings].filter(([, all]) => all.size > 1).map(([name, all]) => `${name}: ${[...all].join(', ')}`);
}

it('no two signals of the catalogue share a name and differ in kind or unit', () => {
  const defined = new Set<SignalDefinition>();
  for (const { scenario } of catalogue) {
    for (const signal of scenario.signals ?? []) defined.add(signal);
    for (const variant of Object.keys(scenario.variants)) {
      const sim = new Simulation({ seed: scenario.seed });
      scenario.system(sim, resolveParameters(scenario, variant, {}) as never);
      for (const { signals } of componentsOf(sim)) for (const signal of signals) defined.add(signal);
    }
  }
  expect(defined.size).toBeGreaterThan(100);
  expect(ambiguous(defined)).toEqual([]);
});

it('notices two kinds and two units of one name', () => {
  const defined: Named[] = [
    { name: 'a', kind: 'counter', unit: '1' },
    { name: 'a', kind: 'rate', unit: '1/s' },
    { name: 'b', kind: 'rate', unit: '1/s' },
    { name: 'b', kind: 'rate', unit: '{b}/s' },
    { name: 'c', kind: 'rate', unit: '1/s' },
    { name: 'c', kind: 'rate', unit: '1/s' },
  ];
  expect(ambiguous(defined)).toEqual(['a: counter in 1, rate in 1/s', 'b: rate in 1/s, rate in {b}/s']);
});
