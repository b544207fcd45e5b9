/**
 * What a teacher reads of many attempts: a row an attempt, and the same as CSV. The command line and the page fill in the same
 * sheet, by the same judgement.
 */
import type { Attempt } from './attempt.ts';
import { csvOf } from './grade-csv.ts';
import { judgeWords } from './given-words.ts';
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
  const judgedWords = judgeWords(
    graded.map(({ file, attempt: { scenario, exercise, codeWord } }) => ({
      file,
      task: `${scenario} ${exercise}`,
      codeWord,
    })),
    words,
  );
  return graded.map(({ file, attempt, judgement, predictions, changes }, i) => {
    const asked = judgement.tries.filter(({ foretold }) => foretold !== undefined);
    const { isKnown, isShared, notes } = judgedWords[i];
    const verified = judgement.verified && isKnown;
    return {
      file,
      scenario: attempt.scenario,
      exercise: attempt.exercise,
      codeWord: attempt.codeWord ?? '',
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
      notes: [...notesOf(attempt, judgement, predictions), ...notes, ...changes],
    };
  });
}

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

export const gradeCsv = (rows: readonly GradeRow[]): string =>
  csvOf(rows.map(({ by, notes, ...row }) => ({ ...row, by: by.join(' '), notes: notes.join('; ') })));
