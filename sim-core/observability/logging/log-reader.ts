/**
 * What an agent makes of lines that it has read: records whose body is the line as it stands there. A structured line says by itself
 * what it is; a plain one says no more than what an expression reads out of it, and a line that does not match has no severity:
 * whoever has to say one says INFO (https://docs.datadoghq.com/logs/log_configuration/processors/#log-status-remapper).
 *
 * A record of several lines that ends in another batch is torn there, as after filelog's `force_flush_period`.
 */
import type { Time } from '../../kernel/time.ts';
import type { LogRecord, Resource } from '../signals/telemetry.ts';
import type { LogBook } from './log-book.ts';
import type { PhysicalLine } from './log-file.ts';
import { structuredLine } from './log-line.ts';
import { parsePlain, recombined } from './plain-parser.ts';
import type { Redactor } from './pii/redactor.ts';

export interface LogReader {
  /** `now`: of what has no time of its own. */
  recordsOf(lines: readonly PhysicalLine[], now: Time): readonly LogRecord[];
}

interface LogReaderOptions {
  readonly book: LogBook;
  /** What is taken out before anything is sent on. */
  readonly redactor?: Redactor | undefined;
}

export interface PlainReaderOptions extends LogReaderOptions {
  /** Of the process whose file it is. */
  readonly resource: Resource;
  /** Whether lines that begin no record are put to the one before them. */
  readonly joinsLines: boolean;
}

/** Lines that are JSON. They are not parsed a second time: what a parser reads out of one is what it was made of. */
export function structuredReader({ book, redactor }: LogReaderOptions): LogReader {
  return {
    recordsOf: (lines) =>
      lines.map(({ text, of }) => {
        const told = redactor === undefined ? of.record : redactor.redact(of.record);
        const record = { ...told, body: redactor === undefined ? text : structuredLine(told) };
        book.note(record, book.originOf(of.record));
        return record;
      }),
  };
}

export function plainReader({ book, redactor, resource, joinsLines }: PlainReaderOptions): LogReader {
  return {
    recordsOf: (lines, now) => {
      const groups = joinsLines ? recombined(lines, ({ text }) => text) : lines.map((line) => [line]);
      return groups.map((group) => {
        const text = group.map((line) => line.text).join('\n');
        const { time = now, severity = 'INFO' } = parsePlain(text) ?? {};
        const body = redactor === undefined ? text : redactor.text(text);
        const record: LogRecord = { resource, time, severity, body, attributes: {}, traceId: '', spanId: '' };
        book.note(record, book.originOf(group[0].of.record));
        return record;
      });
    },
  };
}
