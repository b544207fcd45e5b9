/**
 * The words of a condition in OTTL, the collector's transformation language, as its own lexer cuts them: rules are tried in this
 * order, and a sign belongs to the digits behind it, so that `a -1` is a name and a number, and no difference.
 *
 * `buildLexer` in https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/ottl/grammar.go
 */

export type TokenKind =
  | 'float'
  | 'int'
  | 'string'
  | 'not'
  | 'or'
  | 'and'
  | 'comparison'
  | 'add'
  | 'multiply'
  | 'boolean'
  | 'mark'
  | 'uppercase'
  | 'lowercase'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of its first character; the first of all is 1. */
  readonly column: number;
}

const RULES: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['float', /[-+]?\d*\.\d+(?:[eE][-+]?\d+)?/y],
  ['int', /[-+]?\d+/y],
  ['string', /"(?:\\.|[^\\"])*"/y],
  ['not', /not\b/y],
  ['or', /or\b/y],
  ['and', /and\b/y],
  ['comparison', /==|!=|>=|<=|>|</y],
  ['add', /[-+]/y],
  ['multiply', /[/*]/y],
  ['boolean', /(?:true|false)\b/y],
  ['mark', /[(),.[\]]/y],
  ['uppercase', /[A-Z][A-Z0-9_]*/y],
  ['lowercase', /[a-z][a-z0-9_]*/y],
  ['space', /\s+/y],
];

/** What is wrong with a condition, and where; whoever has the condition names it. */
export class OttlSyntaxError extends Error {
  readonly column: number;

  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

/** Cuts a condition up, with an `end` behind it. Throws an `OttlSyntaxError` at what is no word. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, word] = wordAt(text, at);
    if (kind !== 'space') tokens.push({ kind, text: word, column: at + 1 });
    at += word.length;
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 });
  return tokens;
}

function wordAt(text: string, at: number): readonly [TokenKind | 'space', string] {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found !== null) return [kind, found[0]];
  }
  throw new OttlSyntaxError(at + 1, `${JSON.stringify(text[at])} begins no word of OTTL`);
}
