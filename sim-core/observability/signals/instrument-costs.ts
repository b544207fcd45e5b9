/**
 * What instruments take from the process that they are in: processor time of each thing that they do. It differs by a factor of ten
 * between languages, so these are figures to set, not facts. The defaults are assumed, beside what has been measured where it was:
 *
 * - a span that is recorded took 3.3 us in JavaScript and 0.3 us in Go, one that is not sampled 0.9 and 0.14 us
 *   (https://github.com/aws-observability/aws-otel-js/blob/main/benchmark/README.md,
 *   https://github.com/open-telemetry/opentelemetry-go/pull/8957);
 * - one of ten attributes about 0.1 us in JavaScript (https://github.com/open-telemetry/opentelemetry-js/pull/6283);
 * - a measurement of a histogram 0.12 us in Java (https://github.com/open-telemetry/opentelemetry-specification/pull/3870), and 0.31 us
 *   in Go with one attribute (https://github.com/open-telemetry/opentelemetry-go/pull/4052).
 *
 * For log records, scanned text, bytes and stacks no measurement is cited: these are orders of magnitude.
 */
import { NANOSECOND, type Duration } from '../../kernel/time.ts';

export interface InstrumentCosts {
  /** To begin a span that is recorded, and to end it. */
  readonly span: Duration;
  /** To begin and end one that is not sampled: its context is carried all the same. */
  readonly unsampledSpan: Duration;
  /** To note one attribute, event or link. */
  readonly attribute: Duration;
  /** To record one measurement. */
  readonly measurement: Duration;
  /** To make one log record into a line, without its attributes and bytes. */
  readonly logRecord: Duration;
  /** To see that a log record is not to be written: https://logback.qos.ch/manual/architecture.html#performance */
  readonly disabledLogRecord: Duration;
  /** To look through one character of text for what must not be told. */
  readonly scannedCharacter: Duration;
  /** To encode and send one byte of any of them. */
  readonly byte: Duration;
  /** To walk the stacks of the process once. */
  readonly stackSample: Duration;
}

export const NO_COSTS: InstrumentCosts = {
  span: 0,
  unsampledSpan: 0,
  attribute: 0,
  measurement: 0,
  logRecord: 0,
  disabledLogRecord: 0,
  scannedCharacter: 0,
  byte: 0,
  stackSample: 0,
};

export const INSTRUMENT_COSTS: InstrumentCosts = {
  span: 4000 * NANOSECOND,
  unsampledSpan: 400 * NANOSECOND,
  attribute: 200 * NANOSECOND,
  measurement: 300 * NANOSECOND,
  logRecord: 3000 * NANOSECOND,
  disabledLogRecord: 20 * NANOSECOND,
  scannedCharacter: 20 * NANOSECOND,
  byte: 10 * NANOSECOND,
  stackSample: 100_000 * NANOSECOND,
};
