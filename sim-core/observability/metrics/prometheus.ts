/**
 * Prometheus: asks its targets for their metrics at an interval, keeps the series in memory, and evaluates what dashboards and
 * rules ask at another. Targets are scraped at moments spread over the interval. A scrape that fails or takes too long makes
 * `up` 0 and ends the target's series (staleness); so does one with more samples than its limit, of which none is kept.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 *
 * Where its memory is limited, too many series have it killed. It comes up again after a while, replays its log, which brings
 * all series back, and is killed again: each time it stays down twice as long, up to five minutes, as Kubernetes has it
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy). Meanwhile nothing is scraped or evaluated.
 * Kubernetes begins anew with 10 s after ten minutes without trouble, which it does not come to here: nothing makes a log smaller.
 *
 * Does not model the time that a query or the replay takes, blocks on disk, compaction and service discovery.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { hours, minutes, s, SECOND, toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import {
  prometheusHead,
  prometheusKilled,
  prometheusQueried,
  prometheusSignals,
  prometheusUp,
} from './prometheus-signals.ts';
import { keepsFor } from '../signals/retention.ts';
import { Head } from './series/head.ts';
import { TargetScraper, untilNext, type ScrapedTarget } from './target-scraper.ts';

/** Something that is asked of the series at each evaluation: a dashboard's panels, a group of rules. */
export type Evaluation = (head: Head, at: Time) => void;

/** What it keeps in its head, without another word: two hours. */
const RETENTION = hours(2);

export interface PrometheusOptions {
  readonly name: string;
  readonly targets: readonly ScrapedTarget[];
  readonly scrapeInterval: Duration;
  /** How long a scrape may take; no longer than the interval. */
  readonly scrapeTimeout: Duration;
  readonly evaluationInterval: Duration;
  readonly evaluations: readonly Evaluation[];
  /** Samples of a scrape at most; without it there is no limit, as by default. */
  readonly sampleLimit?: number;
  /** Bytes; without it there is no limit. */
  readonly memoryLimit?: number;
  /** How long a sample is kept in memory; 2 hours without it, the span of the head. */
  readonly retention?: Duration;
}

/** How long it stays down when it was killed: the first time, and at most. Each time it is twice as long. */
export const FIRST_RESTART = s(10);
export const LAST_RESTART = minutes(5);

export class Prometheus implements Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = prometheusSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly head = new Head();
  private readonly sim: Simulation;
  private readonly options: PrometheusOptions;
  private readonly scrapers: readonly TargetScraper[];
  private readonly held: FactChannel<Fact<typeof prometheusHead>>;
  private readonly queried: FactChannel<Fact<typeof prometheusQueried>>;
  private readonly up: FactChannel<Fact<typeof prometheusUp>>;
  private readonly killed: FactChannel<Fact<typeof prometheusKilled>>;
  /** What it does, while it is up. */
  private running: Process[] = [];
  private restartDelay = FIRST_RESTART;
  private kills = 0;

  constructor(sim: Simulation, options: PrometheusOptions) {
    const { name, targets, scrapeInterval, scrapeTimeout, evaluationInterval } = options;
    if (scrapeTimeout > scrapeInterval) {
      throw new RangeError(
        `${name}: the scrape timeout of ${scrapeTimeout} ns is longer than the interval, ${scrapeInterval} ns`,
      );
    }
    this.sim = sim;
    this.name = name;
    this.options = options;
    this.help = `Scrapes ${targets.length} targets every ${toSeconds(scrapeInterval)} s, evaluates every ${toSeconds(evaluationInterval)} s`;
    const requests = new BackgroundRequests(sim);
    const offsets = sim.random(`${name}/scrape offsets`);
    this.scrapers = targets.map(
      (target) =>
        new TargetScraper(sim, target, {
          prometheus: name,
          head: this.head,
          requests,
          interval: scrapeInterval,
          timeout: scrapeTimeout,
          offset: Math.floor(offsets.next() * scrapeInterval),
          sampleLimit: options.sampleLimit ?? Infinity,
          scraped: () => this.grown(),
        }),
    );
    this.held = sim.facts.channel(prometheusHead);
    this.queried = sim.facts.channel(prometheusQueried);
    this.up = sim.facts.channel(prometheusUp);
    this.killed = sim.facts.channel(prometheusKilled);
    this.interventions = { crash: this.crashing() };
    register(sim, this);
    spawn(sim, `${name} starts`, this.starting());
  }

  get isUp(): boolean {
    return this.running.length > 0;
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      series: this.head.series,
      bytes: Math.round(this.head.bytes),
      kills: this.kills,
      ...keepsFor(this.options.retention),
      up: this.isUp ? 'yes' : 'no',
    };
  }

  violations(): readonly string[] {
    const { memoryLimit = Infinity } = this.options;
    const { bytes } = this.head;
    return this.isUp && bytes > memoryLimit ? [`${this.name}: runs with ${bytes} bytes, and has ${memoryLimit}`] : [];
  }

  private *starting(): Behaviour {
    this.start();
  }

  private start(): void {
    this.tellUp(true);
    const { name, sim } = this;
    this.running = this.scrapers.map((scraper) => spawn(sim, `${name} scrapes ${scraper.to}`, scraper.scraping()));
    this.running.push(spawn(sim, `${name} evaluates`, this.evaluating()));
    this.watchMemory();
  }

  private *evaluating(): Behaviour {
    const { sim, options, head } = this;
    const { evaluationInterval, evaluations, retention = RETENTION } = options;
    let forgetAt = sim.now + retention;
    for (;;) {
      yield untilNext(sim.now, evaluationInterval);
      const before = head.cost;
      for (const evaluate of evaluations) evaluate(head, sim.now);
      if (this.queried.heard) {
        const { series, samples } = head.cost;
        this.queried.emit({ prometheus: this.name, series: series - before.series, samples: samples - before.samples });
      }
      if (sim.now < forgetAt) continue;
      head.forget(sim.now - retention);
      forgetAt = sim.now + Math.ceil(retention / 8);
      this.tellHead();
    }
  }

  /** A scrape has ended. */
  private grown(): void {
    this.tellHead();
    this.watchMemory();
  }

  /** Killed as soon as it takes more memory than it may. */
  private watchMemory(): void {
    const { memoryLimit = Infinity } = this.options;
    const { bytes } = this.head;
    if (bytes <= memoryLimit) return;
    this.kills++;
    if (this.killed.heard) this.killed.emit({ prometheus: this.name, bytes });
    this.stop(this.restartDelay);
    this.restartDelay = Math.min(LAST_RESTART, 2 * this.restartDelay);
  }

  private stop(delay: Duration): void {
    if (!this.isUp) return;
    const { running, sim } = this;
    this.running = [];
    for (const process of running) process.cancel();
    this.tellUp(false);
    spawn(sim, `${this.name} restarts`, this.starting(), delay);
  }

  private crashing(): Intervention {
    return {
      help: 'Kills it; it is up again, with its series, after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 30 }],
      apply: ([seconds]) => this.stop(Math.round(seconds * SECOND)),
    };
  }

  private tellUp(isUp: boolean): void {
    if (this.up.heard) this.up.emit({ prometheus: this.name, isUp });
  }

  private tellHead(): void {
    if (!this.held.heard) return;
    const { series, bytes } = this.head;
    this.held.emit({ prometheus: this.name, series, bytes });
  }
}
