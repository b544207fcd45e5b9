/** Continuous queries: parsed and printed, what is wrong in words, and run beside the obvious loop over all records. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../../../sim-core/kernel/time.ts';
import { compileQuery, holds } from '../../../../sim-core/messaging/streams/query/compile.ts';
import { KEYWORDS, parseQuery } from '../../../../sim-core/messaging/streams/query/parser.ts';
import { printQuery } from './query-printer.ts';
import { QueryError } from '../../../../sim-core/messaging/streams/query/query-error.ts';
import type {
  Comparator,
  Condition,
  Operand,
  Query,
  SelectItem,
} from '../../../../sim-core/messaging/streams/query/query.ts';
import { StateStore } from '../../../../sim-core/messaging/streams/state-store.ts';
import type { RecordFields, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { built } from '../../../../sim-core/messaging/streams/topology.ts';

const SCHEMA = {
  stream: 'orders',
  key: 'customer',
  columns: { customer: 'number', cents: 'number', paid: 'text' },
} as const;
const QUERY = `SELECT customer, COUNT(*) AS orders, SUM(cents) AS total
FROM orders
WINDOW TUMBLING (SIZE 5 SECONDS, GRACE PERIOD 2 SECONDS)
WHERE cents >= 100 AND paid = 'yes'
GROUP BY customer
EMIT FINAL;`;

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/).filter((one) => !KEYWORDS.has(one.toUpperCase()));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(MILLISECOND, SECOND, 60 * SECOND))
  .map(([n, unit]) => n * unit);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  name.map((one) => ({ kind: 'column' as const, name: one })),
  fc
    .oneof(
      fc.integer({ min: -99, max: 99 }).filter((n) => !Object.is(n, -0)),
      fc.string({ maxLength: 5 }),
    )
    .map((value) => ({ kind: 'literal' as const, value })),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
  const of = (kind: 'and' | 'or'): fc.Arbitrary<Condition> =>
    fc.record({ left: tie('condition'), right: tie('condition') }).map((sides) => ({ kind, ...sides }));
  const compare = fc
    .record({ left: operand, comparator: fc.constantFrom<Comparator>('=', '<>', '<', '<=', '>', '>='), right: operand })
    .map((parts): Condition => ({ kind: 'compare', ...parts }));
  const not = tie('condition').map((inner): Condition => ({ kind: 'not', of: inner }));
  return { condition: fc.oneof({ maxDepth: 3, withCrossShrink: true }, compare, of('and'), of('or'), not) };
});
const item: fc.Arbitrary<SelectItem> = fc.oneof(
  fc.record({ kind: fc.constant('column'), name }),
  fc.record({ kind: fc.constant('aggregate'), of: fc.constant('COUNT'), as: name }),
  fc.record({ kind: fc.constant('aggregate'), of: fc.constantFrom('SUM', 'MIN', 'MAX'), column: name, as: name }),
) as fc.Arbitrary<SelectItem>;
const window = fc.oneof(
  duration.map((size) => ({ kind: 'tumbling' as const, size, advance: size })),
  fc
    .tuple(duration, duration)
    .map(([a, b]) => ({ kind: 'hopping' as const, size: Math.max(a, b), advance: Math.min(a, b) })),
);
const query: fc.Arbitrary<Query> = fc
  .tuple(
    fc.record({
      select: fc.array(item, { minLength: 1, maxLength: 4 }),
      from: name,
      window,
      groupBy: name,
      emit: fc.constantFrom('changes', 'final'),
    }),
    fc.option(duration),
    fc.option(condition),
  )
  .map(([parts, grace, where]) => ({
    ...parts,
    window: grace === null ? parts.window : { ...parts.window, grace },
    ...(where === null ? {} : { where }),
  })) as fc.Arbitrary<Query>;

it('parses what it prints, to the same query', () => {
  fc.assert(
    fc.property(query, (drawn) => {
      expect(parseQuery(printQuery(drawn)).query).toEqual(drawn);
    }),
  );
});

it('says of any text what is wrong with it, or takes it', () => {
  const damage = fc.tuple(query, fc.nat(), fc.nat(6), fc.string({ maxLength: 6 })).map(([drawn, at, length, put]) => {
    const text = printQuery(drawn);
    const place = at % text.length;
    return text.slice(0, place) + put + text.slice(place + length);
  });
  fc.assert(
    fc.property(fc.oneof(damage, fc.string()), (text) => {
      try {
        parseQuery(text);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
        const { line, column } = error as QueryError;
        const lines = text.split('\n');
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

describe('what is wrong is said in words', () => {
  const wrong: [string, string, string][] = [
    ['FROM', 'FORM', 'line 2, column 1: found FORM; expected FROM'],
    ['GROUP BY customer', 'GROUP BY', 'line 6, column 1: found EMIT; expected the name of a column'],
    ['FINAL;', 'FINALLY;', 'line 6, column 6: found FINALLY; expected CHANGES or FINAL'],
    ["'yes'", "'yes", 'line 4, column 31: found a text that does not end; expected a name'],
    ['SIZE 5 SECONDS', 'SIZE 0 SECONDS', 'line 3, column 23: found the number 0; expected a whole number above 0'],
    ['5 SECONDS', '5 FORTNIGHTS', 'found FORTNIGHTS; expected MILLISECONDS, SECONDS'],
    [
      'TUMBLING (SIZE 5 SECONDS',
      'HOPPING (SIZE 5 SECONDS, ADVANCE BY 6 SECONDS',
      'found an advance that is longer than the size',
    ],
    ['COUNT(*)', 'COUNT(cents)', 'line 1, column 24: found cents; expected *'],
    ['EMIT FINAL;', 'EMIT FINAL; SELECT', 'found SELECT; expected the end of the query'],
    ['FROM orders', 'FROM order_lines', 'line 2, column 6: found order_lines; expected the stream orders'],
    ['BY customer', 'BY cents', 'line 5, column 10: found cents; expected customer, the key of the stream'],
    ['SUM(cents)', 'SUM(paid)', 'found paid; expected a column of numbers: customer, cents'],
    ['cents >=', 'cent >=', 'found cent; expected one of customer, cents, paid'],
    ['paid =', 'cents =', 'found cents; expected two numbers or two texts'],
    ['AS total', 'AS orders', 'found orders; expected a name that nothing else has'],
    ['customer, COUNT', 'paid, COUNT', 'found paid; expected customer, WINDOWSTART, WINDOWEND or an aggregate'],
  ];
  it.each(wrong)('%s as %s', (right, put, message) => {
    expect(() => compileQuery(QUERY.replace(right, put), SCHEMA, 'store', 'out')).toThrow(message);
  });
});

interface Row {
  readonly customer: number;
  readonly cents: number;
  readonly paid: string;
  readonly timestamp: number;
}

const rows = fc.array(
  fc.record<Row>({
    customer: fc.integer({ min: 0, max: 2 }),
    cents: fc.integer({ min: 50, max: 150 }),
    paid: fc.constantFrom('yes', 'no'),
    timestamp: fc.integer({ min: 0, max: 30 }).map((time) => time * SECOND),
  }),
  { maxLength: 40 },
);

/** Runs a query over rows, in the order in which they come; gives its results, and what was left out of how many windows. */
function ran(text: string, input: readonly Row[]): { results: StreamRecord[]; dropped: number } {
  const results: StreamRecord[] = [];
  let dropped = 0;
  const store = new StateStore('store', () => {});
  const topology = compileQuery(text, SCHEMA, 'store', 'out');
  const emit = built(topology, {
    store: () => store,
    send: (_topic, record) => void results.push(record),
    drop: () => void dropped++,
  }).get('orders')!;
  for (const { customer: key, timestamp, ...value } of input) emit({ key, value: value as RecordFields, timestamp });
  return { results, dropped };
}

/** What is in a window, and the largest time of it. */
interface OfWindow {
  readonly orders: number;
  readonly total: number;
  readonly latest: number;
}

/** What results say, as they are worked out by hand. */
function expectSaid(results: Iterable<StreamRecord>, windows: ReadonlyMap<string, OfWindow>): void {
  for (const { key, value, timestamp } of results) {
    const { latest, ...said } = windows.get(key as string)!;
    expect(value).toMatchObject(said);
    expect(timestamp).toBe(latest);
  }
}

/** The same by hand: every window that there can be, with those rows that are not too late for it. */
function byHand(input: readonly Row[], size: number, advance: number, grace: number, closedOnly: boolean) {
  const kept = input.filter(({ cents, paid }) => cents >= 100 && paid === 'yes');
  const timeUpTo = kept.map((_, i) => Math.max(...kept.slice(0, i + 1).map(({ timestamp }) => timestamp)));
  const end = timeUpTo.at(-1) ?? -Infinity;
  const windows = new Map<string, OfWindow>();
  let dropped = 0;
  for (let start = 0; start <= 30; start += advance) {
    const isIn = ({ timestamp }: Row): boolean => timestamp >= start * SECOND && timestamp < (start + size) * SECOND;
    const isLate = (i: number): boolean => (start + size) * SECOND <= timeUpTo[i] - grace * SECOND;
    kept.forEach((row, i) => {
      if (!isIn(row)) return;
      if (isLate(i)) return void dropped++;
      if (closedOnly && (start + size + grace) * SECOND > end) return;
      const place = `${row.customer}@${start * SECOND}`;
      const { orders, total, latest } = windows.get(place) ?? { orders: 0, total: 0, latest: 0 };
      const of = { orders: orders + 1, total: total + row.cents, latest: Math.max(latest, row.timestamp) };
      windows.set(place, of);
    });
  }
  return { windows, dropped };
}

const shapes: [string, number, number, number][] = [
  ['TUMBLING (SIZE 5 SECONDS, GRACE PERIOD 2 SECONDS)', 5, 5, 2],
  ['TUMBLING (SIZE 4 SECONDS, GRACE PERIOD 0 SECONDS)', 4, 4, 0],
  ['HOPPING (SIZE 6 SECONDS, ADVANCE BY 2 SECONDS, GRACE PERIOD 1 SECOND)', 6, 2, 1],
  ['HOPPING (SIZE 5 SECONDS, ADVANCE BY 3 SECONDS, GRACE PERIOD 4 SECONDS)', 5, 3, 4],
];

describe.each(shapes)('over %s', (text, size, advance, grace) => {
  const shaped = QUERY.replace(/WINDOW .*/, `WINDOW ${text}`);

  it('final results are those of all rows that are not late, each window once, whatever the order of arrival', () => {
    fc.assert(
      fc.property(rows, (input) => {
        const { results, dropped } = ran(shaped, input);
        const hand = byHand(input, size, advance, grace, true);
        expect(results).toHaveLength(hand.windows.size);
        expect(dropped).toBe(hand.dropped);
        expectSaid(results, hand.windows);
      }),
    );
  });

  it('with each change, the last result of a window is that', () => {
    fc.assert(
      fc.property(rows, (input) => {
        const { results } = ran(shaped.replace('FINAL', 'CHANGES'), input);
        const hand = byHand(input, size, advance, grace, false);
        const last = new Map(results.map((result) => [result.key, result]));
        expect(last.size).toBe(hand.windows.size);
        expectSaid(last.values(), hand.windows);
      }),
    );
  });
});

it('finds a late row that is counted', () => {
  // As if the grace were longer than it is.
  const counting = QUERY.replace('PERIOD 2 SECONDS', 'PERIOD 3 SECONDS');
  const property = fc.property(rows, (input) => ran(counting, input).dropped === byHand(input, 5, 5, 2, true).dropped);
  expect(fc.check(property, { numRuns: 1000 }).failed).toBe(true);
});

it('holds what its condition says, as the same written in code', () => {
  const { query: parsed } = parseQuery(
    QUERY.replace(/WHERE .*/, "WHERE NOT (cents < 100 OR paid <> 'yes') AND customer != 1"),
  );
  for (const cents of [99, 100]) {
    for (const paid of ['yes', 'no']) {
      for (const key of [1, 2]) {
        const isMet = !(cents < 100 || paid !== 'yes') && key !== 1;
        expect(holds(parsed.where!, { key, value: { cents, paid }, timestamp: 0 }, 'customer')).toBe(isMet);
      }
    }
  }
});
