/** Lines: the handbook's own, structured ones that say what they were made of, plain ones that can be read back unless there is a newline in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { plainLine, STACK_TRACE, structuredLine } from '../../../../sim-core/observability/logging/log-line.ts';
import { parsePlain, recombined } from '../../../../sim-core/observability/logging/plain-parser.ts';
import { SEVERITIES, type Severity } from '../../../../sim-core/observability/signals/telemetry.ts';
import { recordOf } from './records.ts';

const STACK =
  'java.net.SocketTimeoutException: read timed out\n\tat shop.Payments.charge(Payments.java:42)\n\tat shop.Orders.place(Orders.java:17)';

/** A day has no more than 14 hours left at ten in the morning. */
const times = fc.nat({ max: 14 * 3_600_000 - 1 }).map(ms);
const severities = fc.constantFrom(...(Object.keys(SEVERITIES) as Severity[]));

/** With what JSON and lines have to take care of. */
const texts = fc.string({ unit: fc.constantFrom(...'ab 1"\\{}[]\n\t\r\0\u2028é€😀'), maxLength: 20 });

describe('a structured line', () => {
  it("is the handbook's", () => {
    const attributes = { order_id: 'o-789', amount: 129.99 };
    expect(structuredLine(recordOf({ traceId: 'abc123', spanId: 'def456', attributes }))).toBe(
      '{"timestamp":"2025-01-01T10:00:00Z","level":"INFO","service":"orders","trace_id":"abc123","span_id":"def456","event":"order.created","order_id":"o-789","amount":129.99}',
    );
  });

  it('is one line, whatever is in it, and says what it was made of', () => {
    const values = fc.oneof(texts, fc.integer(), fc.boolean());
    fc.assert(
      fc.property(
        times,
        severities,
        fc.string(),
        fc.dictionary(fc.constantFrom('order_id', 'amount', 'exception.stacktrace'), values),
        (time, severity, body, attributes) => {
          const line = structuredLine(recordOf({ time, severity, body, attributes }));
          expect(line).not.toContain('\n');
          const { timestamp, ...told } = JSON.parse(line) as Record<string, unknown>;
          expect(Date.parse(String(timestamp)) - Date.parse('2025-01-01T10:00:00Z')).toBe(time / ms(1));
          expect(told).toEqual({ level: severity, service: 'orders', event: body, ...attributes });
        },
      ),
    );
  });

  it('goes on into other days', () => {
    const line = structuredLine(recordOf({ time: ms(59 * 24 * 3_600_000) }));
    expect(JSON.parse(line)).toMatchObject({ timestamp: '2025-03-01T10:00:00Z' });
  });

  it('keeps an attribute that is called as one of its own fields', () => {
    const line = structuredLine(recordOf({ attributes: { service: 'payments', level: 3 } }));
    expect(JSON.parse(line)).toMatchObject({
      service: 'orders',
      level: 'INFO',
      'attributes.service': 'payments',
      'attributes.level': 3,
    });
  });
});

describe('a plain line', () => {
  it('has no date for a run that lasts into another day', () => {
    expect(() => plainLine(recordOf({ time: ms(14 * 3_600_000) }))).toThrow('less than 14 hours');
  });

  const withStack = recordOf({ severity: 'ERROR', body: 'Order o-7 failed', attributes: { [STACK_TRACE]: STACK } });

  it('is a sentence, and a stack trace stands in lines of its own', () => {
    expect(plainLine(recordOf({ time: ms(1234), body: 'Order o-789 created' }))).toBe(
      '2025-01-01 10:00:01.234 INFO  [orders] Order o-789 created',
    );
    expect(plainLine(withStack)).toBe(`2025-01-01 10:00:00.000 ERROR [orders] Order o-7 failed\n${STACK}`);
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(times, severities, texts, (time, severity, body) => {
        expect(parsePlain(plainLine(recordOf({ time, severity, body })))).toEqual({
          time,
          severity,
          service: 'orders',
          body,
        });
      }),
    );
  });

  it('is torn where a newline is in it: what follows is no record, has no severity and no time', () => {
    const [first, ...rest] = plainLine(withStack).split('\n');
    expect(parsePlain(first)).toMatchObject({ severity: 'ERROR', body: 'Order o-7 failed' });
    expect(rest).toHaveLength(3);
    for (const line of rest) expect(parsePlain(line)).toBeUndefined();
  });

  it('is put together again by how a record begins, unless a sentence has a line in it that begins like one', () => {
    const records = [
      plainLine(recordOf({ body: 'before' })),
      plainLine(withStack),
      plainLine(recordOf({ body: 'after' })),
    ];
    const together = (text: string): string[] =>
      recombined(text.split('\n'), (line) => line).map((lines) => lines.join('\n'));
    expect(together(records.join('\n'))).toEqual(records);
    const quoting = `${records[0]}: ${records[1]}\n${records[2]}`;
    expect(together(quoting)).not.toEqual([quoting]);
  });

  it.each(['2025-01-01 10:00:00.000 at [orders] x', '2024-12-31 10:00:00.000 INFO  [orders] x', ''])(
    'is not found in %j',
    (line) => {
      expect(parsePlain(line)).toBeUndefined();
    },
  );
});
