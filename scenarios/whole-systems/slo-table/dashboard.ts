/**
 * What Prometheus knows of the shop each time that it evaluates its rules: the counters and gauges of that instant, kept for as long as a
 * rule looks back. What measuring and scraping cost, and what is lost on the way, other scenarios show.
 */
import {
  availability,
  bucketIn,
  bucketQuantile,
  burnRate,
  cacheLookup,
  changeApplied,
  clientOf,
  ErrorWindows,
  HTTP_DURATION_BOUNDS,
  Indicator,
  latencyUnder,
  minutes,
  requestCompleted,
  s,
  streamChanged,
  toSeconds,
  type Duration,
  type Simulation,
} from '../../../sim-core/index.ts';
import { AVAILABILITY, LATENCY, LATENCY_MOST } from './objectives.ts';

/** From one evaluation to the next. */
export const EVERY = s(30);
/** What rules look back on. */
export const WINDOW = minutes(5);
/** Latency is held against that of so long, which ended where the window begins. */
export const BASELINE = minutes(10);

const isFast = latencyUnder(LATENCY_MOST);
const LOOKS_KEPT = (WINDOW + BASELINE) / EVERY + 1;

/** What is seen at an evaluation; windows reach back to the start where there has not been that much time. */
export interface Seen {
  /** Burn rate of the error budget of 30 days. */
  readonly burn: number;
  /** Burn rate of the budget of requests that take too long. */
  readonly latencyBurn: number;
  /** 99th percentile of the window, in seconds. */
  readonly p99: number;
  /** The same of the time before; NaN until that has passed. */
  readonly baseline: number;
  /** Entries that the consumer has not been given, and by how many a second more they are than a window ago. */
  readonly lag: number;
  readonly slope: number;
  readonly hitRatio: number;
  /** Of the last change that the replica applied, in seconds. */
  readonly replicaLag: number;
}

/** Counts and gauges at one evaluation. */
interface Look {
  readonly buckets: readonly number[];
  readonly lag: number;
}

export class Dashboard {
  private readonly requests = new Indicator();
  private readonly answers = new Indicator();
  private readonly lookups = new Indicator();
  private readonly errors = new ErrorWindows(EVERY, WINDOW);
  private readonly slow = new ErrorWindows(EVERY, WINDOW);
  private readonly misses = new ErrorWindows(EVERY, WINDOW);
  /** Of users' requests that were answered, by the bounds of the buckets. */
  private readonly buckets = Array.from({ length: HTTP_DURATION_BOUNDS.length + 1 }, () => 0);
  private lag = 0;
  private replicaLag: Duration = 0;
  /** The latest looks, the last one at the end. */
  private readonly looks: Look[] = [];

  constructor({ facts }: Simulation) {
    facts.channel(requestCompleted).listen(({ request, outcome, duration }) => {
      if (clientOf(request) !== USERS) return;
      const ok = outcome === 'ok';
      this.requests.judge(availability({ ok, duration }));
      this.answers.judge(isFast({ ok, duration }));
      if (ok) this.buckets[bucketIn(HTTP_DURATION_BOUNDS, toSeconds(duration))]++;
    });
    facts.channel(cacheLookup).listen(({ outcome }) => this.lookups.judge(outcome === 'hit' ? 'good' : 'bad'));
    facts.channel(streamChanged).listen(({ unread }) => void (this.lag = unread));
    facts.channel(changeApplied).listen(({ lag }) => void (this.replicaLag = lag));
    this.keep();
  }

  /** Takes what there is now. */
  look(): Seen {
    this.keep();
    const [now, then, before] = [this.ago(0), this.ago(WINDOW), this.ago(WINDOW + BASELINE)];
    const isWhole = this.looks.length === LOOKS_KEPT;
    return {
      burn: burnRate(AVAILABILITY, this.errors.ratio(WINDOW)),
      latencyBurn: burnRate(LATENCY, this.slow.ratio(WINDOW)),
      p99: quantile(now, then),
      baseline: isWhole ? quantile(then, before) : NaN,
      lag: this.lag,
      slope: (now.lag - then.lag) / toSeconds(Math.min(WINDOW, (this.looks.length - 1) * EVERY)),
      hitRatio: 1 - this.misses.ratio(WINDOW),
      replicaLag: toSeconds(this.replicaLag),
    };
  }

  private keep(): void {
    this.errors.sample(this.requests);
    this.slow.sample(this.answers);
    this.misses.sample(this.lookups);
    this.looks.push({ buckets: [...this.buckets], lag: this.lag });
    if (this.looks.length > LOOKS_KEPT) this.looks.shift();
  }

  private ago(time: Duration): Look {
    return this.looks[Math.max(0, this.looks.length - 1 - time / EVERY)];
  }
}

/** The first client of the shop. */
const USERS = 0;

/** The 99th percentile of what came between two looks; NaN if nothing did. */
function quantile(now: Look, then: Look): number {
  let sum = 0;
  const cumulative = now.buckets.map((count, i) => {
    sum += count - then.buckets[i];
    return { bound: HTTP_DURATION_BOUNDS[i] ?? Infinity, count: sum };
  });
  return bucketQuantile(0.99, cumulative);
}
