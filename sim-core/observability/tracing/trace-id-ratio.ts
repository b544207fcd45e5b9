/**
 * A share of traces, told by the trace's own id: its lowest 56 bits are as good as random, and a trace is kept where they are
 * no less than the threshold (1 - ratio) 2^56. So everybody who asks of one trace with one ratio has one answer, and whoever keeps
 * a smaller share keeps a part of what the others keep. It does not look at what the parent decided.
 *
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/. SDKs that are older compare other bits: Go and
 * Java the lowest 63, below ratio 2^63; JavaScript the four 32-bit words joined by exclusive or. Each is consistent with itself
 * alone. Does not write the threshold into `tracestate`.
 */
import type { Sampler, SamplerOptions } from './sampler.ts';

/** Of each half of the 56 bits. */
const HALF = 268_435_456;
const HALF_DIGITS = 7;

export function traceIdRatio({ ratio }: SamplerOptions): Sampler {
  if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`traceidratio: ratio is ${ratio}; it must be from 0 to 1`);
  const rejected = Math.round((1 - ratio) * HALF * HALF);
  // No trace id is as high: a ratio of 0, or one that 56 bits do not tell from it.
  if (rejected >= HALF * HALF) return { isSampled: () => false };
  const threshold = inDigits(rejected);
  return { isSampled: (traceId) => traceId.slice(-2 * HALF_DIGITS) >= threshold };
}

/** 14 hexadecimal digits, which sort as the numbers do. */
function inDigits(value: number): string {
  const upper = Math.floor(value / HALF);
  return digits(upper) + digits(value - upper * HALF);
}

const digits = (half: number): string => half.toString(16).padStart(HALF_DIGITS, '0');
