/**
 * Who scrapes one target: asks for its metrics at the moments of its own within each interval, and keeps what it is given as of the
 * moment when it asked. A scrape that fails or takes too long, or has more samples than its limit, is one that brought nothing:
 * `up` is 0, and series that the scrape before brought are stale.
 * https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import { arrivalsOf, type Arrived } from '../pipeline/arrivals.ts';
import type { Labels } from '../signals/labels.ts';
import { prometheusScraped } from './prometheus-signals.ts';
import type { Exposition } from './scrape-target.ts';
import type { Appended, Head } from './series/head.ts';
import { NAME } from './series/series-store.ts';

/** What a scrape says of itself, kept whatever became of it. Nothing is relabelled here, so that both numbers of samples are the same. */
export const SCRAPE_SERIES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const;

export interface ScrapedTarget {
  /** The way to a `ScrapeTarget`. */
  readonly link: Link<'scrape', Exposition>;
  /** Labels of all its series: `job` and `instance`, as `targetLabels` makes them. */
  readonly labels: Labels;
}

export interface TargetScraperOptions {
  /** Who it is a part of. */
  readonly prometheus: string;
  readonly head: Head;
  readonly requests: BackgroundRequests;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** When in each interval it asks. */
  readonly offset: Duration;
  readonly sampleLimit: number;
  /** A scrape has ended. */
  readonly scraped: () => void;
}

export class TargetScraper {
  readonly to: string;
  private readonly sim: Simulation;
  private readonly target: ScrapedTarget;
  private readonly options: TargetScraperOptions;
  private readonly told: FactChannel<Fact<typeof prometheusScraped>>;
  private readonly arrived: Arrived<'metrics'> | undefined;
  /** The series that the last scrape brought. */
  private last: Appended = new Set();

  constructor(sim: Simulation, target: ScrapedTarget, options: TargetScraperOptions) {
    this.sim = sim;
    this.to = target.link.to;
    this.target = target;
    this.options = options;
    this.told = sim.facts.channel(prometheusScraped);
    this.arrived = arrivalsOf(sim, 'metrics');
  }

  /** Scrapes from now on. */
  *scraping(): Behaviour {
    const { interval, offset } = this.options;
    for (;;) {
      yield untilNext(this.sim.now - offset, interval);
      yield* this.scrape();
    }
  }

  private *scrape(): Behaviour {
    const { sim, options } = this;
    const began = sim.now;
    let outcome = 'ok';
    let exposition: Exposition | undefined;
    try {
      exposition = yield* this.target.link.call('scrape', options.requests.next(), options.timeout);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      outcome = error.failure;
    }
    const samples = exposition?.samples ?? 0;
    if (samples > options.sampleLimit) outcome = 'sample limit';
    this.keep(began, outcome === 'ok' ? exposition!.metrics : [], samples, outcome === 'ok');
    if (this.told.heard) {
      this.told.emit({ prometheus: options.prometheus, target: this.to, outcome, samples, duration: sim.now - began });
    }
    options.scraped();
  }

  private keep(at: Time, metrics: Exposition['metrics'], samples: number, isUp: boolean): void {
    const { head } = this.options;
    const { labels } = this.target;
    const appended: Appended = new Set();
    head.ingest(metrics, labels, at, appended);
    this.arrived?.(metrics);
    for (const series of this.last) if (!appended.has(series)) series.markStale(at);
    let added = 0;
    for (const series of appended) if (!this.last.has(series)) added++;
    this.last = appended;
    const report: Record<(typeof SCRAPE_SERIES)[number], number> = {
      up: isUp ? 1 : 0,
      scrape_duration_seconds: toSeconds(this.sim.now - at),
      scrape_samples_scraped: samples,
      scrape_samples_post_metric_relabeling: samples,
      scrape_series_added: added,
    };
    for (const name of SCRAPE_SERIES) head.append({ ...labels, [NAME]: name }, at, report[name]);
  }
}

/** How long until the next multiple of an interval; a whole one if this is one. */
export const untilNext = (since: Duration, interval: Duration): Duration =>
  interval - (((since % interval) + interval) % interval);
