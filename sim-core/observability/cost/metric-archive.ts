/**
 * A series kept in tiers: as it was recorded, and downsampled once and again to coarser resolutions, each for so long. A coarser one
 * is made of the next finer when that is old enough, not when it is deleted: for a while there are both.
 *
 * A question says how fine its answer has to be. Each part of the time that it asks about is read from the coarsest tier that is
 * fine enough and has it, and else from the finest that does. What is in no tier has no answer.
 *
 * Thanos makes 5 minutes of raw samples after 40 hours and an hour of those after 10 days, and keeps each as long as it is told
 * (https://thanos.io/tip/components/compact.md/). It keeps five aggregates of each, which is why downsampling by itself
 * saves nothing: 5 minutes of five aggregates are half of ten samples, and a third block beside the others. What saves is to delete.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import { aggregateOf, averaged, together, type Aggregate } from './aggregate.ts';
import { Resolution } from './resolution.ts';

export interface Tier {
  readonly width: Duration;
  /** How old the finer tier's data has to be before it is made of it; 0 for the first. */
  readonly after: Duration;
  /** How long it is kept: longer than until the next coarser one is made of it. */
  readonly kept: Duration;
}

export interface MetricArchiveOptions {
  /** The finest first; each width a multiple of the one before. */
  readonly tiers: readonly Tier[];
  /** Whether downsampling keeps count, sum, least and greatest, or the average alone. */
  readonly keeps: 'aggregates' | 'averages';
}

/** Numbers that are kept of a stretch: Thanos' count, sum, min, max and counter. */
const AGGREGATES = 5;

export interface MetricAnswer {
  readonly value: number;
  /** How finely it is known when it was. */
  readonly width: Duration;
  /** Samples that were read for it. */
  readonly read: number;
}

export class MetricArchive {
  private readonly options: MetricArchiveOptions;
  private readonly tiers: readonly { readonly tier: Tier; readonly held: Resolution }[];

  constructor(options: MetricArchiveOptions) {
    const { tiers } = options;
    tiers.forEach(({ width, after }, i) => {
      if (i === 0) return;
      const finer = tiers[i - 1];
      if (width % finer.width !== 0) {
        throw new RangeError(`metric archive: width is ${width} ns; it must be a multiple of ${finer.width} ns`);
      }
      if (finer.kept < after + width) {
        throw new RangeError(`metric archive: kept is ${finer.kept} ns; it must be ${after + width} ns at least`);
      }
    });
    this.options = options;
    this.tiers = tiers.map((tier) => ({ tier, held: new Resolution(tier.width) }));
  }

  /** The next sample: one in each width of the first tier. */
  record(value: number): void {
    this.tiers[0].held.add(aggregateOf(value));
  }

  /** Makes what is due, then deletes what is over. */
  compact(now: Time): void {
    for (let i = 1; i < this.tiers.length; i++) this.downsample(this.tiers[i - 1].held, this.tiers[i], now);
    for (const { tier, held } of this.tiers) held.deleteBefore(now - tier.kept);
  }

  /** Numbers that are kept, of one series. */
  get numbers(): number {
    const perStretch = this.options.keeps === 'aggregates' ? AGGREGATES : 1;
    let sum = 0;
    for (const { held } of this.tiers) sum += held.size * (held === this.tiers[0].held ? 1 : perStretch);
    return sum;
  }

  maximum(from: Time, to: Time, width: Duration): MetricAnswer | undefined {
    return this.answer(from, to, width, (stretches) => together(stretches).max);
  }

  mean(from: Time, to: Time, width: Duration): MetricAnswer | undefined {
    return this.answer(from, to, width, (stretches) => {
      const { sum, count } = together(stretches);
      return sum / count;
    });
  }

  /** Of samples, or of averages where there is nothing else to take it of, each for as much as went into it. */
  quantile(share: number, from: Time, to: Time, width: Duration): MetricAnswer | undefined {
    return this.answer(from, to, width, (stretches) => quantileOf(share, stretches));
  }

  private answer(
    from: Time,
    to: Time,
    width: Duration,
    of: (stretches: readonly Aggregate[]) => number,
  ): MetricAnswer | undefined {
    const stretches: Aggregate[] = [];
    let coarsest = 0;
    for (let at = from; at < to;) {
      const having = this.tiers.filter(({ held }) => held.from <= at && held.to > at);
      const chosen = having.findLast(({ tier }) => tier.width <= width) ?? having.at(0);
      if (chosen === undefined) return undefined;
      const until = Math.min(to, chosen.held.to);
      for (const stretch of chosen.held.within(at, until)) stretches.push(stretch);
      coarsest = Math.max(coarsest, chosen.tier.width);
      at = until;
    }
    return { value: of(stretches), width: coarsest, read: stretches.length };
  }

  private downsample(finer: Resolution, { tier, held }: { tier: Tier; held: Resolution }, now: Time): void {
    while (held.to + tier.width <= Math.min(finer.to, now - tier.after)) {
      const stretches = finer.within(held.to, held.to + tier.width);
      const whole = together(stretches);
      held.add(this.options.keeps === 'aggregates' ? whole : averaged(whole));
    }
  }
}

function quantileOf(share: number, stretches: readonly Aggregate[]): number {
  const all = together(stretches).count;
  // With one sample in each there is nothing to weigh, and numbers are sorted much sooner.
  if (all === stretches.length) return Float64Array.from(stretches, ({ sum }) => sum).sort()[Math.floor(share * all)];
  const sorted = stretches.map(({ sum, count }) => ({ value: sum / count, count })).sort((a, b) => a.value - b.value);
  let below = 0;
  for (const { value, count } of sorted) {
    below += count;
    if (below > share * all) return value;
  }
  return sorted.at(-1)!.value;
}
