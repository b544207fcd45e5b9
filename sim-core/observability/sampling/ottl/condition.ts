/**
 * Conditions in OTTL, the collector's transformation language: what can be said of a span to have its trace kept.
 *
 *     condition  = term { "or" term }
 *     term       = factor { "and" factor }
 *     factor     = [ "not" ] ( comparison | "true" | "false" | call | "(" condition ")" )
 *     comparison = value ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) value
 *     value      = "nil" | string | "true" | "false" | ENUM | sum
 *     sum        = product { ( "+" | "-" ) product }
 *     product    = operand { ( "*" | "/" ) operand }
 *     operand    = path | integer | float | "(" sum ")"
 *     path       = [ context "." ] name { "." name } [ "[" string "]" ]
 *     call       = "IsRootSpan" "(" ")" | "IsMatch" "(" value "," string ")"
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/ottl/LANGUAGE.md and `grammar.go` beside it, of
 * which this is a part: it has no lists, maps and bytes, keys that are paths, nor functions but these two. The expressions of
 * `IsMatch` are JavaScript's, not RE2's: what both know means the same. As in the collector, `IsRootSpan` is of conditions on spans
 * alone (`internal/filter/filterottl/functions.go`).
 */
import { CONTEXTS, ENUMS, pathOf, pathsOf, type ContextName, type Getter, type Subject } from './paths.ts';
import { OttlSyntaxError, tokensOf, type Token, type TokenKind } from './tokens.ts';
import { compare, int, NIL, reckon, text, type Comparison, type Operation, type Value } from './values.ts';

/** Whether it is so of a span; throws an `OttlError` where that cannot be worked out. */
export type Condition = (subject: Subject) => boolean;

/** Reads a condition; throws an `OttlSyntaxError` that says where it goes wrong, and what would be right. */
export function parseCondition(source: string, context: ContextName): Condition {
  return new Parser(tokensOf(source), context).whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly context: ContextName;
  private at = 0;

  constructor(tokens: readonly Token[], context: ContextName) {
    this.tokens = tokens;
    this.context = context;
  }

  whole(): Condition {
    const condition = this.condition();
    if (this.next.kind !== 'end') this.complain('the end, "and" or "or"');
    return condition;
  }

  private condition(): Condition {
    const terms = [this.term()];
    while (this.take('or') !== undefined) terms.push(this.term());
    return (subject) => terms.some((term) => term(subject));
  }

  private term(): Condition {
    const factors = [this.factor()];
    while (this.take('and') !== undefined) factors.push(this.factor());
    return (subject) => factors.every((factor) => factor(subject));
  }

  private factor(): Condition {
    const isNegated = this.take('not') !== undefined;
    const factor = this.isCall
      ? this.call()
      : this.first(
          () => this.comparison(),
          () => this.literal(),
          () => this.inBrackets(() => this.condition()),
        );
    return isNegated ? (subject) => !factor(subject) : factor;
  }

  private literal(): Condition {
    const { text: word } = this.take('boolean') ?? this.complain('a comparison, true, false, a function or a bracket');
    return () => word === 'true';
  }

  /** A symbol stands by itself, the name of a function is of capitals and small letters. */
  private get isCall(): boolean {
    return this.next.kind === 'uppercase' && this.tokens[this.at + 1].kind === 'lowercase';
  }

  private call(): Condition {
    const begins = this.next;
    let name = '';
    while (this.next.kind === 'uppercase' || this.next.kind === 'lowercase') name += this.step().text;
    if (name === 'IsRootSpan' && this.context === 'span') {
      this.inBrackets(() => undefined);
      return ({ span }) => span.parentSpanId === '';
    }
    if (name === 'IsMatch') return this.inBrackets(() => this.match());
    const right = this.context === 'span' ? 'IsRootSpan or IsMatch' : 'IsMatch';
    throw new OttlSyntaxError(
      begins.column,
      `there is no function ${name} in the context ${this.context}; it must be ${right}`,
    );
  }

  private match(): Condition {
    const target = this.value();
    this.mark(',');
    const pattern = this.take('string') ?? this.complain('a pattern in quotes');
    const expression = regularExpression(pattern);
    return (subject) => {
      const value = target(subject);
      return value.type !== 'nil' && expression.test(String(value.of));
    };
  }

  private comparison(): Condition {
    const left = this.value();
    const operator = (this.take('comparison') ?? this.complain('a comparison such as ==')).text as Comparison;
    const right = this.value();
    return (subject) => compare(left(subject), operator, right(subject));
  }

  private value(): Getter {
    const { kind, text: word } = this.next;
    if (kind === 'lowercase' && word === 'nil') return this.fixed(NIL);
    if (kind === 'string') return this.fixed(text(unquoted(this.next)));
    if (kind === 'boolean') return this.fixed({ type: 'bool', of: word === 'true' });
    if (kind === 'uppercase' && Object.hasOwn(ENUMS, word)) return this.fixed(int(ENUMS[word]));
    return this.sum();
  }

  private fixed(value: Value): Getter {
    this.at++;
    return () => value;
  }

  private sum(): Getter {
    return this.chain('add', () => this.chain('multiply', () => this.operand()));
  }

  private chain(kind: 'add' | 'multiply', part: () => Getter): Getter {
    let all = part();
    for (let sign = this.take(kind); sign !== undefined; sign = this.take(kind)) {
      const [left, operation, right] = [all, sign.text as Operation, part()];
      all = (subject) => reckon(left(subject), operation, right(subject));
    }
    return all;
  }

  private operand(): Getter {
    const { kind, text: word } = this.next;
    if (kind === 'int') return this.fixed(int(Number(word)));
    if (kind === 'float') return this.fixed({ type: 'float', of: Number(word) });
    if (kind === 'lowercase') return this.path();
    if (kind === 'mark' && word === '(') return this.inBrackets(() => this.sum());
    return this.complain('a path, a number, a text in quotes, true, false, nil or a symbol such as STATUS_CODE_ERROR');
  }

  private path(): Getter {
    const begins = this.next;
    const names = [this.step().text];
    while (this.next.text === '.') {
      this.at++;
      names.push((this.take('lowercase') ?? this.complain('a name')).text);
    }
    const context = names.length > 1 && CONTEXTS[this.context].includes(names[0]) ? names.shift()! : this.context;
    const isKeyed = this.next.text === '[';
    const key = isKeyed ? this.key() : undefined;
    const field = names.join('.');
    const found = pathOf(context, field, key);
    if (found !== undefined) return found;
    const right = pathsOf(context).join(', ');
    throw new OttlSyntaxError(
      begins.column,
      `there is no path ${field} in the context ${context}; it must be ${right}`,
    );
  }

  private key(): string {
    this.mark('[');
    const key = unquoted(this.take('string') ?? this.complain('a key in quotes'));
    this.mark(']');
    return key;
  }

  private inBrackets<Inside>(inside: () => Inside): Inside {
    this.mark('(');
    const value = inside();
    this.mark(')');
    return value;
  }

  /** The first of these that can be read here; else the complaint of the one that came the furthest. */
  private first(...ways: readonly (() => Condition)[]): Condition {
    const from = this.at;
    let worst: OttlSyntaxError | undefined;
    for (const way of ways) {
      this.at = from;
      try {
        return way();
      } catch (error) {
        if (!(error instanceof OttlSyntaxError)) throw error;
        if (worst === undefined || error.column > worst.column) worst = error;
      }
    }
    throw worst!;
  }

  private get next(): Token {
    return this.tokens[this.at];
  }

  private step(): Token {
    return this.tokens[this.at++];
  }

  private take(kind: TokenKind): Token | undefined {
    return this.next.kind === kind ? this.step() : undefined;
  }

  private mark(wanted: string): void {
    if (this.next.text !== wanted) this.complain(`"${wanted}"`);
    this.at++;
  }

  private complain(right: string): never {
    const { kind, text: word, column } = this.next;
    throw new OttlSyntaxError(column, `found ${kind === 'end' ? 'the end' : word}; it must be ${right}`);
  }
}

function unquoted({ text: quoted, column }: Token): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new OttlSyntaxError(column, `${quoted} is no text; a backslash in it must be doubled`);
  }
}

function regularExpression(pattern: Token): RegExp {
  const source = unquoted(pattern);
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new OttlSyntaxError(pattern.column, `${source} is no regular expression`);
  }
}
