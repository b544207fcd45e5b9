/** A run as a profile: speedscope's format, and time that adds up to what the traces spent. */
import { expect, it } from 'vitest';
import { speedscopeProfile } from '../../../../sim-core/lab/export/profile.ts';
import { exportedRun } from '../../../exported-runs.ts';

interface Profile {
  readonly type: string;
  readonly name: string;
  readonly unit: string;
  readonly startValue: number;
  readonly endValue: number;
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}
interface File {
  readonly $schema: string;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly Profile[];
}

const run = exportedRun('none');
const file = JSON.parse(speedscopeProfile(run)) as File;

it('is of the form that the schema of speedscope asks for', () => {
  expect(file.$schema).toBe('https://www.speedscope.app/file-format-schema.json');
  const { frames } = file.shared;
  expect(frames.every(({ name }) => typeof name === 'string' && name !== '')).toBe(true);
  for (const { type, unit, startValue, endValue, samples, weights } of file.profiles) {
    expect([type, unit, startValue]).toEqual(['sampled', 'nanoseconds', 0]);
    expect(samples.length).toBe(weights.length);
    expect(endValue).toBe(weights.reduce((sum, weight) => sum + weight, 0));
    expect(weights.every((weight) => weight > 0)).toBe(true);
    expect(samples.flat().every((frame) => Number.isInteger(frame) && frame >= 0 && frame < frames.length)).toBe(true);
  }
});

it('spends as long in the database’s pool and at work as the database says', () => {
  const [sample] = file.profiles;
  const timeOf = (leaf: string): number => {
    const name = (frame: number): string => file.shared.frames[frame].name;
    const isIt = (stack: readonly number[]): boolean =>
      name(stack.at(-1)!) === leaf && name(stack.at(-2)!) === 'database';
    return sample.weights.reduce((sum, weight, i) => sum + (isIt(sample.samples[i]) ? weight : 0), 0);
  };
  const { columns, rows } = run.recording.facts.tables.find(({ kind }) => kind === 'db.answered')!;
  const own = Array.from({ length: rows }, (_, row) => row).filter((row) =>
    run.chosen.sampled.has(columns.request[row]),
  );
  const waited = own.reduce((sum, row) => sum + columns.waited[row], 0);
  const worked = own.reduce((sum, row) => sum + columns.duration[row] - columns.waited[row], 0);
  expect(waited).toBeGreaterThan(0);
  // What the end of the run cut off is no answer, and time all the same.
  for (const [leaf, told] of [
    ['waits for database pool', waited],
    ['works', worked],
  ] as const) {
    expect(timeOf(leaf)).toBeGreaterThanOrEqual(told);
    expect(timeOf(leaf)).toBeLessThan(1.2 * told);
  }
});
