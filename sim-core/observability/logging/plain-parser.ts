/**
 * Reading plain lines back, as an agent does that is given a regular expression for them: a line that does not match it (the
 * second and further lines of a stack trace; a sentence with a newline in it) is a record of its own, with no severity and no
 * time but that at which it was read, unless the agent is told how a record begins and puts together what does not begin
 * one (`multiline.line_start_pattern` of OpenTelemetry's filelog receiver:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver).
 */
import type { Time } from '../../kernel/time.ts';
import type { Severity } from '../signals/telemetry.ts';
import { timeOfClock } from './log-line.ts';
import { severityOfWord } from './severity.ts';

const RECORD = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) ([A-Za-z]+) +\[([^\]]*)\] ([^]*)$/;
const BEGINNING = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /;

export interface PlainRecord {
  readonly time: Time;
  readonly severity: Severity;
  readonly service: string;
  readonly body: string;
}

/** What stands in a line; undefined where that is no record. */
export function parsePlain(line: string): PlainRecord | undefined {
  const match = RECORD.exec(line);
  if (match === null) return undefined;
  const [, date, clock, word, service, body] = match;
  const time = timeOfClock(date, clock);
  const severity = severityOfWord(word);
  return time === undefined || severity === undefined ? undefined : { time, severity, service, body };
}

/** Groups lines to records: what begins none belongs to the one before it. */
export function recombined<Line>(lines: readonly Line[], textOf: (line: Line) => string): Line[][] {
  const records: Line[][] = [];
  for (const line of lines) {
    if (records.length === 0 || BEGINNING.test(textOf(line))) records.push([line]);
    else records[records.length - 1].push(line);
  }
  return records;
}
