/**
 * Whatever can be done to a running system can be done in every scenario: all of it, one thing after the other, and the system
 * still loses nothing and breaks no invariant.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { Run, Trial, type InterventionData } from '../../sim-core/index.ts';

describe.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))('%s', (_id, scenario) => {
  const variants = Object.keys(scenario.variants);
  const deeds = variants.map((variant) =>
    new Run(scenario, { variant })
      .finish()
      .components.flatMap(({ name, interventions }) => interventions.map(({ action }) => `${action}:${name}`))
      .join(),
  );
  // Of the variants in which the same can be done, one.
  const different = variants.filter((_, i) => deeds.indexOf(deeds[i]) === i);

  it.each(different)('%s', (variant) => {
    const { components, header } = new Run(scenario, { variant }).finish();
    const deeds = components.flatMap(({ name, interventions }) => interventions.map((deed) => ({ name, deed })));
    // Every other one with its first argument at the least that it takes, the others as they are offered.
    const interventions = deeds.map(({ name: target, deed }, i): InterventionData => {
      const at = Math.round(header.duration * (0.3 + (0.4 * i) / deeds.length));
      const { action } = deed;
      const [argument] = deed.arguments;
      if (argument === undefined || i % 2 === 0) return { at, action, target };
      return { at, action, target, args: { [argument.name]: argument.min } };
    });
    expect(interventions.length).toBeGreaterThan(0);
    const trial = new Trial(scenario, { variant, interventions });
    while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
    expect(trial.violations()).toEqual([]);
  });
});
