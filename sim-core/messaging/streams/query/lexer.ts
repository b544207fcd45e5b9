/** The words of a query: names, numbers (with a fraction or not), texts in single quotes ('' is a quote), and signs. */
import { QueryError, type Place } from './query-error.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  /** As it stands there; of a text what is between its quotes. */
  readonly text: string;
  readonly place: Place;
}

const PATTERN = /(\s+)|([A-Za-z_][A-Za-z0-9_]*)|(\d+(?:\.\d+)?)|'((?:[^']|'')*)'|(<>|!=|<=|>=|[-(),*=<>;])/y;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  while (at < text.length) {
    const place = { line, column: at - lineStart + 1 };
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (match === null) {
      const found = text[at] === "'" ? 'a text that does not end' : JSON.stringify(text[at]);
      throw new QueryError(
        place,
        found,
        'a name, a number, a text in single quotes, or one of ( ) , * = <> < <= > >= - ;',
      );
    }
    const [whole, space, name, number, quoted, sign] = match;
    if (space === undefined) {
      if (name !== undefined) tokens.push({ kind: 'name', text: name, place });
      else if (number !== undefined) tokens.push({ kind: 'number', text: number, place });
      else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'"), place });
      else tokens.push({ kind: 'sign', text: sign === '!=' ? '<>' : sign, place });
    }
    for (let i = at; i < at + whole.length; i++) {
      if (text[i] !== '\n') continue;
      line++;
      lineStart = i + 1;
    }
    at += whole.length;
  }
  tokens.push({ kind: 'end', text: '', place: { line, column: at - lineStart + 1 } });
  return tokens;
}

/** A token in the words of an error. */
export function wordsOf({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the query';
  return kind === 'text' ? `the text '${text}'` : kind === 'number' ? `the number ${text}` : text;
}
