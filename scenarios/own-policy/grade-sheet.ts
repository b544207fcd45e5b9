/**
 * What a teacher reads of many policies: a row a policy, and the same as CSV. The command line and the page fill in the same sheet,
 * each having run the sources in its own way.
 */
import { csvOf, judgeWords } from '../../sim-core/index.ts';
import { judgePolicyAttempt, policyNotes, type PolicyAttempt } from './attempt.ts';
import type { PolicyVerdict } from './verdict.ts';

/** A policy that was run again, on `policySeeds`, or on the first of them alone where the goals do not hold there. */
export interface RunPolicy {
  readonly file: string;
  readonly attempt: PolicyAttempt;
  readonly verdicts: readonly PolicyVerdict[];
}

export type PolicyRow = ReturnType<typeof policyRows>[number];

/**
 * Rows in the order of the files. `definition` is the eviction scenario's of today. `words` are the code words that were given
 * out, each to one learner; without them any word will do, and none. A policy with another word is not verified, and of several
 * with one word none is passed.
 */
export function policyRows(all: readonly RunPolicy[], definition: string, words?: readonly string[]) {
  const same = sameSources(all.map(({ file, attempt }) => ({ file, source: attempt.source })));
  const judgedWords = judgeWords(
    all.map(({ file, attempt: { codeWord } }) => ({ file, task: 'own-policy', codeWord })),
    words,
  );
  return all.map(({ file, attempt, verdicts }, i) => {
    const { codeWord = '', seed, explanation } = attempt;
    const { seeds, seedsHeld, solved, verified: isVerified } = judgePolicyAttempt(attempt, verdicts);
    const { isKnown, isShared, notes } = judgedWords[i];
    const verified = isVerified && isKnown;
    return {
      file,
      codeWord,
      seed,
      seeds,
      seedsHeld,
      solved,
      verified,
      pass: solved && verified && !isShared,
      explanation,
      notes: [
        ...policyNotes(attempt, verdicts, definition),
        ...notes,
        ...(same[i].length > 0 ? [`the same source as ${same[i].join(', ')}`] : []),
      ],
    };
  });
}

/** For each of several attempts the others with the same source, but for spaces. */
function sameSources(attempts: readonly { readonly file: string; readonly source: string }[]): string[][] {
  const keys = attempts.map(({ source }) => source.replaceAll(/\s+/g, ' ').trim());
  return keys.map((key, i) => attempts.flatMap(({ file }, j) => (j !== i && keys[j] === key ? [file] : [])));
}

export const policiesCsv = (rows: readonly PolicyRow[]): string =>
  csvOf(rows.map(({ notes, ...row }) => ({ ...row, notes: notes.join('; ') })));
