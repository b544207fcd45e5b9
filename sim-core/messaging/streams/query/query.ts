/** A continuous query as data: what the parser makes of a text. */
import type { Duration } from '../../../kernel/time.ts';
import type { Emission } from '../windows.ts';
import type { Place } from './query-error.ts';

export type AggregateFunction = 'COUNT' | 'SUM' | 'MIN' | 'MAX';
export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Operand =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: number | string };

export type Condition =
  | { readonly kind: 'compare'; readonly left: Operand; readonly comparator: Comparator; readonly right: Operand }
  | { readonly kind: 'and'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition };

export type SelectItem =
  | { readonly kind: 'column'; readonly name: string }
  /** COUNT has no column: it counts all. */
  | { readonly kind: 'aggregate'; readonly of: AggregateFunction; readonly column?: string; readonly as: string };

export interface QueryWindow {
  readonly kind: 'tumbling' | 'hopping';
  readonly size: Duration;
  readonly advance: Duration;
  /** Without one, a day: what ksqlDB takes. */
  readonly grace?: Duration;
}

export interface Query {
  readonly select: readonly SelectItem[];
  readonly from: string;
  readonly window: QueryWindow;
  readonly where?: Condition;
  readonly groupBy: string;
  readonly emit: Emission;
}

export type NameRole = 'item' | 'argument' | 'alias' | 'stream' | 'operand' | 'group';

/** Where a name stands, by what it is there for; the first time, if it is there more than once. */
export type Places = (role: NameRole, name: string) => Place;
