/**
 * Watches a cluster of cache shards as an operator does: which key is asked for most (a Space-Saving sketch on every shard,
 * read and cleared every window), how busy the busiest thread is, and how full the fullest wire. A key with more than the
 * threshold's share of all commands is an alert: the handbook's 15 % (section 1.8). Every key that has is told to whoever has
 * subscribed, which is what turns remedies on.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { register, type Component } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BACKGROUND, RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { CacheServer } from '../cache-server.ts';
import type { HotKeyNews } from './known-hot-keys.ts';
import type { SpaceSaving } from './space-saving.ts';

/** A window has ended: the key with the most commands, its share of all of them, and how busy the busiest parts are. */
export const hotKeysRead = defineReading('cache.hot_keys', 'The hottest key and the busiest shard of a window', {
  monitor: 'text',
  key: 'key',
  share: 'number',
  cpu: 'number',
  wire: 'number',
  alert: 'flag',
});

export const hotKeySignals = [
  defineSignal({
    name: 'cache.hot_key.share',
    kind: 'gauge',
    unit: '1',
    help: 'Share of all commands of the cluster that the hottest key has',
    fact: hotKeysRead,
    value: (fact) => fact.share,
    of: (fact) => fact.monitor,
  }),
  defineSignal({
    name: 'cache.hot_key.alerts',
    kind: 'counter',
    unit: '{window}',
    help: 'Windows in which a key had more than its share',
    fact: hotKeysRead,
    where: (fact) => fact.alert,
  }),
  defineSignal({
    name: 'cache.shard.cpu.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'How busy the thread of the busiest shard is',
    fact: hotKeysRead,
    value: (fact) => fact.cpu,
    of: (fact) => fact.monitor,
  }),
  defineSignal({
    name: 'cache.shard.wire.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'How full the wire out of the shard with the fullest one is',
    fact: hotKeysRead,
    value: (fact) => fact.wire,
    of: (fact) => fact.monitor,
  }),
];

export interface HotKeyMonitorOptions {
  readonly name: string;
  readonly window: Duration;
  /** Counters of each shard's sketch. */
  readonly counters: number;
  /** Share of all commands above which a key is an alert. */
  readonly threshold: number;
  /** The key that a name stands for, where keys have several. */
  readonly baseOf: (name: number) => number;
}

export class HotKeyMonitor implements Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = hotKeySignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: HotKeyMonitorOptions;
  private readonly watched: Watched[] = [];
  private readonly subscribers: Link<HotKeyNews, void>[] = [];
  private told = 0;
  private readonly readings: FactChannel<Fact<typeof hotKeysRead>>;
  private readonly windowKind: number;
  private last = { key: -1, share: 0, cpu: 0, wire: 0, alert: false };

  constructor(sim: Simulation, options: HotKeyMonitorOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = `Reads the hottest keys of every shard, of ${options.counters} counters each`;
    this.readings = sim.facts.channel(hotKeysRead);
    this.windowKind = sim.eventKind(`${options.name} reads the shards`);
    register(sim, this);
    this.planNext();
  }

  /** Reads this shard from now on, and the sketch that counts the keys of its commands. */
  watch(shard: Pick<CacheServer<unknown>, 'thread' | 'wire'>, sketch: SpaceSaving): void {
    this.watched.push({ shard, sketch, thread: 0, wire: 0 });
  }

  /** Has an instance told of hot keys, at the end of every window in which there are any. */
  subscribe(link: Link<HotKeyNews, void>): void {
    this.subscribers.push(link);
  }

  state(): Readonly<Record<string, number | string>> {
    const { key, share, cpu, wire } = this.last;
    return { 'hottest key': key, 'its share': share, 'busiest thread': cpu, 'fullest wire': wire };
  }

  violations(): readonly string[] {
    return [];
  }

  private planNext(): void {
    this.sim.schedule(
      this.options.window,
      (monitor: HotKeyMonitor) => monitor.read(),
      this as HotKeyMonitor,
      this.windowKind,
    );
  }

  private read(): void {
    const { window, counters, threshold, baseOf } = this.options;
    const { now } = this.sim;
    const counts = new Map<number, number>();
    let [commands, cpu, wire] = [0, 0, 0];
    for (const one of this.watched) {
      const { shard, sketch } = one;
      commands += sketch.total;
      for (const { key, count } of sketch.top(counters)) {
        counts.set(baseOf(key), (counts.get(baseOf(key)) ?? 0) + count);
      }
      sketch.clear();
      cpu = Math.max(cpu, Math.min(1, (shard.thread.worked(now) - one.thread) / window));
      wire = Math.max(wire, Math.min(1, (shard.wire.worked(now) - one.wire) / window));
      one.thread = shard.thread.worked(now);
      one.wire = shard.wire.worked(now);
    }
    let [key, most] = [-1, 0];
    for (const [candidate, count] of counts) if (count > most) [key, most] = [candidate, count];
    const share = commands === 0 ? 0 : most / commands;
    this.last = { key, share, cpu, wire, alert: share > threshold };
    if (this.readings.heard) this.readings.emit({ monitor: this.name, ...this.last });
    this.tellOf([...counts].filter(([, count]) => count > threshold * commands).map(([hot]) => hot));
    this.planNext();
  }

  private tellOf(keys: readonly number[]): void {
    if (keys.length === 0) return;
    for (const link of this.subscribers) {
      link.send({ keys }, new RequestContext(BACKGROUND + this.told++, this.sim.now));
    }
  }
}

interface Watched {
  readonly shard: Pick<CacheServer<unknown>, 'thread' | 'wire'>;
  readonly sketch: SpaceSaving;
  /** How long thread and wire had worked when they were last looked at. */
  thread: number;
  wire: number;
}
