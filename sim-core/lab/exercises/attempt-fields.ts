/** Fields of an attempt's file: what is wrong with one is said by its name, its value and what would be right. */
import { inWords } from '../value-in-words.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The document is no attempt that can be judged; the message names the field, the value and what would be right. */
export class AttemptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AttemptError';
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** Throws `AttemptError` where there is a field of another name. */
export function noOthers(fields: Fields, known: readonly string[], prefix: string): void {
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd === undefined) return;
  throw new AttemptError(`${prefix}${odd}: there is no such field; expected ${known.join(', ')}`);
}

export function wrong(field: string, value: unknown, expected: string): AttemptError {
  if (value === undefined) return new AttemptError(`${field}: it is missing; expected ${expected}`);
  const text = inWords(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new AttemptError(`${field}: ${shown} is not valid; expected ${expected}`);
}

/** `sha256:` and 64 hexadecimal digits; throws `AttemptError`. */
export function readDigest(value: unknown, field: string): string {
  if (typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)) return value;
  throw wrong(field, value, 'sha256: and 64 hexadecimal digits');
}
