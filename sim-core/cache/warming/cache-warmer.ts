/**
 * Warms a cache: loads keys from the store one after the other, the most wanted first, a bounded number at once, and
 * stores them where nobody looks yet. The store's load is what the bound allows, whatever users do.
 *
 * Its loads are requests of its own, numbered from 2^36 on, above those of all clients. One that fails is left out.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import { entryOf, lasting } from '../entry.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';

/** A warmer stored a key. */
export const keyWarmed = defineFact('cache.warmed', 'A warmer stored a key', { warmer: 'text', key: 'key' });

const FIRST_REQUEST = 68_719_476_736;

export interface CacheWarmerOptions {
  readonly name: string;
  readonly cache: CacheAccess<Row>;
  readonly store: Link<DatabaseQuery, Row>;
  /** Keys in the order in which they are loaded. */
  readonly keys: readonly number[];
  /** Keys loaded at once. */
  readonly concurrency: number;
  /** How long an entry that it stores lives. */
  readonly ttl: Duration;
}

export class CacheWarmer implements Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = [
    defineSignal({
      name: 'cache.keys.warmed',
      kind: 'counter',
      unit: '{key}',
      help: 'Keys that a warmer stored',
      fact: keyWarmed,
    }),
  ];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: CacheWarmerOptions;
  private readonly warmed: FactChannel<Fact<typeof keyWarmed>>;
  private isStopped = false;
  private next = 0;
  private stored = 0;

  constructor(sim: Simulation, options: CacheWarmerOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = `Loads keys into a cache that nobody uses yet, ${options.concurrency} at once`;
    this.warmed = sim.facts.channel(keyWarmed);
    register(sim, this);
  }

  start(): void {
    for (let i = 0; i < this.options.concurrency; i++) spawn(this.sim, `${this.name} loads`, this.work());
  }

  /** What it is loading it still stores. */
  stop(): void {
    this.isStopped = true;
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'keys stored': this.stored, 'keys to store': this.options.keys.length };
  }

  violations(): readonly string[] {
    return [];
  }

  private *work(): Behaviour {
    const { keys } = this.options;
    while (!this.isStopped && this.next < keys.length) {
      const request = new RequestContext(FIRST_REQUEST + this.next, this.sim.now);
      const key = keys[this.next++];
      try {
        yield* this.load(key, request);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
    }
  }

  private *load(key: number, request: RequestContext): Behaviour {
    const { store, cache, ttl } = this.options;
    const started = this.sim.now;
    const value = yield* store.call({ operation: 'read', key }, request);
    const { now } = this.sim;
    const entry = entryOf(key, value, now, lasting(ttl), now - started);
    yield* cache.call({ command: 'set', entry }, request);
    this.stored++;
    if (this.warmed.heard) this.warmed.emit({ warmer: this.name, key });
  }
}
