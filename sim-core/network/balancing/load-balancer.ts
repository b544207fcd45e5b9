/**
 * A balancer in front of hosts that do the same: picks one for each call by its policy, and counts what it has under way
 * at each, which is all that it knows of how busy they are. Other balancers of the same hosts are none of its knowledge.
 *
 * Hosts that outlier detection has ejected or health checks have found ill get no calls, unless fewer than a share of all hosts are
 * left: then all of them do again (panic), since too few would only fall one after the other. As Envoy has it:
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 *
 * A call that is given up, or whose time is over, is cancelled at its host. Weights, zones, priorities and slow start are left out.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import type { Call, CallFailure } from '../call.ts';
import type { ComponentPart } from '../component.ts';
import type { Link } from '../link.ts';
import type { RequestContext } from '../request-context.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import { BalancedCall, noEarlierAttempts, type EarlierAttempts, type Host } from './balanced-call.ts';
import {
  balancingEnded,
  balancingSent,
  balancingSignals,
  healthSignals,
  hostChecked,
  hostEjected,
  outlierSignals,
  RETURNED,
} from './balancing-signals.ts';
import { HealthChecks, type HealthCheckOptions } from './health-checks.ts';
import { OutlierDetector } from './outlier-detection/outlier-detector.ts';
import type { OutlierOptions } from './outlier-detection/outlier-options.ts';
import type { BalancingPolicy } from './policies/balancing-policy.ts';

/** Attempts of one request whose draws differ. */
const ATTEMPTS = 16;

/** The HTTP status that a balancer takes a failure for: a timeout is its own 504, a refused or reset connection its own 503. */
const STATUS: Readonly<Record<CallFailure, number>> = {
  timeout: 504,
  unavailable: 503,
  overloaded: 503,
  error: 500,
  refused: 429,
};

export interface LoadBalancerOptions<Query, Reply> {
  readonly name: string;
  /** The way to each host; their timeout is that of one call. */
  readonly links: readonly Link<Query, Reply>[];
  readonly policy: BalancingPolicy;
  /** With fewer of the hosts left than that, in per cent, all are used: 50 is Envoy's default, 0 is never. */
  readonly panicThreshold: number;
  readonly outliers?: OutlierOptions;
  readonly health?: HealthCheckOptions<Query>;
}

export class LoadBalancer<Query, Reply> implements ComponentPart {
  readonly signals: readonly SignalDefinition[];
  readonly name: string;
  readonly sim: Simulation;
  private readonly policy: BalancingPolicy;
  private readonly panicThreshold: number;
  private readonly hosts: readonly Host<Query, Reply>[];
  private readonly detector: OutlierDetector | undefined;
  private readonly checks: HealthChecks<Query> | undefined;
  private readonly draws: KeyedStream;
  private readonly sent: FactChannel<Fact<typeof balancingSent>>;
  private readonly ended: FactChannel<Fact<typeof balancingEnded>>;
  /** The hosts that may be picked now. */
  private eligible: readonly Host<Query, Reply>[];
  private isPanicking = false;
  /** The calls that are under way by what they know of themselves, with which the hosts' counts are compared. */
  readonly live = new Set<{ readonly host: Host<Query, Reply> | undefined }>();

  constructor(sim: Simulation, options: LoadBalancerOptions<Query, Reply>) {
    const { name, links, policy, panicThreshold, outliers, health } = options;
    if (links.length === 0) throw new RangeError(`${name}: there are no hosts; give at least one link`);
    if (!(panicThreshold >= 0 && panicThreshold <= 100)) {
      throw new RangeError(`${name}: panicThreshold is ${panicThreshold}; it must be from 0 to 100`);
    }
    this.sim = sim;
    this.name = name;
    this.policy = policy;
    this.panicThreshold = panicThreshold;
    this.hosts = links.map((link) => ({ link, outstanding: 0 }));
    this.eligible = this.hosts;
    this.draws = sim.keyedRandom(`${name}/picks`);
    this.sent = sim.facts.channel(balancingSent);
    this.ended = sim.facts.channel(balancingEnded);
    if (outliers !== undefined) this.detector = this.detecting(outliers);
    if (health !== undefined) this.checks = this.checking(health);
    this.signals = [
      ...balancingSignals,
      ...(this.detector === undefined ? [] : outlierSignals),
      ...(this.checks === undefined ? [] : healthSignals),
    ];
  }

  /**
   * A call to one of the hosts; fails as `unavailable` if there is none that may be used. `earlier`: what was sent for the same
   * request before; this one goes elsewhere if it can, and is added.
   */
  call(query: Query, request: RequestContext, earlier = noEarlierAttempts()): Wait<Reply> {
    return new BalancedCall(this, query, request, earlier);
  }

  /** Sends a call on its way; undefined if there is no host that may be used. */
  send(
    query: Query,
    request: RequestContext,
    earlier: EarlierAttempts,
  ): { host: Host<Query, Reply>; call: Call<Query, Reply> } | undefined {
    const { used } = earlier;
    const fresh = used.size === 0 ? this.eligible : this.eligible.filter(({ link }) => !used.has(link.to));
    const among = fresh.length > 0 ? fresh : this.eligible;
    if (among.length === 0) return undefined;
    const attempt = earlier.count++;
    const host = this.policy.pick(among, this.draws.of(request.id * ATTEMPTS + (attempt % ATTEMPTS)));
    used.add(host.link.to);
    host.outstanding++;
    if (this.sent.heard) {
      this.sent.emit({ balancer: this.name, host: host.link.to, request: request.id, attempt: attempt + 1 });
    }
    return { host, call: host.link.call(query, request) };
  }

  /** A call is over; what is cancelled says nothing of its host. */
  end(host: Host<Query, Reply>, request: RequestContext, outcome: string, since: Time): void {
    host.outstanding--;
    const { now } = this.sim;
    if (this.ended.heard) {
      const { to } = host.link;
      this.ended.emit({ balancer: this.name, host: to, request: request.id, outcome, duration: now - since });
    }
    if (this.detector === undefined || outcome === 'cancelled') return;
    const status = outcome === 'ok' ? 200 : STATUS[outcome as CallFailure];
    this.detector.record(this.hosts.indexOf(host), status, now);
  }

  state(): Readonly<Record<string, number | string>> {
    const { detector, checks } = this;
    return {
      'calls under way': this.live.size,
      'hosts in use': this.eligible.length,
      ...(detector === undefined
        ? {}
        : { ejected: detector.ejected, 'kept for want of hosts': detector.overflowsTotal }),
      ...(checks === undefined ? {} : { ill: this.hosts.filter((_, host) => !checks.isHealthy(host)).length }),
      ...(this.isPanicking ? { panic: 'yes' } : {}),
    };
  }

  violations(): readonly string[] {
    const underWay = new Map<Host<Query, Reply>, number>();
    for (const { host } of this.live) if (host !== undefined) underWay.set(host, (underWay.get(host) ?? 0) + 1);
    return this.hosts
      .filter((host) => host.outstanding !== (underWay.get(host) ?? 0))
      .map(({ link }) => `${this.name}: a call to ${link.to} was lost or doubled`);
  }

  private detecting(options: OutlierOptions): OutlierDetector {
    const { sim, name, hosts } = this;
    const told = sim.facts.channel(hostEjected);
    const tell = (host: number, kind: string): void => {
      if (told.heard) told.emit({ balancer: name, host: hosts[host].link.to, kind });
      this.choose();
    };
    const detector = new OutlierDetector(hosts.length, options, sim.random(`${name}/enforced`), {
      ejected: tell,
      returned: (host) => tell(host, RETURNED),
    });
    const kind = sim.eventKind(`${name} compares its hosts`);
    const sweep = (): void => {
      detector.sweep(sim.now);
      sim.schedule(options.interval, sweep, undefined, kind);
    };
    sim.schedule(options.interval, sweep, undefined, kind);
    return detector;
  }

  private checking(options: HealthCheckOptions<Query>): HealthChecks<Query> {
    const { sim, name } = this;
    const told = sim.facts.channel(hostChecked);
    const links = this.hosts.map(({ link }) => link);
    return new HealthChecks(sim, name, links, options, {
      passed: (host) => this.detector?.passedHealthCheck(host, sim.now),
      changed: (host, healthy) => {
        if (told.heard) told.emit({ balancer: name, host: links[host].to, healthy });
        this.choose();
      },
    });
  }

  private choose(): void {
    const { hosts, detector, checks } = this;
    const left = hosts.filter((_, host) => !detector?.isEjected(host) && (checks?.isHealthy(host) ?? true));
    this.isPanicking = (100 * left.length) / hosts.length < this.panicThreshold;
    this.eligible = this.isPanicking ? hosts : left;
  }
}
