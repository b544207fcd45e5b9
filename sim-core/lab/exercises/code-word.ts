/**
 * A student's own seed, out of a code word: the first draw of the kernel's stream that the word, as a seed, and the exercise, as
 * a name, give. Whoever grades works it out again: a seed that is not the word's shows, and another student's attempt handed in as
 * one's own runs on that student's seed. Who may choose the word may choose among seeds, by trying words; where words are given
 * out nobody may.
 */
import { RandomStreams } from '../../kernel/random-streams.ts';
import type { Scenario } from '../scenario.ts';

export const CODE_WORD_MAX = 60;

/** Seeds of code words are whole numbers below this. */
export const CODE_SEEDS = 4_294_967_296;

/** A word as it counts: without capitals, and with single spaces within it and none around. */
export const codeWordOf = (typed: string): string =>
  typed.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** The seed of a code word in an exercise, a whole number from 0 to 2^32 - 1. */
export const seedOfWord = (scenario: Pick<Scenario, 'id'>, pitfall: string, word: string): number =>
  new RandomStreams(codeWordOf(word)).stream(`exercise ${scenario.id} ${pitfall}`).integer(CODE_SEEDS);
