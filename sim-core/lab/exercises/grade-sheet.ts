/**
 * What a teacher reads of many attempts: a row an attempt, and the same as CSV. The command line and the page fill in the same
 * sheet, by the same judgement.
 */
import { AttemptError } from './attempt-fields.ts';
import type { Attempt } from './attempt.ts';
import { codeWordOf } from './code-word.ts';
import type { Judgement } from './judge-attempt.ts';

/** An attempt that was judged. */
export interface Graded {
  readonly file: string;
  readonly attempt: Attempt;
  readonly judgement: Judgement;
  /** What the guide's predictions came to when their runs were computed again. */
  readonly predictions: PredictionsJudged;
  /** What has changed since it was made: the scenario's definition, the engine. */
  readonly changes: readonly string[];
}

export interface PredictionsJudged {
  readonly asked: number;
  /** Runs that gave the digest of the file, and answers the score. */
  readonly identical: number;
  /** Mean of the scores by what was computed now, 0 to 100; NaN of none. */
  readonly score: number;
}

export type GradeRow = ReturnType<typeof gradeRows>[number];

/**
 * Rows in the order of the attempts. `words` are the code words that were given out; without them any word will do. An attempt
 * whose word is not among them, or whose seed is not the word's, is not passed; of several with one word in one
 * exercise each is told so, and where words were given out none of them is passed.
 */
export function gradeRows(graded: readonly Graded[], words?: readonly string[]) {
  const known = words && new Set(words.map(codeWordOf));
  // By their place: files of different folders may have one name.
  const holders = new Map<string, number[]>();
  for (const [i, { attempt }] of graded.entries()) {
    if (attempt.codeWord === undefined) continue;
    const key = wordKey(attempt);
    holders.set(key, [...(holders.get(key) ?? []), i]);
  }
  return graded.map(({ file, attempt, judgement, predictions, changes }, i) => {
    const asked = judgement.tries.filter(({ foretold }) => foretold !== undefined);
    const { codeWord = '' } = attempt;
    const isKnown = known === undefined || known.has(codeWordOf(codeWord));
    const others = codeWord === '' ? [] : (holders.get(wordKey(attempt)) ?? []).filter((other) => other !== i);
    // Of words that were given out each is one learner's.
    const isShared = known !== undefined && others.length > 0;
    const verified = judgement.verified && isKnown;
    return {
      file,
      scenario: attempt.scenario,
      exercise: attempt.exercise,
      codeWord,
      seed: attempt.seed ?? '',
      seedFollows: judgement.seedFollows,
      solved: judgement.solved,
      by: judgement.by,
      verified,
      pass: judgement.solved && verified && !isShared,
      seedsHeld: judgement.seedsHeld,
      seeds: judgement.seeds.length,
      foretoldRight: asked.filter(({ foretold, cameTo }) => foretold === cameTo).length,
      foretold: asked.length,
      predicted: predictions.asked,
      predictionScore: predictions.asked === 0 ? '' : Math.round(predictions.score),
      tries: judgement.tries.length,
      /** Of the tries those whose runs gave the digest of the file. */
      alike: judgement.tries.filter(({ identical }) => identical).length,
      deeds: attempt.tries.reduce((sum, { interventions = [] }) => sum + interventions.length, 0),
      hints: attempt.hints,
      explanation: attempt.explanation,
      notes: [
        ...notesOf(attempt, judgement, predictions),
        ...(isKnown ? [] : [codeWord === '' ? 'there is no code word' : 'the code word was given to nobody']),
        ...(others.length > 0 ? [`the same code word as ${others.map((other) => graded[other].file).join(', ')}`] : []),
        ...changes,
      ],
    };
  });
}

const wordKey = ({ scenario, exercise, codeWord = '' }: Attempt): string =>
  JSON.stringify([scenario, exercise, codeWordOf(codeWord)]);

/** What the file says and the runs do not. */
function notesOf({ solved }: Attempt, judgement: Judgement, predictions: PredictionsJudged): string[] {
  const others = judgement.tries.flatMap(({ identical }, i) => (identical ? [] : [i + 1]));
  return [
    ...(judgement.seedFollows ? [] : ['the seed is not that of the code word']),
    ...(others.length > 0 ? [`another digest in try ${others.join(', ')}`] : []),
    ...(solved === judgement.solved ? [] : [`the file says ${solved ? 'solved' : 'not solved'}`]),
    ...(predictions.identical === predictions.asked
      ? []
      : [`${predictions.asked - predictions.identical} predictions are not what their runs say now`]),
  ];
}

/** A header and a line a row (RFC 4180). */
export function gradeCsv(rows: readonly GradeRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const cells = rows.map(({ by, notes, ...row }) => ({ ...row, by: by.join(' '), notes: notes.join('; ') }));
  return [Object.keys(cells[0]), ...cells.map(Object.values)]
    .map((line) => `${line.map(csvCell).join(',')}\n`)
    .join('');
}

/**
 * A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula, as one may stand in a learner's explanation, has an
 * apostrophe before it.
 */
export function csvCell(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The code words of a list, one a line; throws `AttemptError` where one counts twice. */
export function readCodeWords(text: string): string[] {
  const words = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const counted = words.map(codeWordOf);
  const twice = words.find((_, i) => counted.indexOf(counted[i]) < i);
  if (twice !== undefined) throw new AttemptError(`code words: '${twice.trim()}' is there twice; expected each once`);
  return words;
}
