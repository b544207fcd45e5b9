/**
 * The header `traceparent`: which trace a request belongs to, and the span that it comes from.
 *
 * W3C Trace Context, level 2: https://www.w3.org/TR/trace-context-2/#traceparent-header. Ids are lower-case hexadecimal and not all
 * zeros. Of a version yet to come the fields known are read, whatever follows them after a dash; version ff is forbidden. Flags: 1 the
 * trace is sampled, 2 its id is random, which whoever carries the id on passes on unchanged; others are not set.
 */
import type { SpanContext } from '../signals/telemetry.ts';

const HEADER = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const SAMPLED = 1;
const RANDOM_TRACE_ID = 2;

/** Of a header's value: whose trace and which parent; undefined where it is not valid, and a new trace is to begin. */
export function parseTraceparent(value: string): Omit<SpanContext, 'traceState'> | undefined {
  const parts = HEADER.exec(trimmed(value));
  if (parts === null) return undefined;
  const [, version, traceId, spanId, flags, more] = parts;
  if (version === 'ff' || traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  const set = Number.parseInt(flags, 16);
  const context = { traceId, spanId, isSampled: (set & SAMPLED) !== 0 };
  return (set & RANDOM_TRACE_ID) === 0 ? context : { ...context, isRandom: true };
}

/** Version 00. */
export function formatTraceparent(context: SpanContext): string {
  return `00-${context.traceId}-${context.spanId}-0${traceFlags(context)}`;
}

/** The flags that are known, as one number. */
export function traceFlags({ isSampled, isRandom }: SpanContext): number {
  return (isSampled ? SAMPLED : 0) + (isRandom === true ? RANDOM_TRACE_ID : 0);
}

/** Without the spaces and tabs that HTTP allows around a value. */
export function trimmed(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && isSpace(value, from)) from++;
  while (to > from && isSpace(value, to - 1)) to--;
  return value.slice(from, to);
}

const isSpace = (text: string, place: number): boolean => text[place] === ' ' || text[place] === '\t';
