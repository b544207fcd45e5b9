/** A sheet of attempts: where words were given out, one that two have handed in passes for neither. */
import { expect, it } from 'vitest';
import { exercisesOf, freshAttempt, gradeRows, type Graded } from '../../../../sim-core/index.ts';
import { small } from './small-exercise.ts';

const graded = (file: string, word: string): Graded => ({
  file,
  attempt: freshAttempt(small, '', exercisesOf(small)[0], word),
  judgement: { verified: true, solved: true, seedFollows: true, by: [], tries: [], seeds: [], seedsHeld: 0 },
  predictions: { asked: 0, identical: 0, score: NaN },
  changes: [],
});

it('passes nobody for a word that two share, where words were given out', () => {
  const all = [graded('ada', 'heron'), graded('ben', ' Heron'), graded('cay', 'stork')];
  const passed = (words?: readonly string[]) => gradeRows(all, words).map(({ pass }) => pass);
  expect(passed(['heron', 'stork'])).toEqual([false, false, true]);
  expect(passed()).toEqual([true, true, true]);
  expect(gradeRows(all)[0].notes).toContain('the same code word as ben');
});

it('tells two files of one name, of two folders, apart', () => {
  const rows = gradeRows([graded('ada', 'heron'), graded('ada', 'heron')], ['heron']);
  expect(rows.map(({ pass }) => pass)).toEqual([false, false]);
});
