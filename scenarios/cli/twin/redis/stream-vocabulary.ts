/**
 * The words that scripts of stream commands are counted by: each command, its options and its other forms. What found
 * nothing to act on has not been done.
 */
import type { WordsOf } from '../option-words.ts';
import { isRefusal, type Answer } from '../twin.ts';
import { RESTART, WAITS, type CommandName } from './stream-commands.ts';
import type { Words } from './stream-scripts.ts';

/** The options of each command, and its other forms: all that is counted. */
const options: WordsOf<Record<CommandName, unknown>> = {
  XADD: ['served', 'NOMKSTREAM', 'MAXLEN', 'MINID', '=', '~', 'LIMIT', '*', 'ms-*', 'ms'],
  XDEL: [],
  XTRIM: ['MAXLEN', 'MINID', '=', '~', 'LIMIT'],
  XSETID: ['ENTRIESADDED', 'MAXDELETEDID'],
  XLEN: [],
  XRANGE: ['COUNT', '('],
  XREVRANGE: ['COUNT', '('],
  XREAD: ['COUNT', '$', 'BLOCK', 'waits', 'in vain'],
  XREADGROUP: ['COUNT', 'NOACK', '>', 'history', 'BLOCK', 'waits', 'in vain'],
  XGROUP: ['CREATE', 'MKSTREAM', 'ENTRIESREAD', '$', 'SETID', 'DESTROY', 'CREATECONSUMER', 'DELCONSUMER'],
  XACK: [],
  XPENDING: ['IDLE', '('],
  XCLAIM: ['IDLE', 'TIME', 'RETRYCOUNT', 'FORCE', 'JUSTID', 'LASTID'],
  XAUTOCLAIM: ['COUNT', 'JUSTID'],
  XINFO: ['STREAM', 'GROUPS', 'CONSUMERS'],
  [RESTART]: [],
  EXISTS: { because: 'it is no command of streams, and asked for by recorded replies alone' },
};

export const vocabulary: readonly string[] = Object.entries(options).flatMap(([name, words]) =>
  'because' in words ? [] : [name, ...words.map((word) => `${name} ${word}`)],
);

/** What commands look for that is no option of theirs. */
export const ALWAYS_SAID: readonly string[] = ['STREAMS', 'GROUP'];

/** How a word that is no option is counted. */
function formOf(name: string, word: string, following: string | undefined): string {
  if (word.startsWith('(')) return '(';
  if (name === 'XADD' && /^\d+-\*$/.test(word)) return 'ms-*';
  if (name === 'XADD' && /^\d+$/.test(word) && following === 'n') return 'ms';
  if (name === 'XREADGROUP' && following === undefined && word !== '>') return 'history';
  return word;
}

/** What a command is counted under, by what was answered to it: itself, its options and forms. */
export function usesOf(words: Words, told: Answer): readonly string[] {
  const [name, ...rest] = words;
  const { answer, served } = isServing(told) ? told : { answer: told, served: [] };
  if (isRefusal(answer)) return [];
  if (answer === null && rest.includes('BLOCK')) return [`${name} in vain`];
  if (foundNothing(name, rest, answer)) return [];
  const forms = rest.map((word, i) => formOf(name, word, rest[i + 1]));
  if (answer === WAITS) forms.push('waits');
  if (served.length > 0) forms.push('served');
  const said = [...new Set(forms)].map((form) => `${name} ${form}`);
  return [name, ...said.filter((word) => vocabulary.includes(word))];
}

const isServing = (told: Answer): told is { readonly answer: Answer; readonly served: readonly unknown[] } =>
  typeof told === 'object' && told !== null && 'served' in told;

/** Commands whose answer tells whether there was anything: a number of entries, entries, or who has them. */
function foundNothing(name: string, rest: Words, answer: Answer): boolean {
  // That it finds nothing is what these say.
  if ((name === 'XADD' && rest.includes('NOMKSTREAM')) || (name === 'XREAD' && rest.includes('$'))) return false;
  if (answer === null || answer === undefined) return true;
  if (name === 'XPENDING' && rest.length === 2) return (answer as readonly unknown[])[0] === 0;
  if (name === 'XAUTOCLAIM') return (answer as readonly unknown[]).slice(1).every(isEmpty);
  if (answer === WAITS) return false;
  if (name === 'XREADGROUP') return isEmpty((answer as readonly (readonly unknown[])[])[0][1]);
  return (name === 'XGROUP' && answer === 0) || (ACTS.includes(name) && (answer === 0 || isEmpty(answer)));
}

const ACTS: readonly string[] = ['XDEL', 'XTRIM', 'XACK', 'XPENDING', 'XCLAIM', 'XRANGE', 'XREVRANGE', 'XREAD'];
const isEmpty = (answer: unknown): boolean => Array.isArray(answer) && answer.length === 0;
