/**
 * Outlier detection as Envoy's: passive health checking, by what becomes of the calls that hosts are sent anyway. A host is ejected
 * for so many failures in a row, because its success rate of an interval is far below the others', or because its share of failures is
 * large by itself. Rules without a clock and
 * a network: who holds it says what the time is.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier, and envoy's
 * source/common/upstream/outlier_detection_impl.cc where that is more exact:
 *
 * - how long a call took is nowhere in it. A slow answer is a success, and ends a row of failures;
 * - a host may be ejected if with it no more than `maxEjectionPercent` of all hosts are: with the default of 10 % and fewer
 *   than ten hosts none ever is;
 * - the time of an ejection is the base time x the ejections in a row, up to a maximum; each look at the hosts that finds one back for an
 *   interval or longer takes one off that number;
 * - a row of failures counts up to its threshold and triggers once. It begins anew after that, or when the host returns.
 *
 * Hosts are looked at in their order, which Envoy's hash map does not promise: it matters where success rates find more outliers than
 * may be ejected. A host that its success rate has ejected in the same look is not ejected once more for its failures. Left out: jitter
 * on the ejection's time (none by default), and counts of their own for errors of local origin (off by default).
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Time } from '../../../kernel/time.ts';
import { checkOutlierOptions, type OutlierOptions } from './outlier-options.ts';

export type OutlierKind = 'consecutive-5xx' | 'consecutive-gateway-failure' | 'success-rate' | 'failure-percentage';

/** Told of every host that leaves or returns. */
export interface OutlierListener {
  ejected(host: number, kind: OutlierKind): void;
  returned(host: number): void;
}

/** What is known of one host. */
interface Monitor {
  isEjected: boolean;
  consecutive5xx: number;
  consecutiveGatewayFailure: number;
  /** Ejections in a row, of which time takes one off after the other. */
  backoff: number;
  ejectedAt: Time;
  returnedAt: Time | undefined;
  /** Calls of this interval, and those of them that succeeded. */
  calls: number;
  successes: number;
}

export class OutlierDetector {
  private readonly options: OutlierOptions;
  private readonly draws: RandomStream;
  private readonly listener: OutlierListener;
  private readonly monitors: readonly Monitor[];
  private overflows = 0;

  /** `draws`: for what is enforced with a chance. */
  constructor(hosts: number, options: OutlierOptions, draws: RandomStream, listener: OutlierListener) {
    this.options = checkOutlierOptions(options);
    this.draws = draws;
    this.listener = listener;
    this.monitors = Array.from({ length: hosts }, () => ({
      isEjected: false,
      consecutive5xx: 0,
      consecutiveGatewayFailure: 0,
      backoff: 0,
      ejectedAt: 0,
      returnedAt: undefined,
      calls: 0,
      successes: 0,
    }));
  }

  isEjected(host: number): boolean {
    return this.monitors[host].isEjected;
  }

  /** Hosts that are ejected now. */
  get ejected(): number {
    return this.monitors.filter(({ isEjected }) => isEjected).length;
  }

  /** Outliers that stayed because too many were ejected. */
  get overflowsTotal(): number {
    return this.overflows;
  }

  /** A call to a host is over, with this HTTP status: 504 is a timeout's, 503 that of a connection that failed. */
  record(host: number, status: number, now: Time): void {
    const monitor = this.monitors[host];
    monitor.calls++;
    if (status < 500 || status > 599) {
      monitor.successes++;
      monitor.consecutive5xx = 0;
      monitor.consecutiveGatewayFailure = 0;
      return;
    }
    if (status >= 502 && status <= 504) {
      monitor.consecutiveGatewayFailure++;
      if (monitor.consecutiveGatewayFailure === this.options.consecutiveGatewayFailure && !monitor.isEjected) {
        this.eject(host, 'consecutive-gateway-failure', now);
        monitor.consecutiveGatewayFailure = 0;
      }
    } else {
      monitor.consecutiveGatewayFailure = 0;
    }
    monitor.consecutive5xx++;
    if (monitor.consecutive5xx === this.options.consecutive5xx && !monitor.isEjected) {
      this.eject(host, 'consecutive-5xx', now);
      monitor.consecutive5xx = 0;
    }
  }

  /** A look at all hosts; one is due each interval. */
  sweep(now: Time): void {
    const { baseEjectionTime, maxEjectionTime, interval } = this.options;
    this.monitors.forEach((monitor, host) => {
      const lasts = Math.min(baseEjectionTime * monitor.backoff, maxEjectionTime);
      if (monitor.isEjected && lasts <= now - monitor.ejectedAt) this.return(host, now);
    });
    this.judgeRates(now);
    for (const monitor of this.monitors) {
      monitor.calls = monitor.successes = 0;
      if (monitor.isEjected || monitor.returnedAt === undefined || now - monitor.returnedAt < interval) continue;
      monitor.backoff = Math.max(0, monitor.backoff - 1);
    }
  }

  /** An active health check found the host well. */
  passedHealthCheck(host: number, now: Time): void {
    if (this.options.successfulActiveHealthCheckUnejectHost && this.isEjected(host)) this.return(host, now);
  }

  private judgeRates(now: Time): void {
    const { options } = this;
    const enough = this.successRates(options.successRateRequestVolume);
    const enoughForFailures = this.successRates(options.failurePercentageRequestVolume);
    if (enough.size >= options.successRateMinimumHosts) this.compareSuccessRates(enough, now);
    if (enoughForFailures.size < options.failurePercentageMinimumHosts) return;
    for (const [host, rate] of enoughForFailures) {
      if (100 - rate >= options.failurePercentageThreshold && !this.isEjected(host)) {
        this.eject(host, 'failure-percentage', now);
      }
    }
  }

  /** Of the hosts in use that had so many calls, in per cent. */
  private successRates(volume: number): ReadonlyMap<number, number> {
    const rates = new Map<number, number>();
    this.monitors.forEach(({ isEjected, calls, successes }, host) => {
      if (!isEjected && calls > 0 && calls >= volume) rates.set(host, (successes * 100) / calls);
    });
    return rates;
  }

  private compareSuccessRates(rates: ReadonlyMap<number, number>, now: Time): void {
    const all = [...rates.values()];
    const mean = all.reduce((sum, rate) => sum + rate, 0) / all.length;
    const variance = all.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / all.length;
    const threshold = mean - (this.options.successRateStdevFactor / 1000) * Math.sqrt(variance);
    for (const [host, rate] of rates) if (rate < threshold) this.eject(host, 'success-rate', now);
  }

  private eject(host: number, kind: OutlierKind, now: Time): void {
    const { maxEjectionPercent, alwaysEjectOneHost, baseEjectionTime, maxEjectionTime } = this.options;
    const monitor = this.monitors[host];
    const { ejected } = this;
    const isWithin = (100 * (ejected + 1)) / this.monitors.length <= maxEjectionPercent;
    if (!isWithin && !(alwaysEjectOneHost && ejected === 0)) {
      this.overflows++;
      return;
    }
    if (!this.isEnforced(kind)) return;
    monitor.isEjected = true;
    monitor.ejectedAt = now;
    if (monitor.backoff * baseEjectionTime < maxEjectionTime + baseEjectionTime) monitor.backoff++;
    this.listener.ejected(host, kind);
  }

  private isEnforced(kind: OutlierKind): boolean {
    const { options } = this;
    const chance = {
      'consecutive-5xx': options.enforcingConsecutive5xx,
      'consecutive-gateway-failure': options.enforcingConsecutiveGatewayFailure,
      'success-rate': options.enforcingSuccessRate,
      'failure-percentage': options.enforcingFailurePercentage,
    }[kind];
    return chance === 100 || (chance > 0 && this.draws.integer(100) < chance);
  }

  private return(host: number, now: Time): void {
    const monitor = this.monitors[host];
    monitor.isEjected = false;
    monitor.returnedAt = now;
    monitor.consecutive5xx = 0;
    monitor.consecutiveGatewayFailure = 0;
    this.listener.returned(host);
  }
}
