/** Reading the words of a command: the next one, options by name, whole numbers, ids and the ends of intervals. */
import { LAST_ID, ZERO_ID, idAfter, idBefore, type EntryId, type NewEntryId } from '../../../../sim-core/index.ts';
import { CommandError, INVALID_ID, NOT_AN_INTEGER, SYNTAX } from './reply.ts';

export class Arguments {
  private readonly words: readonly string[];
  private place = 0;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  get left(): number {
    return this.words.length - this.place;
  }

  next(): string {
    if (this.left === 0) throw new CommandError(SYNTAX);
    return this.words[this.place++];
  }

  rest(): readonly string[] {
    const rest = this.words.slice(this.place);
    this.place = this.words.length;
    return rest;
  }

  /** Whether the next word is this one, which is then taken. */
  takes(word: string): boolean {
    if (this.words[this.place]?.toUpperCase() !== word) return false;
    this.place++;
    return true;
  }

  integer(): number {
    return integerOf(this.next());
  }

  id(): EntryId {
    return idOf(this.next());
  }

  /** `COUNT n`; all there are unless given. */
  count(): number {
    return this.takes('COUNT') ? Math.max(0, this.integer()) : Infinity;
  }

  done(): void {
    if (this.left > 0) throw new CommandError(SYNTAX);
  }
}

export function integerOf(word: string): number {
  if (!/^-?\d+$/.test(word)) throw new CommandError(NOT_AN_INTEGER);
  return Number(word);
}

/** A whole id; without its second part that is 0, or whatever stands for it. */
export function idOf(word: string, missing = 0): EntryId {
  const parts = /^(\d+)(?:-(\d+))?$/.exec(word);
  if (parts === null) throw new CommandError(INVALID_ID);
  return { ms: Number(parts[1]), seq: parts[2] === undefined ? missing : Number(parts[2]) };
}

/** The id that `XADD` is given. */
export function newIdOf(word: string): NewEntryId {
  if (word === '*') return '*';
  const open = /^(\d+)-\*$/.exec(word);
  return open === null ? idOf(word) : { ms: Number(open[1]), seq: '*' };
}

/** The lower end of an interval: `-`, an id, or `(` and an id that is not in it. */
export function lowerEnd(word: string): EntryId {
  if (word === '-') return ZERO_ID;
  if (word === '+') return LAST_ID;
  if (!word.startsWith('(')) return idOf(word);
  const after = idAfter(idOf(word.slice(1)));
  if (after === undefined) throw new CommandError('ERR invalid start ID for the interval');
  return after;
}

/** The upper end; an id without its second part includes all of that time. */
export function upperEnd(word: string): EntryId {
  if (word === '-') return ZERO_ID;
  if (word === '+') return LAST_ID;
  if (!word.startsWith('(')) return idOf(word, LAST_ID.seq);
  const before = idBefore(idOf(word.slice(1), LAST_ID.seq));
  if (before === undefined) throw new CommandError('ERR invalid end ID for the interval');
  return before;
}
