/**
 * A learner's source and what runs beside it as one program, and where in the source an error is. The source is the body of a
 * function that stands outside of all that the script has, so that it sees nothing of it; and it has to be a script by itself,
 * so that no brace too many ends that function (`checkOf`).
 */
import { sandboxScript } from 'virtual:brownout/sandbox';

/** Characters that a source may have. */
export const SOURCE_MAX = 20_000;

const HEAD = `(function(){${sandboxScript}\nreturn sandbox})().begin(function(){"use strict";\n`;
const TAIL = "\n;return typeof Policy==='undefined'?undefined:Policy})";
const LINES_BEFORE = HEAD.split('\n').length - 1;

/** A place in a source, and what is wrong there. */
export interface Fault {
  readonly message: string;
  /** From 1; undefined where the engine does not say. */
  readonly line?: number;
  /** Where it ran it was ended from outside, by the clock or otherwise: that says nothing of the source, and nothing is judged. */
  readonly isOutside?: true;
}

/** What can be said of a source without running it: undefined if nothing is wrong. */
export function faultOf(source: string): Fault | undefined {
  if (source.length > SOURCE_MAX)
    return { message: `it has ${source.length} characters; expected at most ${SOURCE_MAX}` };
  // The one word by which code could fetch other code, and which cannot be written in another way.
  const lines = source.split('\n');
  const place = lines.findIndex((line) => /\bimport\b/.test(line));
  if (place < 0) return undefined;
  return {
    message: 'the word import is not allowed, not even in a comment: a policy is one class without modules',
    line: place + 1,
  };
}

/** Thrown by a source's check where the source can be read. */
const READ = 'brownout: it is a script by itself';

/**
 * A classic script that can be read if the source by itself is statements, as those of a function are but for `return`. An engine
 * reads all of a script before it runs any; this one runs nothing of the source, for it throws first.
 */
export const checkOf = (source: string): string => `"use strict";throw ${JSON.stringify(READ)};\n${source}`;

/**
 * The function, as text, that tells of an error of `checkOf` by its message and its line whether the source could be read. Firefox
 * gives what is thrown and is no `Error` line 0; by an `Error` here the source's own of that name would be called.
 */
export const IS_READ = `(message,line)=>line<2&&message.endsWith(${JSON.stringify(READ)})`;

/** The line of the source that a line of its check is. */
export const lineInCheck = (line: number): number | undefined => (line > 1 ? line - 1 : undefined);

/** A classic script, whose value is the sandbox's function from a task to an answer. */
export const programOf = (source: string): string => HEAD + source + TAIL;

/** The line of the source that a line of the program is, the last where a brace is missing at its end. */
export function sourceLine(source: string, programLine: number): number | undefined {
  const line = programLine - LINES_BEFORE;
  return line < 1 ? undefined : Math.min(line, source.split('\n').length);
}

/** The first line of the source in a stack as an engine writes it: `at f (blob:…:12:5)`, `f@blob:…:12:5`. */
export function lineInStack(source: string, stack: string): number | undefined {
  const lines = source.split('\n').length;
  for (const [, text] of stack.matchAll(/:(\d+):\d+\)?$/gm)) {
    const line = Number(text) - LINES_BEFORE;
    if (line >= 1 && line <= lines) return line;
  }
  return undefined;
}
