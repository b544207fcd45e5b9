/** An attempt that two tabs write at: nothing of either is lost, whoever writes first, and to begin anew is to begin anew. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exercisesOf, freshAttempt, TRIES_MAX } from '../../../sim-core/index.ts';
import { mergedAttempt, type KeptAttempt } from '../../../ui/models/merged-attempt.ts';
import { small } from '../../sim-core/lab/exercises/small-exercise.ts';

const [exercise] = exercisesOf(small);
const fresh: KeptAttempt = { ...freshAttempt(small, '', exercise), by: [], anew: 0 };
const tryOf = (queueMax: number) => ({ params: { queueMax }, digest: `sha256:${'0'.repeat(64)}` });
const having = (...queues: number[]): KeptAttempt => ({ ...fresh, tries: queues.map(tryOf) });
const queuesIn = ({ tries }: KeptAttempt) => tries.map(({ params }) => params.queueMax);

it('keeps every try of both, and each as often as the one that has it more often', () => {
  const tries = fc.array(fc.nat(3), { maxLength: 6 });
  fc.assert(
    fc.property(tries, tries, (kept, mine) => {
      const { attempt, numberOf } = mergedAttempt(having(...kept), having(...mine));
      const merged = queuesIn(attempt);
      for (const queue of [0, 1, 2, 3]) {
        const count = (list: readonly unknown[]) => list.filter((one) => one === queue).length;
        expect(count(merged)).toBe(Math.max(count(kept), count(mine)));
      }
      expect(mine.map((_, i) => merged[numberOf(i + 1) - 1])).toEqual(mine);
      // What is merged once more says nothing new.
      expect(queuesIn(mergedAttempt(attempt, having(...mine)).attempt)).toEqual(merged);
    }),
  );
});

it('has the number of the try that was handed in follow it, and keeps a solution', () => {
  const solved: KeptAttempt = { ...having(1), handedIn: 1, solved: true, by: ['bounded'] };
  expect(mergedAttempt(having(7, 8), solved).attempt).toMatchObject({ handedIn: 3, solved: true, by: ['bounded'] });
  const failed: KeptAttempt = { ...having(9), handedIn: 1, hints: 2 };
  expect(mergedAttempt(solved, failed).attempt).toMatchObject({ handedIn: 1, solved: true, by: ['bounded'], hints: 2 });
});

it('has room for the try that was handed in where there is none for others, and tells how many that are', () => {
  const full = having(...Array.from({ length: TRIES_MAX }, (_, i) => i + 10));
  const mine = { ...having(1, 2, 3), handedIn: 2, solved: true };
  const { attempt, numberOf, crowdedOut } = mergedAttempt(full, mine);
  expect(attempt).toMatchObject({ handedIn: TRIES_MAX, solved: true });
  expect([attempt.tries.length, queuesIn(attempt).at(-1), ...[1, 2, 3].map(numberOf), crowdedOut]).toEqual([
    TRIES_MAX,
    2,
    0,
    TRIES_MAX,
    0,
    2,
  ]);
  // The other tab's solution keeps its place, too, and that tab is told of the try that had to go.
  const both = mergedAttempt({ ...full, handedIn: TRIES_MAX, solved: true }, mine);
  expect(queuesIn(both.attempt).slice(-2)).toEqual([2, TRIES_MAX + 9]);
  expect(mergedAttempt(attempt, full).crowdedOut).toBe(1);
});

it('is what was begun anew last, without what was forgotten by that', () => {
  const anew = { ...having(5), anew: 1 };
  expect(mergedAttempt(having(1, 2), anew).attempt).toBe(anew);
  expect(mergedAttempt(anew, having(1, 2)).attempt).toBe(anew);
  expect(mergedAttempt(anew, having(1, 2)).numberOf(1)).toBe(0);
  // Runs of another seed are no tries of this one.
  const other = { ...having(3), codeWord: 'heron', seed: 4 };
  expect(mergedAttempt(having(1), other).attempt).toBe(other);
});
