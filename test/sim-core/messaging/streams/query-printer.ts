/** The text of a query: what the parser makes this query of again. */
import type { Duration } from '../../../../sim-core/kernel/time.ts';
import { UNITS } from '../../../../sim-core/messaging/streams/query/parser.ts';
import type {
  Condition,
  Operand,
  Query,
  QueryWindow,
  SelectItem,
} from '../../../../sim-core/messaging/streams/query/query.ts';

export function printQuery({ select, from, window, where, groupBy, emit }: Query): string {
  const lines = [
    `SELECT ${select.map(printItem).join(', ')}`,
    `FROM ${from}`,
    `WINDOW ${printWindow(window)}`,
    ...(where === undefined ? [] : [`WHERE ${printCondition(where)}`]),
    `GROUP BY ${groupBy}`,
    `EMIT ${emit.toUpperCase()};`,
  ];
  return lines.join('\n');
}

const printItem = (item: SelectItem): string =>
  item.kind === 'column' ? item.name : `${item.of}(${item.column ?? '*'}) AS ${item.as}`;

function printWindow({ kind, size, advance, grace }: QueryWindow): string {
  const parts = [
    `SIZE ${printDuration(size)}`,
    ...(kind === 'hopping' ? [`ADVANCE BY ${printDuration(advance)}`] : []),
    ...(grace === undefined ? [] : [`GRACE PERIOD ${printDuration(grace)}`]),
  ];
  return `${kind.toUpperCase()} (${parts.join(', ')})`;
}

/** In the largest unit of which it is a whole number. */
function printDuration(duration: Duration): string {
  const [name, unit] = Object.entries(UNITS).findLast(([, one]) => duration % one === 0)!;
  return `${duration / unit} ${name}S`;
}

/** How closely each kind binds. */
const BINDING = { or: 0, and: 1, not: 2, compare: 2 } as const;

function printCondition(condition: Condition): string {
  if (condition.kind === 'compare') {
    const { left, comparator, right } = condition;
    return `${printOperand(left)} ${comparator} ${printOperand(right)}`;
  }
  if (condition.kind === 'not') return `NOT ${within(condition.of, BINDING.not)}`;
  const { kind, left, right } = condition;
  // To the right of its own kind it would be read as to the left.
  return `${within(left, BINDING[kind])} ${kind.toUpperCase()} ${within(right, BINDING[kind] + 1)}`;
}

const within = (condition: Condition, binding: number): string =>
  BINDING[condition.kind] < binding ? `(${printCondition(condition)})` : printCondition(condition);

function printOperand(operand: Operand): string {
  if (operand.kind === 'column') return operand.name;
  const { value } = operand;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
