/**
 * How deep and how long a hit ratio dips when something disturbs it. The experimenter's reading, worked out from lookups:
 *
 * - the hit ratio now is that of the last `window` lookups that count;
 * - what it was before is that of all of them in a stretch of time before the first disturbance;
 * - the depth at an instant is the second less the first, or 0; a dip's own depth is the greatest of its stretch;
 * - a dip lasts for as long as the depth is more than chance makes it: five deviations of the share of hits among `window`
 *   independent lookups. Its length is all that time within its stretch: a ratio that never comes back is in its dip to
 *   the end of it.
 *
 * A stretch begins with its disturbance and ends with the next. Lookups of a cache are not independent, but little
 * correlated where keys are drawn independently.
 */
import { defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { SECOND, type Time } from '../kernel/time.ts';
import { defineSignal, type SignalDefinition } from '../statistics/signal.ts';
import { cacheLookup } from './cache.ts';

/** How far the hit ratio lies below what it was, and how many seconds it has lain there in this dip. */
export const cacheDip = defineReading('cache.dip', 'How far the hit ratio lies below what it was before', {
  dip: 'text',
  depth: 'number',
  seconds: 'number',
});

export interface DipStretch {
  readonly name: string;
  readonly from: Time;
  readonly to: Time;
}

export interface DipOptions {
  /** Which lookups count. */
  readonly counts: (lookup: Fact<typeof cacheLookup>) => boolean;
  /** Lookups that the ratio is of: an integer from 1. */
  readonly window: number;
  /** The time in which the ratio is what it was. */
  readonly before: { readonly from: Time; readonly to: Time };
  /** One after the other. */
  readonly dips: readonly DipStretch[];
}

const DEVIATIONS = 5;

/** The depth that chance does not reach, of a hit ratio over so many lookups. */
export const depthOfChance = (hitRatio: number, window: number): number =>
  DEVIATIONS * Math.sqrt((hitRatio * (1 - hitRatio)) / window);

/** The depth now, and of each dip its depth and length. */
export const dipSignals = (dips: readonly string[]): SignalDefinition[] => [
  defineSignal({
    name: 'cache.dip.depth',
    kind: 'gauge',
    unit: '1',
    help: 'Dip of the hit ratio: how far it lies below what it was before the first disturbance',
    fact: cacheDip,
    value: ({ depth }) => depth,
    of: () => '',
  }),
  ...dips.flatMap((name) => [
    defineSignal({
      name: `cache.dip.${name}.depth`,
      kind: 'gauge',
      unit: '1',
      help: `Depth of the dip, ${name}: how far the hit ratio lies below what it was before the first disturbance`,
      fact: cacheDip,
      where: ({ dip }) => dip === name,
      value: ({ depth }) => depth,
      of: () => '',
    }),
    defineSignal({
      name: `cache.dip.${name}.duration`,
      kind: 'gauge',
      unit: 's',
      help: `Length of the dip, ${name}: time that the hit ratio has lain below what it was by more than chance`,
      fact: cacheDip,
      where: ({ dip }) => dip === name,
      value: ({ seconds }) => seconds,
      of: () => '',
    }),
  ]),
];

export class HitRatioDips {
  private readonly sim: Simulation;
  private readonly options: DipOptions;
  private readonly told: FactChannel<Fact<typeof cacheDip>>;
  /** The last lookups, 1 for a hit, as a ring; and how many of them were hits. */
  private readonly ring: Uint8Array;
  private seen = 0;
  private hitsInRing = 0;
  private before = { lookups: 0, hits: 0 };
  private place = 0;
  private depth = 0;
  private seconds = 0;
  private since: Time = 0;

  constructor(sim: Simulation, options: DipOptions) {
    const { window } = options;
    if (!Number.isInteger(window) || window < 1) {
      throw new RangeError(`window: ${window} is no number of lookups; give an integer from 1`);
    }
    this.sim = sim;
    this.options = options;
    this.ring = new Uint8Array(window);
    this.told = sim.facts.channel(cacheDip);
    sim.facts.channel(cacheLookup).listen((lookup) => {
      if (options.counts(lookup)) this.look(lookup.outcome === 'hit' || lookup.outcome === 'stale' ? 1 : 0);
    });
  }

  private look(hit: 0 | 1): void {
    const { sim, options, ring, before } = this;
    const { now } = sim;
    const slot = this.seen++ % ring.length;
    this.hitsInRing += hit - ring[slot];
    ring[slot] = hit;
    if (now >= options.before.from && now < options.before.to) {
      before.lookups++;
      before.hits += hit;
    }
    const dip = this.dipAt(now);
    if (dip === undefined || before.lookups === 0 || this.seen < ring.length) return;
    const was = before.hits / before.lookups;
    if (this.depth > depthOfChance(was, ring.length)) this.seconds += (now - this.since) / SECOND;
    this.since = now;
    this.depth = Math.max(0, was - this.hitsInRing / ring.length);
    if (this.told.heard) this.told.emit({ dip: dip.name, depth: this.depth, seconds: this.seconds });
  }

  /** The dip of an instant; at its first lookup it has no depth and has not lasted yet. */
  private dipAt(now: Time): DipStretch | undefined {
    const { dips } = this.options;
    while (this.place < dips.length && now >= dips[this.place].to) {
      // It is over: what is told of it from here on is how long it lasted.
      if (this.told.heard) this.told.emit({ dip: dips[this.place].name, depth: 0, seconds: this.seconds });
      this.place++;
      this.seconds = this.depth = 0;
    }
    const dip = dips[this.place];
    return dip !== undefined && now >= dip.from ? dip : undefined;
  }
}
