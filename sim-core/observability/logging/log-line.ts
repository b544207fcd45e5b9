/**
 * A log record as a line: JSON, a field a value (structured), or a sentence that is written for people (plain), as frameworks write it unless
 * they are told otherwise: Spring Boot's default begins with the time and the level, and a stack trace follows in lines of its own
 * (https://docs.spring.io/spring-boot/reference/features/logging.html).
 *
 * A plain line's clock is read back as a time of the run's first day, so a run that writes some lasts less than one.
 */
import { MILLISECOND, type Time } from '../../kernel/time.ts';
import { isoTime } from '../export/wall-time.ts';
import type { Attributes, LogRecord, Severity } from '../signals/telemetry.ts';

/** Where an exception's stack trace stands: https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
export const STACK_TRACE = 'exception.stacktrace';

/** A place in the code that logs. */
export interface LogStatement {
  readonly severity: Severity;
  /** By which a structured record is found: `order.created`. */
  readonly event: string;
  /** The sentence for people, with `{names}` of attributes in it. */
  readonly text: string;
}

const DATE = '2025-01-01';
const BEGINS = 10 * 3600 * 1000;
const DAY = 24 * 3600 * 1000;

/**
 * An attribute that is called as one of the line's own fields has another name there.
 *
 * `{"timestamp":"2025-01-01T10:00:00Z","level":"INFO","service":"orders","trace_id":"…","span_id":"…","event":"order.created",…}`
 */
export function structuredLine({ time, severity, resource, traceId, spanId, body, attributes }: LogRecord): string {
  const service = JSON.stringify(resource['service.name']);
  const ids = traceId === '' ? '' : `"trace_id":"${traceId}","span_id":"${spanId}",`;
  const head = `{"timestamp":"${isoTime(time)}","level":"${severity}","service":${service},${ids}"event":${JSON.stringify(body)}`;
  const fields = JSON.stringify(renamed(attributes));
  return fields === '{}' ? `${head}}` : `${head},${fields.slice(1)}`;
}

const OWN = new Set(['timestamp', 'level', 'service', 'trace_id', 'span_id', 'event']);

function renamed(attributes: Attributes): Attributes {
  const names = Object.keys(attributes);
  if (!names.some((name) => OWN.has(name))) return attributes;
  return Object.fromEntries(names.map((name) => [OWN.has(name) ? `attributes.${name}` : name, attributes[name]]));
}

/** `2025-01-01 10:00:00.000 INFO  [orders] Order o-789 created`, and the lines of a stack trace after it. */
export function plainLine({ time, severity, resource, body, attributes }: LogRecord): string {
  const [clock, rest] = clockOf(time);
  const line = `${DATE} ${clock}.${padded(rest, 3)} ${severity.padEnd(5)} [${resource['service.name']}] ${body}`;
  const stack = attributes[STACK_TRACE];
  return stack === undefined ? line : `${line}\n${stack}`;
}

/** The sentence with the values of its attributes in it. */
export function sentenceOf({ text }: LogStatement, attributes: Attributes): string {
  return text.replace(/\{([\w.]+)\}/g, (name, key: string) =>
    Object.hasOwn(attributes, key) ? String(attributes[key]) : name,
  );
}

/** When in the run the clock of a plain line shows so much; undefined if it is no time of the run's day. */
export function timeOfClock(date: string, clock: string): Time | undefined {
  const parts = /^(\d\d):(\d\d):(\d\d)\.(\d{3})$/.exec(clock);
  if (date !== DATE || parts === null) return undefined;
  const [hours, minutes, seconds, rest] = parts.slice(1).map(Number);
  return (((hours * 60 + minutes) * 60 + seconds) * 1000 + rest - BEGINS) * MILLISECOND;
}

/** Hours, minutes and seconds, and milliseconds after them. */
function clockOf(time: Time): [clock: string, rest: number] {
  const at = BEGINS + Math.floor(time / MILLISECOND);
  if (at >= DAY)
    throw new RangeError(`log line: it is ${time} ns into the run; lines are dated for less than 14 hours`);
  const seconds = Math.floor(at / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [`${padded(hours, 2)}:${padded(minutes, 2)}:${padded(seconds % 60, 2)}`, at % 1000];
}

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');
