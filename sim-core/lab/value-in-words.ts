/** Values of any type in a few words, for complaints about a definition. */

/** `'text'`, `3`, `a list`, `an object`, `a function`. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
