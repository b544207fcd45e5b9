/**
 * Code words that a teacher has given out, each to one learner, and what they say of what is handed in: of another word it is not
 * to be believed, and of several with one word none is anybody's own work.
 */
import { AttemptError } from './attempt-fields.ts';
import { codeWordOf } from './code-word.ts';

/** A piece of work that was handed in. */
export interface HandedIn {
  readonly file: string;
  /** At which task: one word may be used once in each. */
  readonly task: string;
  /** Undefined where there is none. */
  readonly codeWord: string | undefined;
}

export interface WordJudged {
  /** It was given out, or none were, and any will do. */
  readonly isKnown: boolean;
  /** Words were given out, and others have this one in the same task. */
  readonly isShared: boolean;
  readonly notes: readonly string[];
}

/** In the order of the work. `given` are the words that were given out; without them any word will do, and none. */
export function judgeWords(work: readonly HandedIn[], given?: readonly string[]): WordJudged[] {
  const known = given && new Set(given.map(codeWordOf));
  const keys = work.map(({ task, codeWord }) => codeWord !== undefined && JSON.stringify([task, codeWordOf(codeWord)]));
  return work.map(({ codeWord }, i) => {
    const isKnown = known === undefined || known.has(codeWordOf(codeWord ?? ''));
    // By their place: files of different folders may have one name.
    const others = work.filter((_, j) => j !== i && keys[i] !== false && keys[j] === keys[i]);
    return {
      isKnown,
      isShared: known !== undefined && others.length > 0,
      notes: [
        ...(isKnown ? [] : [codeWord === undefined ? 'there is no code word' : 'the code word was given to nobody']),
        ...(others.length > 0 ? [`the same code word as ${others.map(({ file }) => file).join(', ')}`] : []),
      ],
    };
  });
}

/** The code words of a list, one a line; throws `AttemptError` where one counts twice. */
export function readCodeWords(text: string): string[] {
  const words = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const counted = words.map(codeWordOf);
  const twice = words.find((_, i) => counted.indexOf(counted[i]) < i);
  if (twice !== undefined) throw new AttemptError(`code words: '${twice.trim()}' is there twice; expected each once`);
  return words;
}
