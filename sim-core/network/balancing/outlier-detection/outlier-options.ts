/**
 * What outlier detection is told, by Envoy's names and with its defaults; times are durations.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto
 */
import { s, type Duration } from '../../../kernel/time.ts';

export interface OutlierOptions {
  /** So many 5xx in a row are an outlier's, timeouts and refused connections among them; an integer of at least 1. */
  readonly consecutive5xx: number;
  /** So many 502, 503 and 504 in a row, timeouts and refused connections among them; an integer of at least 1. */
  readonly consecutiveGatewayFailure: number;
  /** From one look at all hosts to the next: those whose time is over return, and success rates are compared. */
  readonly interval: Duration;
  /** How long the first ejection lasts; the second in a row is twice as long, and so forth. */
  readonly baseEjectionTime: Duration;
  /** No ejection is longer. */
  readonly maxEjectionTime: Duration;
  /** No more of the hosts than that are ejected at once, in per cent. */
  readonly maxEjectionPercent: number;
  /** Whether one host is ejected even where that is more than may be. */
  readonly alwaysEjectOneHost: boolean;
  /** With fewer hosts that had enough calls in the interval, success rates are not compared. */
  readonly successRateMinimumHosts: number;
  /** Calls of an interval that are enough. */
  readonly successRateRequestVolume: number;
  /** An outlier's success rate is below the mean by more than so many thousandths of a standard deviation. */
  readonly successRateStdevFactor: number;
  /** An outlier's share of failures is this or more, in per cent, whatever the others' are. */
  readonly failurePercentageThreshold: number;
  /** With fewer hosts that had enough calls in the interval nobody is looked at for that, and calls that are enough. */
  readonly failurePercentageMinimumHosts: number;
  readonly failurePercentageRequestVolume: number;
  /** With what chance a host of each kind that is found is ejected as well, in per cent. */
  readonly enforcingConsecutive5xx: number;
  readonly enforcingConsecutiveGatewayFailure: number;
  readonly enforcingSuccessRate: number;
  readonly enforcingFailurePercentage: number;
  /** Whether a health check that an ejected host passes lets it return at once. */
  readonly successfulActiveHealthCheckUnejectHost: boolean;
}

export const OUTLIER_DEFAULTS: OutlierOptions = {
  consecutive5xx: 5,
  consecutiveGatewayFailure: 5,
  interval: s(10),
  baseEjectionTime: s(30),
  maxEjectionTime: s(300),
  maxEjectionPercent: 10,
  alwaysEjectOneHost: false,
  successRateMinimumHosts: 5,
  successRateRequestVolume: 100,
  successRateStdevFactor: 1900,
  failurePercentageThreshold: 85,
  failurePercentageMinimumHosts: 5,
  failurePercentageRequestVolume: 50,
  enforcingConsecutive5xx: 100,
  enforcingConsecutiveGatewayFailure: 0,
  enforcingSuccessRate: 100,
  enforcingFailurePercentage: 0,
  successfulActiveHealthCheckUnejectHost: true,
};

/** Throws a `RangeError` that names the first option which cannot be. */
export function checkOutlierOptions(options: OutlierOptions): OutlierOptions {
  const counts = [
    'consecutive5xx',
    'consecutiveGatewayFailure',
    'successRateMinimumHosts',
    'successRateRequestVolume',
    'failurePercentageMinimumHosts',
    'failurePercentageRequestVolume',
  ] as const;
  for (const name of counts) {
    const value = options[name];
    if (!(Number.isInteger(value) && value >= 1)) complain(name, value, 'an integer of at least 1');
  }
  const shares = [
    'maxEjectionPercent',
    'enforcingConsecutive5xx',
    'enforcingConsecutiveGatewayFailure',
    'enforcingSuccessRate',
    'enforcingFailurePercentage',
    'failurePercentageThreshold',
  ] as const;
  for (const name of shares) {
    const value = options[name];
    if (!(Number.isInteger(value) && value >= 0 && value <= 100)) complain(name, value, 'an integer from 0 to 100');
  }
  const { interval, baseEjectionTime, maxEjectionTime, successRateStdevFactor } = options;
  if (!(Number.isInteger(interval) && interval > 0))
    complain('interval', interval, 'a whole number of nanoseconds above 0');
  if (!(Number.isInteger(baseEjectionTime) && baseEjectionTime > 0)) {
    complain('baseEjectionTime', baseEjectionTime, 'a whole number of nanoseconds above 0');
  }
  if (!(maxEjectionTime >= baseEjectionTime)) {
    complain('maxEjectionTime', maxEjectionTime, `at least baseEjectionTime, ${baseEjectionTime}`);
  }
  if (!(successRateStdevFactor >= 0)) complain('successRateStdevFactor', successRateStdevFactor, '0 or more');
  return options;
}

function complain(name: keyof OutlierOptions, value: number, right: string): never {
  throw new RangeError(`outlier detection: ${name} is ${value}; it must be ${right}`);
}
