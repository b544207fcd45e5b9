/** What a tail sampler is told, by the processor's own names and with its defaults. */
import { s, type Duration } from '../../kernel/time.ts';
import type { NamedPolicy } from './policies/policy-set.ts';

export interface TailSamplingOptions {
  readonly policies: readonly NamedPolicy[];
  /** From the first span of a trace to the decision; whole seconds count, and one at least. */
  readonly decisionWait: Duration;
  /** Traces in memory, whether decided or not: an integer of at least 1. */
  readonly numTraces: number;
  /**
   * What a new trace does that finds no room: waits for some, and everything behind it, or pushes out the oldest. Room comes of
   * decisions that a cache remembers: with a cache of 0 for those, a trace keeps its place, and what waits does so for ever.
   */
  readonly blockOnOverflow: boolean;
  /** Decisions that outlast the trace's place in memory: how many of each kind; 0 for none. */
  readonly decisionCache: { readonly sampledCacheSize: number; readonly nonSampledCacheSize: number };
}

export const TAIL_SAMPLING_DEFAULTS: Omit<TailSamplingOptions, 'policies'> = {
  decisionWait: s(30),
  numTraces: 50_000,
  blockOnOverflow: false,
  decisionCache: { sampledCacheSize: 0, nonSampledCacheSize: 0 },
};

/** Throws a `RangeError` that names the first option which cannot be. */
export function checkTailSampling(options: TailSamplingOptions): TailSamplingOptions {
  const { decisionWait, numTraces, decisionCache } = options;
  if (!(Number.isInteger(decisionWait) && decisionWait > 0)) {
    complain('decisionWait', decisionWait, 'a whole number of nanoseconds above 0');
  }
  if (!(Number.isInteger(numTraces) && numTraces >= 1)) complain('numTraces', numTraces, 'an integer of at least 1');
  for (const [name, size] of Object.entries(decisionCache)) {
    if (!(Number.isInteger(size) && size >= 0)) complain(name, size, 'an integer of at least 0');
  }
  return options;
}

function complain(name: string, value: number, right: string): never {
  throw new RangeError(`tail sampling: ${name} is ${value}; it must be ${right}`);
}
