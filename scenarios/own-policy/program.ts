/**
 * A learner's source and what runs beside it as one program, and where in the source an error is. The source is the body of a
 * function that stands outside of all that the script has, so that it sees nothing of it.
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
