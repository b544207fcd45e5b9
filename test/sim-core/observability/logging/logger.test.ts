/** A logger: what each decision costs the thread, what is written, and that nothing that was passed to it is unaccounted for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { tokenBucket } from '../../../../sim-core/network/resilience/rate-limiting/token-bucket.ts';
import { LogBook } from '../../../../sim-core/observability/logging/log-book.ts';
import { logDropped } from '../../../../sim-core/observability/logging/log-facts.ts';
import { LogLevels } from '../../../../sim-core/observability/logging/log-levels.ts';
import type { LogStatement } from '../../../../sim-core/observability/logging/log-line.ts';
import { Logger, type LoggerOptions } from '../../../../sim-core/observability/logging/logger.ts';
import { logSamplers } from '../../../../sim-core/observability/logging/log-samplers.ts';
import { Redactor } from '../../../../sim-core/observability/logging/pii/redactor.ts';
import { INSTRUMENT_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../sim-core/observability/signals/instrumented-process.ts';
import { SEVERITIES, type Severity } from '../../../../sim-core/observability/signals/telemetry.ts';
import { ORDERS } from './records.ts';

const CREATED: LogStatement = { severity: 'INFO', event: 'order.created', text: 'Order {order_id} created for {user}' };
const of = (severity: Severity): LogStatement => ({ ...CREATED, severity });
const ORDER = { order_id: 'o-7', user: 'a@example.com' };
const SCOPE = { request: 7 };

function bench(options: Partial<LoggerOptions> = {}) {
  const sim = new Simulation();
  const process = new InstrumentedProcess(sim, { resource: ORDERS, cores: 1, costs: INSTRUMENT_COSTS });
  const lines: string[] = [];
  const dropped: string[] = [];
  sim.facts.channel(logDropped).listen(({ reason }) => dropped.push(reason));
  const logger = new Logger({
    process,
    format: 'structured',
    levels: new LogLevels('INFO'),
    book: new LogBook(),
    write: ({ text }) => lines.push(text),
    ...options,
  });
  /** How long work takes that needs no time, after what was done. */
  const owed = (): number => {
    let done = Number.NaN;
    const work = function* (): Behaviour {
      yield* process.work(0, 'work');
      done = sim.now;
    };
    spawn(sim, 'work', work());
    sim.runUntil(s(1));
    return done;
  };
  return { sim, process, logger, lines, dropped, owed };
}

describe('what it costs', () => {
  it('next to nothing below the level', () => {
    const { logger, lines, dropped, owed } = bench();
    for (let i = 0; i < 100; i++) logger.log(of('DEBUG'), ORDER, SCOPE);
    expect([lines, dropped]).toEqual([[], []]);
    expect(owed()).toBe(100 * INSTRUMENT_COSTS.disabledLogRecord);
  });

  it('a record, its attributes and its bytes for a line', () => {
    const { logger, lines, owed } = bench();
    logger.log(CREATED, ORDER, SCOPE);
    const { disabledLogRecord, logRecord, attribute, byte } = INSTRUMENT_COSTS;
    expect(owed()).toBe(disabledLogRecord + logRecord + 2 * attribute + lines[0].length * byte);
  });

  it('and each character that a redactor looks through', () => {
    const redactor = new Redactor({ fields: {}, others: 'keep', patterns: ['email'], found: 'mask', key: 'k' });
    const { logger, lines, owed } = bench({ redactor });
    logger.log(CREATED, ORDER, SCOPE);
    const { disabledLogRecord, logRecord, attribute, byte, scannedCharacter } = INSTRUMENT_COSTS;
    const scanned = 'order.created'.length + 'o-7'.length + 'a@example.com'.length;
    expect(lines[0]).toContain('"user":"[email]"');
    expect(owed()).toBe(
      disabledLogRecord + logRecord + 2 * attribute + lines[0].length * byte + scanned * scannedCharacter,
    );
  });
});

describe('what it writes', () => {
  it('fields, with the ids of the span that is in progress', () => {
    const { logger, lines } = bench();
    logger.log(CREATED, ORDER, {
      request: 7,
      context: { traceId: 'abc', spanId: 'def', isSampled: true, traceState: '' },
    });
    expect(JSON.parse(lines[0])).toMatchObject({ trace_id: 'abc', span_id: 'def', event: 'order.created', ...ORDER });
  });

  it('or a sentence that has them in it', () => {
    const { logger, lines } = bench({ format: 'plain' });
    logger.log({ ...CREATED, text: 'Order {order_id} created for {user} by {whom}' }, ORDER, SCOPE);
    expect(lines).toEqual(['2025-01-01 10:00:00.000 INFO  [orders] Order o-7 created for a@example.com by {whom}']);
  });

  it('in a sampled one for how many it stands', () => {
    const sampler = logSamplers['by-line']({ oneIn: 50, keepFrom: 'WARN', draws: { next: () => 0, integer: () => 0 } });
    const { logger, lines } = bench({ sampler });
    logger.log(CREATED, ORDER, SCOPE);
    logger.log(of('ERROR'), ORDER, SCOPE);
    expect(JSON.parse(lines[0])).toMatchObject({ sample_rate: 50 });
    expect(lines[1]).not.toContain('sample_rate');
  });

  it('after a limit has held some back, how many', () => {
    const limiter = tokenBucket({ perSecond: 1, burst: 2, queueMax: 1, window: s(1) });
    const { sim, logger, lines, dropped } = bench({ limiter });
    for (let i = 0; i < 5; i++) logger.log(CREATED, ORDER, SCOPE);
    sim.schedule(ms(1500), () => logger.log(CREATED, ORDER, SCOPE), undefined);
    sim.runUntil(s(2));
    expect(dropped).toEqual(['rate limit', 'rate limit', 'rate limit']);
    expect(lines.map((line) => (JSON.parse(line) as { suppressed?: number }).suppressed)).toEqual([
      undefined,
      undefined,
      3,
    ]);
  });
});

it('accounts for all that is passed to it, and drops nothing severe by sampling', () => {
  const severities = Object.keys(SEVERITIES) as Severity[];
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom(...severities), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        {
          maxLength: 60,
        },
      ),
      fc.constantFrom(...severities),
      fc.option(fc.integer({ min: 1, max: 20 })),
      (passed, base, burst) => {
        let draw = 0;
        const sampler = logSamplers['by-line']({
          oneIn: 3,
          keepFrom: 'WARN',
          draws: { next: () => draw, integer: () => 0 },
        });
        const limiter =
          burst === null ? {} : { limiter: tokenBucket({ perSecond: 1, burst, queueMax: 1, window: s(1) }) };
        const { logger, lines, dropped } = bench({ levels: new LogLevels(base), sampler, ...limiter });
        const levels = new LogLevels(base);
        let disabled = 0;
        for (const [severity, share] of passed) {
          if (!levels.isEnabled(severity, 0)) disabled++;
          draw = share;
          const before = dropped.length;
          logger.log(of(severity), ORDER, SCOPE);
          if (SEVERITIES[severity] >= SEVERITIES.WARN) expect(dropped[before]).not.toBe('sampled out');
        }
        expect(lines.length + dropped.length + disabled).toBe(passed.length);
        expect(logger.violations()).toEqual([]);
      },
    ),
  );
});
