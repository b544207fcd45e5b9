/**
 * The continuous queries to choose from, each as its text and by hand: which orders it counts, and in which windows. The text is what runs; what
 * stands beside it is what results are held against.
 */
import { ms, type Duration } from '../../../sim-core/index.ts';
import { CENTS, LINES_MAX, PAID, type Order } from './orders.ts';

export interface QueryOptions {
  readonly windowSize: Duration;
  readonly grace: Duration;
  readonly emit: string;
}

interface ContinuousQuery {
  /** All but the windows, the customer and the end. */
  readonly select: string;
  readonly where: string;
  /** By hand: whether an order is counted, and the chance of that. */
  counts(order: Order): boolean;
  readonly share: number;
  /** Windows that a time is in: one where they tumble. */
  readonly overlap: number;
}

export const ORDERS = 'orders';
/** Orders of less than so many cents are left out by the first two. */
const CENTS_MIN = 2000;
/** And of less than so many by the last. */
const SMALL = 500;

const queryTexts = {
  turnover: {
    select: 'COUNT(*) AS orders, SUM(cents) AS turnover',
    where: `cents >= ${CENTS_MIN}`,
    counts: ({ cents }) => cents >= CENTS_MIN,
    share: 1 - (CENTS_MIN - 1) / CENTS,
    overlap: 1,
  },
  hopping: {
    select: 'COUNT(*) AS orders, MIN(cents) AS least, MAX(cents) AS most',
    where: `cents >= ${CENTS_MIN}`,
    counts: ({ cents }) => cents >= CENTS_MIN,
    share: 1 - (CENTS_MIN - 1) / CENTS,
    overlap: 2,
  },
  unpaid: {
    select: 'COUNT(*) AS orders, SUM(lines) AS items',
    where: `(paid = 'no' OR lines >= ${LINES_MAX}) AND NOT cents < ${SMALL}`,
    counts: ({ cents, paid, lines }) => cents >= SMALL && (paid === 'no' || lines === LINES_MAX),
    share: (1 - PAID * (1 - 1 / LINES_MAX)) * (1 - (SMALL - 1) / CENTS),
    overlap: 1,
  },
} satisfies Record<string, ContinuousQuery>;

export type QueryName = keyof typeof queryTexts;
export const queryNames = Object.keys(queryTexts) as QueryName[];
export const queryNamed = (name: string): ContinuousQuery => queryTexts[name as QueryName];

const milliseconds = (time: Duration): string => `${Math.round(time / ms(1))} MILLISECONDS`;

/** How far the windows of a query are apart: in whole milliseconds, as its text says it. */
export const advanceOf = (name: string, size: Duration): Duration =>
  ms(Math.round(size / queryNamed(name).overlap / ms(1)));

/** The text, in the grammar of the library's parser. */
export function queryText(name: string, { windowSize, grace, emit }: QueryOptions): string {
  const { select, where, overlap } = queryNamed(name);
  const advance = overlap === 1 ? '' : ` ADVANCE BY ${milliseconds(advanceOf(name, windowSize))},`;
  const window = `${overlap === 1 ? 'TUMBLING' : 'HOPPING'} (SIZE ${milliseconds(windowSize)},${advance} GRACE PERIOD ${milliseconds(grace)})`;
  return `
  SELECT customer, ${select}
  FROM ${ORDERS} WINDOW ${window}
  WHERE ${where}
  GROUP BY customer
  EMIT ${emit};`;
}
