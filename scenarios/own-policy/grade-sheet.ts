/**
 * What a teacher reads of many policies: a row a policy, and the same as CSV. The command line and the page fill in the same sheet,
 * each having run the sources in its own way.
 */
import { codeWordOf, csvCell } from '../../sim-core/index.ts';
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
  const known = words && new Set(words.map(codeWordOf));
  const same = sameSources(all.map(({ file, attempt }) => ({ file, source: attempt.source })));
  return all.map(({ file, attempt, verdicts }, i) => {
    const { codeWord = '', seed, explanation } = attempt;
    const { seeds, seedsHeld, solved, verified: isVerified } = judgePolicyAttempt(attempt, verdicts);
    const isKnown = known === undefined || known.has(codeWordOf(codeWord));
    const holders = codeWord === '' ? [] : all.filter((other, j) => j !== i && isOfWord(other, codeWord));
    const verified = isVerified && isKnown;
    return {
      file,
      codeWord,
      seed,
      seeds,
      seedsHeld,
      solved,
      verified,
      pass: solved && verified && (known === undefined || holders.length === 0),
      explanation,
      notes: [
        ...policyNotes(attempt, verdicts, definition),
        ...(isKnown ? [] : [codeWord === '' ? 'there is no code word' : 'the code word was given to nobody']),
        ...(holders.length > 0 ? [`the same code word as ${holders.map((other) => other.file).join(', ')}`] : []),
        ...(same[i].length > 0 ? [`the same source as ${same[i].join(', ')}`] : []),
      ],
    };
  });
}

const isOfWord = ({ attempt }: RunPolicy, word: string): boolean =>
  attempt.codeWord !== undefined && codeWordOf(attempt.codeWord) === codeWordOf(word);

/** For each of several attempts the others with the same source, but for spaces. */
function sameSources(attempts: readonly { readonly file: string; readonly source: string }[]): string[][] {
  const keys = attempts.map(({ source }) => source.replaceAll(/\s+/g, ' ').trim());
  return keys.map((key, i) => attempts.flatMap(({ file }, j) => (j !== i && keys[j] === key ? [file] : [])));
}

/** A header and a line a row (RFC 4180). */
export function policiesCsv(rows: readonly PolicyRow[]): string {
  const cells = rows.map(({ notes, ...row }) => ({ ...row, notes: notes.join('; ') }));
  const line = (values: readonly unknown[]): string => `${values.map(csvCell).join(',')}\n`;
  return cells.length === 0 ? '' : [Object.keys(cells[0]), ...cells.map(Object.values)].map(line).join('');
}
