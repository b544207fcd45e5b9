/**
 * What instruments take from the process that they are in: processor time of each thing that they do. Instruments whose
 * owner has gone to the trouble of measuring differ by a factor of ten between languages, so these are figures to set, not
 * facts; the defaults are of the order that OpenTelemetry asks its implementations to measure and publish
 * (https://opentelemetry.io/docs/specs/otel/performance-benchmark/).
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
