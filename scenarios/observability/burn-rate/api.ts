/**
 * A service as its counters show it: each minute so many requests came and so many of them failed. That many requests are not
 * simulated one by one; of independent ones the good and the bad of a minute are two Poisson numbers. The draws belong to the minute,
 * so that what one set of alerts has repaired changes nothing of the other minutes.
 */
import {
  errorBudget,
  ErrorWindows,
  Indicator,
  longestWindow,
  MINUTE,
  poissonCount,
  register,
  toSeconds,
  type Component,
  type Distribution,
  type Duration,
  type Intervention,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import type { IncidentBook } from './incident-book.ts';
import type { Values } from './params.ts';
import { alertsOf, objectiveOf } from './rule-sets.ts';
import { burnSignals, minuteServed, servedSignals, WINDOWS } from './signals.ts';
import { isDeploying, rateAt, requestsBetween } from './traffic.ts';

export class Api implements Component {
  readonly name = 'api';
  readonly kind = 'service';
  readonly help = 'A service of which only its counters are seen, once a minute';
  readonly signals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  /** Error ratios of what was counted, by the minute. */
  readonly windows: ErrorWindows;
  private readonly requests = new Indicator();
  private readonly sim: Simulation;
  private readonly params: Values;
  private readonly book: IncidentBook;
  private readonly served;
  private readonly tickKind: number;
  private readonly draws;
  /** By their means. */
  private readonly counts = new Map<number, Distribution>();
  /** Share of the requests that may fail. */
  private readonly budget: number;
  /** Failures that the period allows. */
  private readonly allowed: number;

  constructor(sim: Simulation, params: Values, book: IncidentBook) {
    this.sim = sim;
    this.params = params;
    this.signals = [...servedSignals, ...burnSignals(alertsOf(params))];
    this.book = book;
    this.windows = new ErrorWindows(MINUTE, Math.max(WINDOWS.at(-1)!.length, longestWindow(alertsOf(params))));
    this.windows.sample(this.requests);
    this.served = sim.facts.channel(minuteServed);
    this.tickKind = sim.eventKind('a minute of the api is counted');
    const keyed = (what: string) => sim.keyedRandom(`api/${what}`);
    this.draws = {
      good: keyed('good'),
      background: keyed('background'),
      deploy: keyed('deploy'),
      incident: keyed('incident'),
    };
    const objective = objectiveOf(params);
    this.budget = errorBudget(objective);
    this.allowed = this.budget * requestsBetween(params, 0, objective.period);
    this.interventions = { fail: this.failing() };
    register(sim, this);
    sim.schedule(MINUTE, Api.tick, this as Api, this.tickKind);
  }

  state(): Readonly<Record<string, number | string>> {
    return { requests: this.requests.valid, failed: this.requests.bad };
  }

  violations(): readonly string[] {
    return [];
  }

  /** Counts the minute that is over now. */
  private count(at: Time): void {
    const { params, book, requests, windows } = this;
    const come = toSeconds(MINUTE) * rateAt(params, at);
    const ofIncident = book.ratioAt(at);
    const ofDeploy = isDeploying(at) ? params.deployErrors : 0;
    const minute = at / MINUTE;
    // Of what one cause has not made fail the next one takes its share.
    const left = come * (1 - ofIncident);
    const afterDeploy = left * (1 - ofDeploy);
    const caused = this.draw('incident', minute, come - left);
    const others =
      this.draw('deploy', minute, left - afterDeploy) +
      this.draw('background', minute, afterDeploy * params.background);
    const good = this.draw('good', minute, afterDeploy * (1 - params.background));
    const bad = caused + others;
    book.note(at, others, caused);
    requests.add(good, bad);
    windows.sample(requests);
    if (!this.served.heard) return;
    const { isUnderWay: incident, isPaged: paged } = book;
    const burnOf = (window: Duration): number => (windows.ratio(window) || 0) / this.budget;
    const [fiveMinutes, halfHour, hour, sixHours, threeDays] = WINDOWS.map(({ length }) => burnOf(length));
    const burned = { fiveMinutes, halfHour, hour, sixHours, threeDays };
    this.served.emit({ good, bad, spent: requests.bad / this.allowed, ...burned, incident, paged });
  }

  private draw(what: 'good' | 'background' | 'deploy' | 'incident', minute: number, mean: number): number {
    if (mean <= 0) return 0;
    let distribution = this.counts.get(mean);
    if (distribution === undefined) this.counts.set(mean, (distribution = poissonCount(mean)));
    return distribution.sample(this.draws[what].of(minute));
  }

  private failing(): Intervention {
    return {
      help: 'Makes a share of the requests fail for some minutes: an incident like those of the library',
      arguments: [
        { name: 'share', help: 'Of the requests', min: 0.0001, max: 1, default: 0.1 },
        { name: 'minutes', help: 'How long it lasts if nobody repairs it', min: 1, max: 10_000, default: 60 },
      ],
      apply: ([errorRatio, lasts]) => {
        const at = Math.ceil(this.sim.now / MINUTE) * MINUTE;
        this.book.add({ name: `by hand, minute ${at / MINUTE}`, at, lasts: Math.round(lasts) * MINUTE, errorRatio });
      },
    };
  }

  private static tick(api: Api): void {
    api.sim.schedule(MINUTE, Api.tick, api, api.tickKind);
    api.count(api.sim.now - MINUTE);
  }
}
