/**
 * A logger in a process: it decides for each statement that the code passes whether a line is written, makes the line and hands it on,
 * all on the thread that passes the statement. What it decides first costs least: the level, then sampling, then a limit of
 * lines a second; only then is a line redacted and made (https://logback.qos.ch/manual/architecture.html#UnderTheHood).
 *
 * A limit counts what it holds back, and the next line says how many that was, as the Linux kernel's does ("callbacks
 * suppressed", lib/ratelimit.c). Does not model a logger's own buffers and locks.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { utf8Length } from '../../messaging/schema/utf8.ts';
import type { RateLimiter } from '../../network/resilience/rate-limiting/rate-limiter.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import type { Attributes, LogRecord, SpanContext } from '../signals/telemetry.ts';
import type { LogBook } from './log-book.ts';
import { logDropped, logWritten, type LogDropReason } from './log-facts.ts';
import { plainLine, sentenceOf, STACK_TRACE, structuredLine, type LogStatement } from './log-line.ts';
import type { LogLevels } from './log-levels.ts';
import type { LogSampler } from './log-samplers.ts';
import { textLength, type Redactor } from './pii/redactor.ts';

/** For what a statement is passed. */
export interface LogScope {
  /** The request's number. */
  readonly request: number;
  /** The span in progress, if the code knows it. */
  readonly context?: SpanContext | undefined;
  /** Who it is done for, if that is known. */
  readonly user?: string;
}

/** A line that is written, and the record that a reader of structured lines makes of it. */
export interface LogLine {
  readonly text: string;
  readonly bytes: number;
  readonly record: LogRecord;
}

export type LogFormat = 'structured' | 'plain';

export interface LoggerOptions {
  readonly process: InstrumentedProcess;
  readonly format: LogFormat;
  readonly levels: LogLevels;
  /** All are written without it. */
  readonly sampler?: LogSampler | undefined;
  /** Lines a second; it may not make them wait. */
  readonly limiter?: RateLimiter | undefined;
  readonly redactor?: Redactor | undefined;
  readonly book: LogBook;
  readonly write: (line: LogLine) => void;
}

/** Where a record that stands for several says so. */
export const SAMPLE_RATE = 'sample_rate';
const SUPPRESSED = 'suppressed';

export class Logger {
  private readonly options: LoggerOptions;
  private readonly told: FactChannel<Fact<typeof logWritten>>;
  private readonly dropped: FactChannel<Fact<typeof logDropped>>;
  private readonly counts = { passed: 0, written: 0, 'below level': 0, 'sampled out': 0, 'rate limit': 0 };
  /** Held back by the limit since the last line. */
  private suppressed = 0;

  constructor(options: LoggerOptions) {
    const { facts } = options.process.sim;
    this.options = options;
    this.told = facts.channel(logWritten);
    this.dropped = facts.channel(logDropped);
  }

  log(statement: LogStatement, attributes: Attributes, { request, context, user }: LogScope): void {
    const { process, levels, sampler, limiter } = this.options;
    const { now } = process.sim;
    const { severity } = statement;
    const traceId = context?.traceId ?? '';
    this.counts.passed++;
    process.charge(process.costs.disabledLogRecord);
    if (!levels.isEnabled(severity, now, user)) {
      this.counts['below level']++;
      return;
    }
    const standsFor = sampler === undefined ? 1 : sampler({ severity, traceId });
    if (standsFor === 0) {
      this.drop('sampled out');
      return;
    }
    if (limiter !== undefined && limiter.admit(now) !== 0) {
      this.suppressed++;
      this.drop('rate limit');
      return;
    }
    this.counts.written++;
    const { resource } = process;
    const isPlain = this.options.format === 'plain';
    const body = isPlain ? sentenceOf(statement, attributes) : statement.event;
    const told = { ...(isPlain ? stackOf(attributes) : attributes), ...this.notes(standsFor) };
    const record = { resource, time: now, severity, body, attributes: told, traceId, spanId: context?.spanId ?? '' };
    this.write(record, statement, request);
  }

  state(): Readonly<Record<string, number>> {
    const { passed, written, ...left } = this.counts;
    return { 'statements passed': passed, 'lines written': written, ...left };
  }

  violations(): readonly string[] {
    const { passed, written } = this.counts;
    const left = this.counts['below level'] + this.counts['sampled out'] + this.counts['rate limit'];
    return passed === written + left
      ? []
      : [`a logger was passed ${passed} records and wrote ${written}, left out ${left}`];
  }

  private write(raw: LogRecord, statement: LogStatement, request: number): void {
    const { process, format, redactor, book, write } = this.options;
    const { costs } = process;
    const record = redactor === undefined ? raw : redactor.redact(raw);
    const text = format === 'plain' ? plainLine(record) : structuredLine(record);
    const bytes = utf8Length(text);
    const scanned = redactor === undefined ? 0 : textLength(raw);
    process.charge(
      costs.logRecord +
        costs.attribute * Object.keys(record.attributes).length +
        costs.byte * bytes +
        costs.scannedCharacter * scanned,
    );
    book.note(record, { statement, request });
    if (this.told.heard) {
      this.told.emit({ process: process.resource['service.instance.id'], severity: record.severity, request, bytes });
    }
    write({ text, bytes, record });
  }

  /** What a record says of those that are not written. */
  private notes(standsFor: number): Attributes {
    const { suppressed } = this;
    if (standsFor === 1 && suppressed === 0) return NOTHING;
    this.suppressed = 0;
    return {
      ...(standsFor === 1 ? NOTHING : { [SAMPLE_RATE]: standsFor }),
      ...(suppressed === 0 ? NOTHING : { [SUPPRESSED]: suppressed }),
    };
  }

  private drop(reason: Extract<LogDropReason, keyof Logger['counts']>): void {
    this.counts[reason]++;
    if (!this.dropped.heard) return;
    this.dropped.emit({ process: this.options.process.resource['service.instance.id'], reason, records: 1 });
  }
}

const NOTHING: Attributes = {};

const stackOf = (attributes: Attributes): Attributes =>
  Object.hasOwn(attributes, STACK_TRACE) ? { [STACK_TRACE]: attributes[STACK_TRACE] } : NOTHING;
