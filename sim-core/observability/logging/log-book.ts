/**
 * The experimenter's book of log records: what is true of what a process wrote, whatever it says itself. Loggers write in it and
 * agents carry it over from a line to the record that they make of it; no model reads it but to do that. It forgets nothing, as
 * the store of those records does not.
 */
import type { LogRecord } from '../signals/telemetry.ts';
import type { LogStatement } from './log-line.ts';

export interface LogOrigin {
  readonly statement: LogStatement;
  /** The number of the request that was being handled; -1 for none. */
  readonly request: number;
}

export class LogBook {
  private readonly origins = new Map<LogRecord, LogOrigin>();

  note(record: LogRecord, origin: LogOrigin): void {
    this.origins.set(record, origin);
  }

  /** Of a record that nobody noted it is an error to ask. */
  originOf(record: LogRecord): LogOrigin {
    const origin = this.origins.get(record);
    if (origin === undefined) throw new Error(`log book: nobody noted where a record of ${record.body} comes from`);
    return origin;
  }
}
