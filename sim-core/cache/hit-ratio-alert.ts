/**
 * An alert on a hit ratio, as a Prometheus rule has it: every so often the ratio of the lookups of the last `window` is held
 * against a threshold. Below it the alert is pending, and once it has been so at every look for as long as `for` says, it
 * fires; the first look at which it is not below ends it (prometheus.io, "Alerting rules"). Where nobody looked anything up
 * there is no ratio and, as with a quotient that is not a number, no alert. Handbook 1.8, Quick tables and Appendix:
 * "hit ratio alerting".
 *
 * Lookups are told as they happen; how an instrument would miss or delay some of them is not modelled.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import { defineSignal } from '../statistics/signal.ts';
import { cacheLookup } from './cache.ts';

/** The alert began to fire. */
export const hitRatioAlerted = defineFact('cache.hit_ratio.alerted', 'The alert on the hit ratio began to fire', {
  ratio: 'number',
});

/** A look at the hit ratio. */
export const hitRatioWatched = defineReading('cache.hit_ratio.watched', 'The alert looked at the hit ratio', {
  firing: 'flag',
});

export const hitRatioAlertSignals = [
  defineSignal({
    name: 'cache.hit_ratio.alerts',
    kind: 'counter',
    unit: '{alert}',
    help: 'Times that the alert on the hit ratio began to fire',
    fact: hitRatioAlerted,
  }),
  defineSignal({
    name: 'cache.hit_ratio.alerts.firing',
    kind: 'gauge',
    unit: '{alert}',
    help: 'Whether the alert on the hit ratio fires: 1 or 0',
    fact: hitRatioWatched,
    value: ({ firing }) => (firing ? 1 : 0),
    of: () => '',
  }),
];

export interface HitRatioAlertOptions {
  /** Which lookups count; all of them without it. */
  readonly counts?: (lookup: Fact<typeof cacheLookup>) => boolean;
  /** A hit ratio below it is a breach, 0 to 1. */
  readonly threshold: number;
  /** Time that the ratio is of: a whole number of looks. */
  readonly window: Duration;
  /** From one look to the next. */
  readonly every: Duration;
  /** How long it is pending before it fires; 0 to fire at once. */
  readonly for: Duration;
}

interface Counts {
  lookups: number;
  hits: number;
}

export class HitRatioAlert {
  private readonly sim: Simulation;
  private readonly options: HitRatioAlertOptions;
  private readonly alerted: FactChannel<Fact<typeof hitRatioAlerted>>;
  private readonly watched: FactChannel<Fact<typeof hitRatioWatched>>;
  private readonly lookKind: number;
  /** Of each time between two looks in the window, the present one last. */
  private readonly counts: Counts[] = [{ lookups: 0, hits: 0 }];
  /** Since when the ratio has been below the threshold at every look. */
  private pendingSince: Time | undefined = undefined;
  private isFiring = false;

  constructor(sim: Simulation, options: HitRatioAlertOptions) {
    const { threshold, window, every } = options;
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(`threshold: ${threshold} is no hit ratio; give a number from 0 to 1`);
    }
    if (!(every > 0 && window >= every && window % every === 0)) {
      throw new RangeError(`window: ${window} is no whole number of looks, one every ${every}`);
    }
    this.sim = sim;
    this.options = options;
    this.alerted = sim.facts.channel(hitRatioAlerted);
    this.watched = sim.facts.channel(hitRatioWatched);
    this.lookKind = sim.eventKind('the alert looks at the hit ratio');
    sim.facts.channel(cacheLookup).listen((lookup) => {
      if (options.counts?.(lookup) === false) return;
      const { outcome } = lookup;
      const now = this.counts.at(-1)!;
      now.lookups++;
      if (outcome === 'hit' || outcome === 'stale') now.hits++;
    });
    sim.schedule(every, HitRatioAlert.look, this as HitRatioAlert, this.lookKind);
  }

  private judge(): void {
    const { sim, counts, options } = this;
    let [lookups, hits] = [0, 0];
    for (const one of counts) {
      lookups += one.lookups;
      hits += one.hits;
    }
    const isBelow = lookups > 0 && hits < options.threshold * lookups;
    this.pendingSince = isBelow ? (this.pendingSince ?? sim.now) : undefined;
    const fires = this.pendingSince !== undefined && sim.now - this.pendingSince >= options.for;
    if (fires && !this.isFiring && this.alerted.heard) this.alerted.emit({ ratio: hits / lookups });
    this.isFiring = fires;
    if (this.watched.heard) this.watched.emit({ firing: fires });
    counts.push({ lookups: 0, hits: 0 });
    if (counts.length > options.window / options.every) counts.shift();
  }

  private static look(alert: HitRatioAlert): void {
    alert.judge();
    alert.sim.schedule(alert.options.every, HitRatioAlert.look, alert, alert.lookKind);
  }
}
