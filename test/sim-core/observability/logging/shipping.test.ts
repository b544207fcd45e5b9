/** From a file by an agent to a store, under rotation, crashes and a store that is away: whatever was written is stored, lost with a reason, or still to be read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Call, CallFailure, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { LogAgent } from '../../../../sim-core/observability/logging/log-agent.ts';
import { LogBook } from '../../../../sim-core/observability/logging/log-book.ts';
import { logDropped } from '../../../../sim-core/observability/logging/log-facts.ts';
import { LogFile, type LogFileOptions } from '../../../../sim-core/observability/logging/log-file.ts';
import { plainReader, structuredReader } from '../../../../sim-core/observability/logging/log-reader.ts';
import { LogStore } from '../../../../sim-core/observability/logging/log-store.ts';
import { STACK_TRACE } from '../../../../sim-core/observability/logging/log-line.ts';
import { Logger } from '../../../../sim-core/observability/logging/logger.ts';
import { LogLevels } from '../../../../sim-core/observability/logging/log-levels.ts';
import { Redactor } from '../../../../sim-core/observability/logging/pii/redactor.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { INSTRUMENT_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../sim-core/observability/signals/instrumented-process.ts';
import type { LogRecord } from '../../../../sim-core/observability/signals/telemetry.ts';
import { deedsOf } from '../../../deeds.ts';
import { ORDERS, recordOf } from './records.ts';

const line = (number: number, size = 20) => ({
  text: `line ${number}`.padEnd(size),
  bytes: size,
  record: recordOf({ body: `line ${number}` }),
});

describe('a file', () => {
  it('keeps what a list cut off at its beginning would', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.nat({ max: 3 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
        fc.nat({ max: 70 }),
        fc.nat({ max: 30 }),
        (bytesMax, keeps, sizes, from, max) => {
          const file = new LogFile({ bytesMax, keeps });
          const files: { numbers: number[]; bytes: number }[] = [{ numbers: [], bytes: 0 }];
          sizes.forEach((bytes, number) => {
            file.append({ ...line(number), text: String(number), bytes });
            if (files.at(-1)!.bytes >= bytesMax) files.push({ numbers: [], bytes: 0 });
            files.at(-1)!.numbers.push(number);
            files.at(-1)!.bytes += bytes + 1;
          });
          const there = files.slice(-keeps - 1).flatMap(({ numbers }) => numbers);
          const expected = there.filter((number) => number >= from).slice(0, max);
          expect(file.read(from, max).map(({ text }) => Number(text))).toEqual(expected);
          expect([file.begin, file.end]).toEqual([there[0] ?? 0, sizes.length]);
        },
      ),
    );
  });

  it.each([
    [{ bytesMax: 0, keeps: 1 }, 'bytesMax is 0; it must be above 0'],
    [{ bytesMax: 1, keeps: 0.5 }, 'keeps is 0.5; it must be an integer of at least 0'],
  ])('refuses %j', (options, message) => {
    expect(() => new LogFile(options)).toThrow(message);
  });
});

/** Takes batches in, says so or not, as it is told. */
class Receiver implements Endpoint<ExportRequest<'logs'>, ExportResponse> {
  readonly name = 'receiver';
  readonly taken: LogRecord[] = [];
  answers: 'taken' | 'taken in silence' | CallFailure = 'taken';

  receive(call: Call<ExportRequest<'logs'>, ExportResponse>): void {
    if (this.answers === 'taken' || this.answers === 'taken in silence') this.taken.push(...call.query.items);
    if (this.answers === 'taken') call.reply({ rejected: 0 });
    else if (this.answers !== 'taken in silence') call.refuse(this.answers);
  }
}

function bench(options: LogFileOptions = { bytesMax: 1e9, keeps: 1 }) {
  const sim = new Simulation();
  const process = new InstrumentedProcess(sim, { resource: ORDERS, cores: 1, costs: INSTRUMENT_COSTS });
  const receiver = new Receiver();
  const file = new LogFile(options);
  const book = new LogBook();
  const agent = new LogAgent(sim, {
    name: 'agent',
    process,
    file,
    reader: structuredReader({ book }),
    link: new Link(sim, receiver, { from: 'agent', delay: constant(ms(1)), timeout: s(1) }),
    batchMax: 5,
    pollInterval: ms(200),
    syncPeriod: s(3),
  });
  const lost: string[] = [];
  sim.facts.channel(logDropped).listen(({ reason, records }) => {
    for (let i = 0; i < records; i++) lost.push(reason);
  });
  const write = (lines: number): void => {
    for (let i = 0; i < lines; i++) {
      const written = line(file.end);
      book.note(written.record, { statement: { severity: 'INFO', event: 'e', text: 't' }, request: file.end });
      file.append(written);
    }
  };
  const numbers = (): number[] => receiver.taken.map(({ body }) => Number(body.slice(5)));
  return { sim, file, agent, receiver, lost, write, numbers };
}

describe('an agent', () => {
  it('sends each line once and in order while all is well', () => {
    const lab = bench();
    lab.write(12);
    lab.sim.runUntil(s(1));
    lab.write(3);
    lab.sim.runUntil(s(2));
    expect(lab.numbers()).toEqual(Array.from({ length: 15 }, (_, i) => i));
    expect(lab.agent.state()).toMatchObject({ sent: 15, lost: 0, behind: 0 });
  });

  it.each(['unavailable', 'overloaded', 'timeout'] as const)('asks again when the answer is %s', (failure) => {
    const lab = bench();
    lab.receiver.answers = failure;
    lab.write(4);
    lab.sim.runUntil(s(2));
    expect(lab.numbers()).toEqual([]);
    lab.receiver.answers = 'taken';
    lab.sim.runUntil(s(8));
    expect(lab.numbers()).toEqual([0, 1, 2, 3]);
  });

  it('does not when it is an error', () => {
    const lab = bench();
    lab.receiver.answers = 'error';
    lab.write(4);
    lab.sim.runUntil(s(2));
    expect(lab.lost).toEqual(Array(4).fill('refused'));
  });

  it('sends twice what was taken in silence', () => {
    const lab = bench();
    lab.receiver.answers = 'taken in silence';
    lab.write(2);
    lab.sim.runUntil(ms(500));
    lab.receiver.answers = 'taken';
    lab.sim.runUntil(s(5));
    expect(lab.numbers()).toEqual([0, 1, 0, 1]);
  });

  it('sends twice, after a crash, what it had not written down', () => {
    const lab = bench();
    lab.write(3);
    lab.sim.runUntil(s(3.5));
    lab.write(2);
    lab.sim.runUntil(s(4));
    lab.agent.crash(s(1));
    lab.sim.runUntil(s(6));
    expect(lab.numbers()).toEqual([0, 1, 2, 3, 4, 3, 4]);
  });

  it('loses what was rotated away while it was down', () => {
    const lab = bench({ bytesMax: 60, keeps: 1 });
    lab.agent.crash(s(1));
    lab.write(20);
    lab.sim.runUntil(s(2));
    expect(lab.lost).toEqual(Array(20 - lab.numbers().length).fill('rotated away'));
    expect(lab.numbers()).toEqual(
      Array.from({ length: lab.numbers().length }, (_, i) => 20 - lab.numbers().length + i),
    );
    expect(lab.lost.length).toBeGreaterThan(0);
  });

  it('accounts for each line, whatever is done to it', () => {
    type Lab = ReturnType<typeof bench>;
    const deed = deedsOf<Lab>();
    const deeds = fc.oneof(
      deed(fc.tuple(fc.integer({ min: 1, max: 12 })), (lab, lines) => lab.write(lines)),
      deed(fc.tuple(fc.integer({ min: 1, max: 4000 })), (lab, wait) => lab.sim.runUntil(lab.sim.now + ms(wait))),
      deed(fc.tuple(fc.integer({ min: 1, max: 2000 })), (lab, downtime) => lab.agent.crash(ms(downtime))),
      deed(
        fc.tuple(fc.constantFrom<Receiver['answers']>('taken', 'taken in silence', 'unavailable', 'error')),
        (lab, answers) => {
          lab.receiver.answers = answers;
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(deeds, { maxLength: 20 }),
        fc.integer({ min: 40, max: 400 }),
        fc.nat({ max: 2 }),
        (done, bytesMax, keeps) => {
          const lab = bench({ bytesMax, keeps });
          for (const one of done) {
            one(lab);
            expect(lab.agent.violations()).toEqual([]);
          }
          lab.receiver.answers = 'taken';
          // Longer than the longest wait between two tries, and the downtime.
          lab.sim.runUntil(lab.sim.now + s(40));
          const there = new Set(lab.numbers());
          expect(lab.agent.state()).toMatchObject({ behind: 0 });
          // A line that was taken in silence, or before a crash, can be counted as lost as well.
          expect(there.size + lab.lost.length).toBeGreaterThanOrEqual(lab.file.end);
          for (let number = 0; number < lab.file.end - lab.lost.length; number++)
            if (lab.lost.length === 0) expect(there).toContain(number);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a reader', () => {
  const stacked = recordOf({
    severity: 'ERROR',
    body: 'Order o-7 failed',
    attributes: { [STACK_TRACE]: 'Timeout\n\tat Orders:17' },
  });
  const shipped = (format: 'plain' | 'structured', joinsLines: boolean, redactor?: Redactor): readonly LogRecord[] => {
    const sim = new Simulation();
    const process = new InstrumentedProcess(sim, { resource: ORDERS, cores: 1, costs: INSTRUMENT_COSTS });
    const book = new LogBook();
    const file = new LogFile({ bytesMax: 1e6, keeps: 0 });
    const logger = new Logger({
      process,
      format,
      levels: new LogLevels('INFO'),
      book,
      write: (one) => file.append(one),
    });
    const statement = { severity: 'ERROR', event: 'order.failed', text: 'Order {order_id} of {user} failed' } as const;
    logger.log(statement, { order_id: 'o-7', user: 'a@example.com', ...stacked.attributes }, { request: 7 });
    const reader =
      format === 'plain'
        ? plainReader({ book, resource: ORDERS, joinsLines, redactor })
        : structuredReader({ book, redactor });
    const records = reader.recordsOf(file.read(0, 10), ms(5));
    for (const record of records) expect(book.originOf(record)).toEqual({ statement, request: 7 });
    return records;
  };

  it('of structured lines gives what was written, stack trace and all', () => {
    const [record, ...more] = shipped('structured', false);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ severity: 'ERROR', attributes: { order_id: 'o-7', ...stacked.attributes } });
    expect(JSON.parse(record.body)).toMatchObject({ level: 'ERROR', event: 'order.failed', order_id: 'o-7' });
  });

  it('of plain lines gives a record a line: the lines of a stack trace are records without a severity of their own', () => {
    expect(shipped('plain', false).map(({ severity, time, body }) => [severity, time, body])).toEqual([
      ['ERROR', 0, '2025-01-01 10:00:00.000 ERROR [orders] Order o-7 of a@example.com failed'],
      ['INFO', ms(5), 'Timeout'],
      ['INFO', ms(5), '\tat Orders:17'],
    ]);
  });

  it('puts them together if it is told how a record begins', () => {
    expect(shipped('plain', true).map(({ severity }) => severity)).toEqual(['ERROR']);
  });

  it('redacts what it has read: fields where there are any, else what patterns find', () => {
    const redactor = new Redactor({
      fields: { order_id: 'drop' },
      others: 'keep',
      patterns: ['email'],
      found: 'mask',
      key: 'k',
    });
    const [structured] = shipped('structured', false, redactor);
    expect(JSON.parse(structured.body)).not.toHaveProperty('order_id');
    expect(structured.body).toContain('"user":"[email]"');
    expect(shipped('plain', false, redactor)[0].body).toContain('Order o-7 of [email] failed');
  });
});

describe('a store', () => {
  const storeOf = (chunkBytes: number, labels: (record: LogRecord) => Record<string, string>): LogStore =>
    new LogStore(new Simulation(), { name: 'logs', labels, lineOf: ({ body }) => body, chunkBytes, scanRate: 1e6 });
  const take = (store: LogStore, items: readonly LogRecord[]): void => {
    store.receive({ query: { kind: 'logs', items, bytes: 0 }, reply: () => {} } as unknown as Call<
      ExportRequest<'logs'>,
      ExportResponse
    >);
  };

  it('answers as if it looked at all that it has, and looks at no less than what it finds', () => {
    const record = fc.record({
      time: fc.nat({ max: 100 }),
      severity: fc.constantFrom('INFO', 'ERROR'),
      body: fc.constantFrom('a', 'bb', 'ccc'),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat({ max: 100 }),
        fc.nat({ max: 100 }),
        fc.constantFrom(undefined, 'INFO', 'ERROR'),
        (drawn, chunkBytes, from, to, severity) => {
          const store = storeOf(chunkBytes, (one) => ({ level: one.severity }));
          const records = drawn.map((one) => recordOf(one as Partial<LogRecord>));
          take(store, records);
          const answer = store.query({
            labels: severity === undefined ? {} : { level: severity },
            from,
            to,
            matches: ({ body }) => body !== 'a',
          });
          const expected = records
            .filter(
              (one) =>
                (severity === undefined || one.severity === severity) &&
                one.time >= from &&
                one.time <= to &&
                one.body !== 'a',
            )
            .sort((a, b) => a.time - b.time);
          expect(answer.records.map(({ time }) => time)).toEqual(expected.map(({ time }) => time));
          expect(new Set(answer.records)).toEqual(new Set(expected));
          const bytes = (some: readonly LogRecord[]): number =>
            some.reduce((sum, { body }) => sum + body.length + 1, 0);
          expect(answer.bytesScanned).toBeGreaterThanOrEqual(bytes(expected));
          expect(answer.bytesScanned).toBeLessThanOrEqual(bytes(records));
          expect(answer.duration).toBe(answer.bytesScanned * 1000);
          expect(store.violations()).toEqual([]);
        },
      ),
    );
  });

  it('has a stream for each set of labels, and reads chunks whole', () => {
    const records = Array.from({ length: 100 }, (_, i) => recordOf({ time: i, body: 'x'.repeat(9), traceId: `t${i}` }));
    const one = { from: 50, to: 50, matches: () => true };
    const [byService, byTrace] = [
      storeOf(200, () => ({ service: 'orders' })),
      storeOf(200, ({ traceId }) => ({ traceId })),
    ];
    for (const store of [byService, byTrace]) take(store, records);
    expect(byService.state()).toMatchObject({ streams: 1, chunks: 5 });
    expect(byService.query({ labels: {}, ...one })).toMatchObject({ bytesScanned: 200 });
    expect(byTrace.state()).toMatchObject({ streams: 100, chunks: 100 });
    expect(byTrace.query({ labels: { traceId: 't50' }, ...one })).toMatchObject({ bytesScanned: 10 });
  });

  it.each([
    [{ chunkBytes: 0, scanRate: 1 }, 'chunkBytes is 0; it must be above 0'],
    [{ chunkBytes: 1, scanRate: 0 }, 'scanRate is 0; it must be above 0'],
  ])('refuses %j', (options, message) => {
    expect(
      () =>
        new LogStore(new Simulation(), { name: 'logs', labels: () => ({}), lineOf: ({ body }) => body, ...options }),
    ).toThrow(message);
  });
});
