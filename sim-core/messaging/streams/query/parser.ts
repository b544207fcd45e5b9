/**
 * Parses a continuous query over one stream: a small part of ksqlDB's SQL (https://docs.ksqldb.io/en/latest/developer-guide/ksqldb-reference/select-push-query/).
 * Keywords may be written in any case; names are as they are written. Whatever else stands there gets one error, which says where, what
 * was found, and what would be right.
 *
 *     query      = "SELECT" item { "," item } "FROM" name "WINDOW" window [ "WHERE" or ]
 *                  "GROUP" "BY" name "EMIT" ( "CHANGES" | "FINAL" ) [ ";" ] ;
 *     item       = name | aggregate "AS" name ;
 *     aggregate  = "COUNT" "(" "*" ")" | ( "SUM" | "MIN" | "MAX" ) "(" name ")" ;
 *     window     = ( "TUMBLING" "(" size | "HOPPING" "(" size "," "ADVANCE" "BY" duration ) [ "," grace ] ")" ;
 *     size       = "SIZE" duration ;
 *     grace      = "GRACE" "PERIOD" duration ;
 *     duration   = whole number ( "MILLISECONDS" | "SECONDS" | "MINUTES" | "HOURS" | "DAYS" ), or without the S ;
 *     or         = and { "OR" and } ;
 *     and        = not { "AND" not } ;
 *     not        = "NOT" not | "(" or ")" | operand ( "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" ) operand ;
 *     operand    = name | [ "-" ] number | text in single quotes ;
 *
 * A name is a letter or _, then letters, digits and _, and none of the keywords.
 */
import { MILLISECOND, SECOND, type Duration } from '../../../kernel/time.ts';
import { tokensOf, wordsOf, type Token } from './lexer.ts';
import type {
  AggregateFunction,
  Comparator,
  Condition,
  NameRole,
  Operand,
  Places,
  Query,
  QueryWindow,
  SelectItem,
} from './query.ts';
import { QueryError, type Place } from './query-error.ts';

const AGGREGATES: readonly string[] = ['COUNT', 'SUM', 'MIN', 'MAX'] satisfies AggregateFunction[];
const COMPARATORS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[];

export const UNITS: Readonly<Record<string, Duration>> = {
  MILLISECOND,
  SECOND,
  MINUTE: 60 * SECOND,
  HOUR: 3600 * SECOND,
  DAY: 86_400 * SECOND,
};

export const KEYWORDS: ReadonlySet<string> = new Set([
  ...'SELECT FROM WINDOW WHERE GROUP BY EMIT CHANGES FINAL AS AND OR NOT TUMBLING HOPPING SIZE ADVANCE GRACE PERIOD'.split(
    ' ',
  ),
  ...AGGREGATES,
]);

/** The query of a text, and where its names stand. */
export function parseQuery(text: string): { readonly query: Query; readonly places: Places } {
  return new Parser(tokensOf(text)).query();
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly places = new Map<string, Place>();
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  query(): { query: Query; places: Places } {
    this.keyword('SELECT');
    const select = [this.item()];
    while (this.takes(',')) select.push(this.item());
    this.keyword('FROM');
    const from = this.name('stream', 'the name of a stream');
    this.keyword('WINDOW');
    const window = this.window();
    const where = this.takes('WHERE') ? { where: this.or() } : {};
    this.keyword('GROUP');
    this.keyword('BY');
    const groupBy = this.name('group', 'the name of a column');
    this.keyword('EMIT');
    const emit = this.oneOf(['CHANGES', 'FINAL']) === 'FINAL' ? 'final' : 'changes';
    this.takes(';');
    if (this.now.kind !== 'end') this.fail('the end of the query');
    return {
      query: { select, from, window, ...where, groupBy, emit },
      places: (role, name) => this.places.get(`${role} ${name}`)!,
    };
  }

  private get now(): Token {
    return this.tokens[this.at];
  }

  private item(): SelectItem {
    const word = this.now.text.toUpperCase();
    if (this.now.kind !== 'name' || !AGGREGATES.includes(word)) {
      return { kind: 'column', name: this.name('item', 'the name of a column, COUNT, SUM, MIN or MAX') };
    }
    this.at++;
    this.sign('(');
    const column = word === 'COUNT' ? {} : { column: this.name('argument', 'the name of a column') };
    if (word === 'COUNT') this.sign('*');
    this.sign(')');
    this.keyword('AS');
    const as = this.name('alias', 'a name for the column');
    return { kind: 'aggregate', of: word as AggregateFunction, ...column, as };
  }

  private window(): QueryWindow {
    const kind = this.oneOf(['TUMBLING', 'HOPPING']) === 'TUMBLING' ? 'tumbling' : 'hopping';
    this.sign('(');
    this.keyword('SIZE');
    const size = this.duration('above 0');
    let advance = size;
    if (kind === 'hopping') {
      this.sign(',');
      this.keyword('ADVANCE');
      this.keyword('BY');
      const { place } = this.now;
      advance = this.duration('above 0');
      if (advance > size) throw new QueryError(place, 'an advance that is longer than the size', 'one that is not');
    }
    let grace: { grace?: Duration } = {};
    if (this.takes(',')) {
      this.keyword('GRACE');
      this.keyword('PERIOD');
      grace = { grace: this.duration('of 0 or more') };
    }
    this.sign(')');
    return { kind, size, advance, ...grace };
  }

  private duration(range: 'above 0' | 'of 0 or more'): Duration {
    const { kind, text, place } = this.now;
    const count = Number(text);
    const isWhole = kind === 'number' && Number.isSafeInteger(count) && (count > 0 || range !== 'above 0');
    if (!isWhole) this.fail(`a whole number ${range}`);
    this.at++;
    const name = this.now.text.toUpperCase().replace(/S$/, '');
    if (this.now.kind !== 'name' || !Object.hasOwn(UNITS, name))
      this.fail('MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS');
    this.at++;
    const duration = count * UNITS[name];
    if (Number.isSafeInteger(duration)) return duration;
    throw new QueryError(place, `${text} ${name}S`, 'a time of less than a hundred days');
  }

  private or(): Condition {
    let left = this.and();
    while (this.takes('OR')) left = { kind: 'or', left, right: this.and() };
    return left;
  }

  private and(): Condition {
    let left = this.not();
    while (this.takes('AND')) left = { kind: 'and', left, right: this.not() };
    return left;
  }

  private not(): Condition {
    if (this.takes('NOT')) return { kind: 'not', of: this.not() };
    if (this.takes('(')) {
      const inner = this.or();
      this.sign(')');
      return inner;
    }
    const left = this.operand();
    const { kind, text } = this.now;
    if (kind !== 'sign' || !COMPARATORS.includes(text)) this.fail('one of = <> < <= > >=');
    this.at++;
    return { kind: 'compare', left, comparator: text as Comparator, right: this.operand() };
  }

  private operand(): Operand {
    const isNegative = this.takes('-');
    const { kind, text } = this.now;
    if (kind === 'number') {
      this.at++;
      return { kind: 'literal', value: isNegative ? -Number(text) : Number(text) };
    }
    if (isNegative) this.fail('a number');
    if (kind === 'text') {
      this.at++;
      return { kind: 'literal', value: text };
    }
    return { kind: 'column', name: this.name('operand', 'the name of a column, a number or a text in single quotes') };
  }

  private name(role: NameRole, expected: string): string {
    const { kind, text, place } = this.now;
    if (kind !== 'name' || KEYWORDS.has(text.toUpperCase())) this.fail(expected);
    this.at++;
    const known = `${role} ${text}`;
    if (!this.places.has(known)) this.places.set(known, place);
    return text;
  }

  private is(word: string): boolean {
    const { kind, text } = this.now;
    return kind === 'name' ? text.toUpperCase() === word : kind === 'sign' && text === word;
  }

  private takes(word: string): boolean {
    if (!this.is(word)) return false;
    this.at++;
    return true;
  }

  private keyword(word: string): void {
    if (!this.takes(word)) this.fail(word);
  }

  private sign(sign: string): void {
    if (!this.takes(sign)) this.fail(sign);
  }

  private oneOf(words: readonly string[]): string {
    const word = words.find((one) => this.takes(one));
    return word ?? this.fail(words.join(' or '));
  }

  private fail(expected: string): never {
    throw new QueryError(this.now.place, wordsOf(this.now), expected);
  }
}
