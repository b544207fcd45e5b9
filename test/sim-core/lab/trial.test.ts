/** A trial is the run of the same experiment without its memory: the same columns, the same judgement. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { run, Trial } from '../../../sim-core/index.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;

function tried(options: ConstructorParameters<typeof Trial>[1], slice = Infinity) {
  const trial = new Trial(scenario, options);
  while (!trial.advance(slice));
  return trial;
}

it('leaves what a run leaves, whatever the slices and the interventions', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(scenario.variants)),
      fc.nat(1000),
      fc.integer({ min: 1, max: 20_000 }),
      fc.constantFrom<[] | [number]>([], [7e9]),
      (variant, seed, slice, at) => {
        const interventions = at.map((when) => ({ at: when, action: 'flush', target: 'cache' }));
        const options = { variant, seed, params: { length: 9e9, rate: 200 }, interventions };
        const trial = tried(options, slice);
        const { header, signals, expectations } = trial.finish();
        const recording = run(scenario, options);
        expect({ ...header, digest: recording.header.digest }).toEqual(recording.header);
        expect(signals).toEqual(recording.signals);
        expect(expectations).toEqual(recording.expectations);
        expect(trial.eventsRun).toBe(recording.events.total);
      },
    ),
    { numRuns: 20 },
  );
});

it('is not judged before its end', () => {
  const trial = new Trial(scenario, { variant: 'none' });
  expect(trial.advance(1000)).toBe(false);
  expect(trial.progress).toBeGreaterThan(0);
  expect(trial.finish().expectations).toEqual([]);
});
