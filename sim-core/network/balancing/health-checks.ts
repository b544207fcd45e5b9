/**
 * Active health checks: each host is asked at intervals whether it is well, by a call that has nothing to do with what it is there
 * for. So many failures in a row make it ill, so many answers in a row well again, as Envoy's thresholds have it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking
 *
 * Hosts are well to begin with, and are asked one after the other within an interval. In Envoy a host is ill until its first check, of which one
 * answer is enough, and an HTTP status that is not expected makes it ill at once, whatever the threshold for failures. Neither is
 * modelled: a run begins with hosts that have been checked, and a check fails for want of an answer.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { BackgroundRequests } from '../background-requests.ts';
import type { CallFailed } from '../call.ts';
import type { Link } from '../link.ts';
import { hostProbed } from './balancing-signals.ts';

export interface HealthCheckOptions<Query> {
  /** What a host is asked. */
  readonly query: Query;
  readonly interval: Duration;
  /** How long its answer may take. */
  readonly timeout: Duration;
  /** Failures in a row that make a host ill, and answers in a row that make it well: integers of at least 1. */
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

/** Told of each host that is found well, every time, and of changes. */
export interface HealthListener {
  passed(host: number): void;
  changed(host: number, isHealthy: boolean): void;
}

interface Patient {
  isHealthy: boolean;
  /** Results in a row that speak against what it is taken for. */
  against: number;
}

export class HealthChecks<Query> {
  private readonly sim: Simulation;
  private readonly links: readonly Link<Query, unknown>[];
  private readonly options: HealthCheckOptions<Query>;
  private readonly listener: HealthListener;
  private readonly patients: readonly Patient[];
  private readonly requests: BackgroundRequests;
  private readonly probed: FactChannel<Fact<typeof hostProbed>>;
  private readonly kind: number;

  /** `links`: the way to each host. */
  constructor(
    sim: Simulation,
    name: string,
    links: readonly Link<Query, unknown>[],
    options: HealthCheckOptions<Query>,
    listener: HealthListener,
  ) {
    for (const threshold of ['unhealthyThreshold', 'healthyThreshold'] as const) {
      const value = options[threshold];
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new RangeError(`${name}: ${threshold} is ${value}; it must be an integer of at least 1`);
      }
    }
    this.sim = sim;
    this.links = links;
    this.options = options;
    this.listener = listener;
    this.patients = links.map(() => ({ isHealthy: true, against: 0 }));
    this.requests = new BackgroundRequests(sim);
    this.probed = sim.facts.channel(hostProbed);
    this.kind = sim.eventKind(`${name} checks a host`);
    links.forEach((_, host) => this.plan(host, Math.round(((host + 1) * options.interval) / links.length)));
  }

  isHealthy(host: number): boolean {
    return this.patients[host].isHealthy;
  }

  private plan(host: number, delay: Duration): void {
    this.sim.schedule(delay, () => this.probe(host), undefined, this.kind);
  }

  private probe(host: number): void {
    const { interval, query, timeout } = this.options;
    this.plan(host, interval);
    this.links[host].call(query, this.requests.next(), timeout).begin({
      resume: () => this.hear(host, 'ok'),
      fail: (error) => this.hear(host, (error as CallFailed).failure),
    });
  }

  private hear(host: number, outcome: string): void {
    const patient = this.patients[host];
    if (this.probed.heard) this.probed.emit({ host: this.links[host].to, outcome });
    const isWell = outcome === 'ok';
    if (isWell === patient.isHealthy) patient.against = 0;
    else {
      patient.against++;
      const { unhealthyThreshold, healthyThreshold } = this.options;
      if (patient.against === (isWell ? healthyThreshold : unhealthyThreshold)) {
        patient.isHealthy = isWell;
        patient.against = 0;
        this.listener.changed(host, isWell);
      }
    }
    if (isWell && patient.isHealthy) this.listener.passed(host);
  }
}
