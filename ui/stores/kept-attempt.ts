/** What is kept of an attempt between visits: whether it can be gone on with, and the predictions that belong to it. */
import type { CatalogueEntry } from '../../scenarios/index.ts';
import {
  AttemptError,
  changesSince,
  openAttempt,
  readAttempt,
  writeAttempt,
  type Foretelling,
} from '../../sim-core/index.ts';
import type { KeptAttempt } from '../models/merged-attempt.ts';
import type { Prediction } from '../models/prediction.ts';

export interface Sound {
  /** Undefined if it cannot be gone on with. */
  readonly attempt?: KeptAttempt;
  /** Why it cannot; empty if it can. */
  readonly why: string;
}

/** What was kept is read as a file would be, for an older page may have kept it; of which no run would be the same now. */
export function soundAttempt(
  kept: KeptAttempt,
  { scenario, definition }: Pick<CatalogueEntry, 'scenario' | 'definition'>,
): Sound {
  const { by, anew = 0, ...attempt } = kept;
  const changes = changesSince(attempt, definition);
  if (changes.length > 0) return { why: changes.join('; ') };
  try {
    const sound = readAttempt(openAttempt(writeAttempt(attempt)).fields, scenario);
    return { attempt: { ...sound, by: sound.solved ? by : [], anew }, why: '' };
  } catch (error) {
    if (!(error instanceof AttemptError)) throw error;
    return { why: error.message };
  }
}

/** Predictions as an attempt's file has them. */
export const foretellingsOf = (predictions: readonly Prediction[]): Foretelling[] =>
  predictions.map(({ ask, answer, score, seed, digest }) => ({ ask, answer, score, seed, digest }));
