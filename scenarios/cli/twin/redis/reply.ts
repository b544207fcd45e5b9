/** What Redis answers (RESP2): a word, a number, nothing, a list of those, or an error. */
export type Reply = string | number | null | readonly Reply[] | { readonly error: string };

/** A command that Redis would refuse, with the words it uses. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const SYNTAX = 'ERR syntax error';
export const INVALID_ID = 'ERR Invalid stream ID specified as stream command argument';
export const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';
