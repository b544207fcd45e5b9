/**
 * Sampling of log records: of those below a severity only some are written, each of which says for how many it stands, so that
 * counts can be set right (`sample_rate`, as Honeycomb's libraries write it:
 * https://docs.honeycomb.io/manage-data-volume/sample/). What is at least as severe is always written.
 *
 * By line each is drawn by itself, so that of a request's lines one is there and the next is not. By trace the trace's
 * own random bits decide, as they do of spans, the same in every process: of a request all lines are there or none (.NET's trace-based sampler: https://learn.microsoft.com/en-us/dotnet/core/extensions/log-sampling).
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { LogRecord, Severity } from '../signals/telemetry.ts';
import { traceIdRatio } from '../tracing/trace-id-ratio.ts';
import { isAtLeast } from './severity.ts';

export interface LogSamplerOptions {
  /** Of how many one is kept: at least 1. */
  readonly oneIn: number;
  /** From this severity on all are. */
  readonly keepFrom: Severity;
  /** Decides of lines; where it goes by trace, of those that belong to none. */
  readonly draws: RandomStream;
}

/** How many records one that is kept stands for; 0 for one that is not. */
export type LogSampler = (record: Pick<LogRecord, 'severity' | 'traceId'>) => number;
type LogSamplerFactory = (options: LogSamplerOptions) => LogSampler;

const byLine: LogSamplerFactory = (options) => {
  const oneIn = checked(options);
  return ({ severity }) => (isAtLeast(severity, options.keepFrom) ? 1 : options.draws.next() * oneIn < 1 ? oneIn : 0);
};

const byTrace: LogSamplerFactory = (options) => {
  const oneIn = checked(options);
  const line = byLine(options);
  const traces = traceIdRatio({ ratio: 1 / oneIn });
  return (record) => {
    if (record.traceId === '' || isAtLeast(record.severity, options.keepFrom)) return line(record);
    return traces.isSampled(record.traceId, '', undefined) ? oneIn : 0;
  };
};

export const logSamplers = { 'by-line': byLine, 'by-trace': byTrace } satisfies Record<string, LogSamplerFactory>;
export type LogSamplerName = keyof typeof logSamplers;

function checked({ oneIn }: LogSamplerOptions): number {
  if (oneIn >= 1 && oneIn < Infinity) return oneIn;
  throw new RangeError(`log sampler: oneIn is ${oneIn}; it must be at least 1`);
}
