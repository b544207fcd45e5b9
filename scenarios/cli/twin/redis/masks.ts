/**
 * What of an answer can be compared: not how Redis keeps a stream in memory, idle times to the ten seconds (scripts set
 * them in tens of seconds and take less than five), and ids that come of the clock only by the order of their first
 * appearance; and of a server that was killed not how many entries a group has read, nor its lag, which comes of that: its file
 * says who has which entry, and not this.
 */
import { RESTART, type Served } from './stream-commands.ts';
import type { Words } from './stream-scripts.ts';

const IDLE_GRAIN_MS = 10_000;
const rough = (idle: unknown): unknown =>
  typeof idle === 'number' ? Math.round(idle / IDLE_GRAIN_MS) * IDLE_GRAIN_MS : idle;

/** One play's eyes: ids of the clock are numbered as they come. */
export class Masks {
  private readonly clockIds = new Map<string, number>();
  private isKilled = false;

  of(words: Words, answer: unknown): unknown {
    if (words[0] === RESTART) this.isKilled = true;
    const seen = this.isKilled && words[0] === 'XINFO' && words[1] === 'GROUPS' ? withoutReads(answer) : answer;
    return this.withoutClock(withoutIdle(words, seen));
  }

  /** With what reads got that had waited, by their numbers; the answer alone if there are none. */
  withServed(words: Words, answer: unknown, served: readonly Served[]): unknown {
    const seen = this.of(words, answer);
    if (served.length === 0) return seen;
    const inOrder = served.toSorted(([one], [other]) => one - other);
    return { answer: seen, served: inOrder.map(([number, reply]) => [number, this.withoutClock(reply)]) };
  }

  private withoutClock(answer: unknown): unknown {
    if (Array.isArray(answer)) return answer.map((part) => this.withoutClock(part));
    if (typeof answer !== 'string' || !/^\d{13,}-\d+$/.test(answer)) return answer;
    if (!this.clockIds.has(answer)) this.clockIds.set(answer, this.clockIds.size + 1);
    return `clock-${this.clockIds.get(answer)}`;
  }
}

const withoutReads = (answer: unknown): unknown =>
  Array.isArray(answer)
    ? answer.map((row) => fields(row, (field, value) => (['entries-read', 'lag'].includes(field) ? null : value)))
    : answer;

function withoutIdle([name, subcommand, ...rest]: Words, answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  if (name === 'XPENDING' && rest.length > 1)
    return answer.map(([id, consumer, idle, count]) => [id, consumer, rough(idle), count]);
  if (name !== 'XINFO') return answer;
  if (subcommand === 'STREAM') return fields(answer, (field, value) => (field.startsWith('radix-tree') ? null : value));
  if (subcommand === 'GROUPS') return answer;
  return answer.map((row) => fields(row, (field, value) => (field === 'idle' ? rough(value) : value)));
}

const fields = (row: readonly unknown[], seen: (field: string, value: unknown) => unknown): unknown[] =>
  row.map((value, i) => (i % 2 === 0 ? value : seen(row[i - 1] as string, value)));
