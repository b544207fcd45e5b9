/**
 * The collector's memory limiter: looks at the memory in use from time to time, and between two looks either lets everything
 * in or nothing. Over the soft limit, which is the hard one less the spike that is expected between two looks, what comes is
 * refused with an error that asks for a retry. So the spike is a promise of the traffic's, and not one that the limiter can keep:
 * what comes in one interval has to fit into it, or the process grows over its hard limit all the same.
 *
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor
 * Leaves out the garbage collections that it forces: nothing here is garbage.
 */
import type { Duration } from '../../kernel/time.ts';

export interface MemoryLimiterOptions {
  /** The hard limit in bytes, above 0. */
  readonly limit: number;
  /** What may come between two looks: from 0 to less than the limit; a fifth of it is the collector's default. */
  readonly spikeLimit: number;
  /** Time between two looks, above 0. */
  readonly checkInterval: Duration;
}

export class MemoryLimiter {
  readonly checkInterval: Duration;
  readonly softLimit: number;
  private refusing = false;

  constructor({ limit, spikeLimit, checkInterval }: MemoryLimiterOptions) {
    if (!(limit > 0)) throw new RangeError(`memory limiter: limit is ${limit} bytes; it must be above 0`);
    if (!(spikeLimit >= 0 && spikeLimit < limit)) {
      throw new RangeError(
        `memory limiter: spikeLimit is ${spikeLimit} bytes; it must be from 0 to less than the limit`,
      );
    }
    if (!(checkInterval > 0)) {
      throw new RangeError(`memory limiter: checkInterval is ${checkInterval} ns; it must be above 0`);
    }
    this.checkInterval = checkInterval;
    this.softLimit = limit - spikeLimit;
  }

  /** Whether what comes is refused, as of the last look. */
  get mustRefuse(): boolean {
    return this.refusing;
  }

  /** Looks: `used` bytes are in use. */
  check(used: number): void {
    this.refusing = used >= this.softLimit;
  }
}
