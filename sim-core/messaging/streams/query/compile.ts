/**
 * Makes a topology of a continuous query. The stream's columns are its records' fields and its key; to group by another column than
 * the key takes a topic that is partitioned by that column, which is not modelled, and is refused.
 */
import { SECOND } from '../../../kernel/time.ts';
import { fieldsOf, type RecordFields, type StreamRecord } from '../stream-record.ts';
import { chain, filter, mapValues, to, type Topology } from '../topology.ts';
import { aggregateByWindow, GROUP_KEY, ROW_TIME, WINDOW_END, WINDOW_START, type Aggregation } from '../windows.ts';
import { parseQuery } from './parser.ts';
import type { AggregateFunction, Comparator, Condition, NameRole, Operand, Places, Query } from './query.ts';
import { QueryError } from './query-error.ts';

export interface StreamSchema {
  /** The name of the stream, which is that of its topic. */
  readonly stream: string;
  /** The column that is the records' key. */
  readonly key: string;
  /** All of them, the key among them: the others are fields of the value. */
  readonly columns: Readonly<Record<string, 'number' | 'text'>>;
}

/** What ksqlDB takes where a query says nothing. */
const DEFAULT_GRACE = 86_400 * SECOND;
/** Columns of a window, by their names in SQL. */
const OF_WINDOW: Readonly<Record<string, string>> = { WINDOWSTART: WINDOW_START, WINDOWEND: WINDOW_END };

/** Names that results have already. */
const RESERVED: readonly string[] = [GROUP_KEY, WINDOW_START, WINDOW_END, ROW_TIME];

/** The topology of a query, with a store of that name, whose results go to a topic. */
export function compileQuery(text: string, schema: StreamSchema, store: string, sink: string): Topology {
  const { query, places } = parseQuery(text);
  check(query, places, schema);
  const { select, where, window, emit, groupBy } = query;
  const { size, advance, grace = DEFAULT_GRACE } = window;
  const operator = chain(
    filter((record) => where === undefined || holds(where, record, groupBy)),
    aggregateByWindow(store, { size, advance, grace }, aggregationOf(query), emit),
    mapValues(({ value }) => picked(value as RecordFields, select)),
    to(sink),
  );
  return { stores: [store], sources: { [query.from]: operator }, sinks: [sink] };
}

function check({ select, from, where, groupBy }: Query, places: Places, schema: StreamSchema): void {
  const { stream, key, columns } = schema;
  const fail = (role: NameRole, name: string, expected: string): never => {
    throw new QueryError(places(role, name), name, expected);
  };
  if (from !== stream) fail('stream', from, `the stream ${stream}`);
  if (groupBy !== key) fail('group', groupBy, `${key}, the key of the stream: to group by another takes another topic`);
  const taken = new Set<string>(RESERVED);
  for (const item of select) {
    if (item.kind === 'column') {
      if (item.name === key || Object.hasOwn(OF_WINDOW, item.name.toUpperCase())) continue;
      fail('item', item.name, `${key}, WINDOWSTART, WINDOWEND or an aggregate: what is not grouped by has many values`);
    } else {
      if (item.column !== undefined && columns[item.column] !== 'number') {
        const numbers = Object.keys(columns).filter((name) => columns[name] === 'number');
        fail('argument', item.column, `a column of numbers: ${numbers.join(', ')}`);
      }
      if (taken.has(item.as))
        fail('alias', item.as, `a name that nothing else has, and none of ${RESERVED.join(', ')}`);
      taken.add(item.as);
    }
  }
  if (where !== undefined) checkCondition(where, columns, fail);
}

function checkCondition(
  condition: Condition,
  columns: StreamSchema['columns'],
  fail: (role: NameRole, name: string, expected: string) => never,
): void {
  if (condition.kind === 'not') return checkCondition(condition.of, columns, fail);
  if (condition.kind !== 'compare') {
    checkCondition(condition.left, columns, fail);
    checkCondition(condition.right, columns, fail);
    return;
  }
  const { left, right } = condition;
  const [ofLeft, ofRight] = [left, right].map((operand) => {
    if (operand.kind === 'literal') return typeof operand.value === 'number' ? 'number' : 'text';
    return columns[operand.name] ?? fail('operand', operand.name, `one of ${Object.keys(columns).join(', ')}`);
  });
  if (ofLeft === ofRight) return;
  for (const operand of [left, right]) {
    if (operand.kind === 'column') fail('operand', operand.name, 'two numbers or two texts to be compared');
  }
}

/** Whether a condition holds of a record; a field that is not there is like nothing. */
export function holds(condition: Condition, record: StreamRecord, key: string): boolean {
  if (condition.kind === 'not') return !holds(condition.of, record, key);
  if (condition.kind === 'and') return holds(condition.left, record, key) && holds(condition.right, record, key);
  if (condition.kind === 'or') return holds(condition.left, record, key) || holds(condition.right, record, key);
  const left = valueOf(condition.left, record, key);
  const right = valueOf(condition.right, record, key);
  return left !== undefined && right !== undefined && COMPARE[condition.comparator](left, right);
}

type Comparable = number | string;

const COMPARE: Readonly<Record<Comparator, (left: Comparable, right: Comparable) => boolean>> = {
  '=': (left, right) => left === right,
  '<>': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function valueOf(operand: Operand, record: StreamRecord, key: string): Comparable | undefined {
  if (operand.kind === 'literal') return operand.value;
  return operand.name === key ? record.key : fieldsOf(record)[operand.name];
}

const ADD: Readonly<Record<AggregateFunction, (before: number, value: number) => number>> = {
  COUNT: (before) => before + 1,
  SUM: (before, value) => before + value,
  MIN: Math.min,
  MAX: Math.max,
};
const INITIAL: Readonly<Record<AggregateFunction, number>> = { COUNT: 0, SUM: 0, MIN: Infinity, MAX: -Infinity };

function aggregationOf({ select, groupBy }: Query): Aggregation {
  const items = select.flatMap((item) => (item.kind === 'aggregate' ? [item] : []));
  return {
    initial: Object.fromEntries(items.map(({ of, as }) => [as, INITIAL[of]])),
    add(aggregate, record) {
      const added: Record<string, number | string> = { ...aggregate };
      for (const { of, column = groupBy, as } of items) {
        const value = column === groupBy ? record.key : fieldsOf(record)[column];
        added[as] = ADD[of](aggregate[as] as number, Number(value));
      }
      return added;
    },
  };
}

/** What the query asks for of a result, and its window. */
function picked(result: RecordFields, select: Query['select']): RecordFields {
  const fields: Record<string, number | string> = {
    [WINDOW_START]: result[WINDOW_START],
    [WINDOW_END]: result[WINDOW_END],
  };
  for (const item of select) {
    if (item.kind === 'aggregate') fields[item.as] = result[item.as];
    else fields[item.name] = result[OF_WINDOW[item.name.toUpperCase()] ?? GROUP_KEY];
  }
  return fields;
}
