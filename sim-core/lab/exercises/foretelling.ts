/**
 * What the guide asked and the learner answered before the run that answers it was seen, as an attempt's file keeps it: the
 * question, which names the run in the guide, the answer, the run's seed and digest, and what the answer was worth. Whoever
 * grades computes the run again.
 */
import { isFields, noOthers, readDigest, wrong } from './attempt-fields.ts';

export interface Foretelling {
  readonly ask: string;
  /** The number of an option, a number in the signal's unit, or of a sketch a value a column. */
  readonly answer: number | readonly number[];
  /** 0 to 100. */
  readonly score: number;
  readonly seed: number | string;
  readonly digest: string;
}

const ASK_MAX = 500;
const COLUMNS_MAX = 100;

/** Throws `AttemptError`. */
export function readForetelling(value: unknown, field: string): Foretelling {
  if (!isFields(value)) throw wrong(field, value, 'an object with ask, answer and the run that answers');
  noOthers(value, ['ask', 'answer', 'score', 'seed', 'digest'], `${field}.`);
  const { ask, answer, score, seed, digest } = value;
  if (typeof ask !== 'string' || ask === '' || ask.length > ASK_MAX) {
    throw wrong(`${field}.ask`, ask, `a question of at most ${ASK_MAX} characters`);
  }
  if (!isAnswer(answer)) throw wrong(`${field}.answer`, answer, `a number, or a list of at most ${COLUMNS_MAX}`);
  if (!isNumber(score) || score < 0 || score > 100) throw wrong(`${field}.score`, score, '0 to 100');
  if (!isNumber(seed) && !(typeof seed === 'string' && seed !== '')) throw wrong(`${field}.seed`, seed, 'a seed');
  return { ask, answer, score, seed, digest: readDigest(digest, `${field}.digest`) };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const isAnswer = (value: unknown): value is Foretelling['answer'] =>
  isNumber(value) || (Array.isArray(value) && value.length <= COLUMNS_MAX && value.every(isNumber));
