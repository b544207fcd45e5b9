/**
 * What a tail sampler asks of a trace that it has waited for: the seam of sampling policies. Each is one file in this folder,
 * and decides what the policy of that name decides in the tail sampling processor of OpenTelemetry's collector, by its README
 * and source as of commit 000e83d of
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor; rate limits as of 026e182.
 *
 * A policy sees what has come of a trace so far, in the order in which it came, and cannot know what is still to come.
 */
import type { Time } from '../../../kernel/time.ts';
import type { SpanData } from '../../signals/telemetry.ts';

/** What has come of a trace. */
export interface BufferedTrace {
  readonly traceId: string;
  readonly spans: readonly SpanData[];
  /** Size of the spans as they were encoded. */
  readonly bytes: number;
}

/**
 * `dropped` is a veto. The inverted verdicts are those of attribute policies that are to match everything else; an
 * `inverted-not-sampled` is a veto as well, and `inverted-sampled` counts only where no policy says `not-sampled`. An `error` says
 * nothing of the trace.
 */
export type Verdict = 'sampled' | 'not-sampled' | 'inverted-sampled' | 'inverted-not-sampled' | 'dropped' | 'error';

export interface SamplingPolicy {
  /** Asked before all others, in whatever order they are listed: a veto spares the others' work, and their budgets. */
  readonly isFirst?: boolean;
  /** Asked once for each trace, when its time is up. */
  evaluate(trace: BufferedTrace, now: Time): Verdict;
}

/** Whether a policy within another one is for the trace: there an inverted verdict is one like any other. */
export const isFor = (verdict: Verdict): boolean => verdict === 'sampled' || verdict === 'inverted-sampled';

/** Sampled if any span is as is asked for. */
export function anySpan(test: (span: SpanData) => boolean): SamplingPolicy {
  return { evaluate: ({ spans }) => (spans.some(test) ? 'sampled' : 'not-sampled') };
}
