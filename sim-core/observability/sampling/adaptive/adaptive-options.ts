/** What adaptive sampling is told, by the names of Jaeger's options and with their defaults, of version 2. */
import { minutes, type Duration } from '../../../kernel/time.ts';

export interface AdaptiveSamplingOptions {
  /** Traces a second that are wanted of each operation. */
  readonly targetSamplesPerSecond: number;
  /** A rate that is off by less than this share of the target is left as it is. */
  readonly deltaTolerance: number;
  /** How often probabilities are worked out, each time from the traces of one such stretch. */
  readonly calculationInterval: Duration;
  /** From how many of the latest stretches in which the operation was seen. */
  readonly bucketsForCalculation: number;
  /** Stretches that are remembered. */
  readonly aggregationBuckets: number;
  /** Of an operation of which nothing is known. */
  readonly initialSamplingProbability: number;
  readonly minSamplingProbability: number;
  /** Traces a second of each operation that a client samples at least, whatever the probability. */
  readonly minSamplesPerSecond: number;
}

export const ADAPTIVE_SAMPLING_DEFAULTS: AdaptiveSamplingOptions = {
  targetSamplesPerSecond: 1,
  deltaTolerance: 0.3,
  calculationInterval: minutes(1),
  bucketsForCalculation: 1,
  aggregationBuckets: 10,
  initialSamplingProbability: 0.001,
  minSamplingProbability: 1e-5,
  minSamplesPerSecond: 1 / 60,
};

/** Throws a `RangeError` that names the first option which cannot be. */
export function checkAdaptive(options: AdaptiveSamplingOptions): AdaptiveSamplingOptions {
  for (const name of ['targetSamplesPerSecond', 'deltaTolerance'] as const) {
    if (!(options[name] > 0 && options[name] < Infinity)) complain(name, options[name], 'above 0');
  }
  for (const name of ['bucketsForCalculation', 'aggregationBuckets', 'calculationInterval'] as const) {
    if (!(Number.isInteger(options[name]) && options[name] >= 1)) {
      complain(name, options[name], 'an integer of at least 1');
    }
  }
  for (const name of ['initialSamplingProbability', 'minSamplingProbability'] as const) {
    if (!(options[name] > 0 && options[name] <= 1)) complain(name, options[name], 'above 0 and at most 1');
  }
  const { minSamplesPerSecond } = options;
  if (!(minSamplesPerSecond >= 0)) complain('minSamplesPerSecond', minSamplesPerSecond, '0 or more');
  return options;
}

function complain(name: string, value: number, right: string): never {
  throw new RangeError(`adaptive sampling: ${name} is ${value}; it must be ${right}`);
}
