/**
 * A bank of caches of several sizes and under several policies, all asked for the same requests: one run gives
 * miss-ratio curves, and whatever two policies differ by, they differ by on the same requests. One of the caches serves;
 * the others are shadows that hold keys only, as operators run them beside a cache to learn what another size or policy
 * would do (Waldspurger et al., "Cache modeling and optimization using miniature simulations", USENIX ATC 2017).
 *
 * The replacement model of the literature: a miss admits by the policy's rule at once, and nothing expires. Entries are of
 * one size, or of their own (`sizeOf`) and the capacities in bytes. Does not model the store: a miss is answered as fast as
 * a hit. OPT plans by the keys that the client will ask for (`foreseen-keys.ts`); when their popularity is made to move, it
 * learns of that no sooner than everybody else, and makes a new plan from what it holds then. It is a bound from the start
 * of a run up to that moment, and where entries are of one size.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import { cacheInterventions } from '../cache-in-memory.ts';
import { cacheEvicted, cacheLookup, shareOf } from '../cache.ts';
import { Bookkeeping } from '../eviction/bookkeeping.ts';
import type { EvictionPolicy } from '../eviction/eviction-policy.ts';
import { chosenPolicy } from '../eviction/policies.ts';
import { bankSignals, cacheBankAsked, cacheBankKept, cacheBankSent, type BankedCache } from './bank-signals.ts';
import { ForeseenKeys, type Foreseeable } from './foreseen-keys.ts';

export interface CacheBankOptions {
  readonly name: string;
  /** At most 31. */
  readonly caches: readonly BankedCache[];
  /** The name of the one that serves. */
  readonly serving: string;
  /** How many requests OPT looks ahead. */
  readonly ahead: number;
  /** Bytes of the entry under a key, an integer from 1: capacities are then in bytes. */
  readonly sizeOf?: (key: number) => number;
}

/** The bits of a number that a fact's field holds exactly, and that bitwise operators take. */
const CACHES_MAX = 31;

export class CacheBank implements Endpoint<number, boolean>, Component {
  readonly name: string;
  readonly kind = 'cache';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>> = cacheInterventions({
    clear: () => this.keys.forEach((_, id) => this.remove(id)),
    delete: (key) => {
      const id = this.ids.get(key);
      return id !== undefined && this.remove(id);
    },
    resize: (share) => {
      this.share = share;
      this.policies.forEach((policy, place) => policy.resize(this.roomOf(this.caches[place])));
    },
  });
  private readonly sim: Simulation;
  private readonly caches: readonly BankedCache[];
  private readonly policies: EvictionPolicy[];
  private readonly serving: number;
  private readonly ahead: number;
  private readonly sizeOf: ((key: number) => number) | undefined;
  private readonly bookkeeping = new Bookkeeping();
  /** Of the capacities that the caches began with, what they have now. */
  private share = 1;
  private foreseen: ForeseenKeys | undefined = undefined;
  /** Keys as the small whole numbers that policies count in, and back. */
  private readonly ids = new Map<number, number>();
  private readonly keys: number[] = [];
  private readonly asked: FactChannel<Fact<typeof cacheBankAsked>>;
  private readonly lookups: FactChannel<Fact<typeof cacheLookup>>;
  private readonly evicted: FactChannel<Fact<typeof cacheEvicted>>;
  private readonly kept: FactChannel<Fact<typeof cacheBankKept>>;
  private readonly sent: FactChannel<Fact<typeof cacheBankSent>>;

  constructor(sim: Simulation, options: CacheBankOptions) {
    const { name, caches, serving, ahead, sizeOf } = options;
    if (caches.length < 1 || caches.length > CACHES_MAX) {
      throw new RangeError(`${name}: there are ${caches.length} caches; a bank has 1 to ${CACHES_MAX}`);
    }
    this.serving = caches.findIndex((cache) => cache.name === serving);
    if (this.serving < 0) {
      throw new RangeError(`${name}: serving is ${serving}; there are ${caches.map((cache) => cache.name).join(', ')}`);
    }
    this.sim = sim;
    this.name = name;
    this.caches = caches;
    this.ahead = ahead;
    this.sizeOf = sizeOf;
    const { eviction, capacity } = caches[this.serving];
    const unit = sizeOf === undefined ? 'entries' : 'bytes';
    this.help = `room for ${capacity} ${unit} under ${eviction}; beside it ${caches.length - 1} shadows of other sizes and policies, asked for the same`;
    this.signals = bankSignals(caches, unit);
    this.policies = caches.map((cache) => (isClairvoyant(cache) ? UNPLANNED : this.policyOf(cache)));
    this.asked = sim.facts.channel(cacheBankAsked);
    this.lookups = sim.facts.channel(cacheLookup);
    this.evicted = sim.facts.channel(cacheEvicted);
    this.kept = sim.facts.channel(cacheBankKept);
    this.sent = sim.facts.channel(cacheBankSent);
    register(sim, this);
  }

  /** Says whose requests come, before the first one: OPT has to know, and takes their numbers from 0. */
  foresee(client: Foreseeable): void {
    this.foreseen = new ForeseenKeys(client, this.ahead);
  }

  receive(call: Call<number, boolean>): void {
    call.reply(this.request(call.query, call.request.id));
  }

  /** Asks every cache for a key; whether the serving one held it. */
  request(key: number, request: number): boolean {
    if (this.foreseen?.reach(request)) this.plan();
    const id = this.idOf(key);
    const { policies, bookkeeping } = this;
    const stepsBefore = bookkeeping.steps;
    let hits = 0;
    for (let place = 0; place < policies.length; place++) if (policies[place].request(id)) hits |= 1 << place;
    const isHit = ((hits >>> this.serving) & 1) === 1;
    if (this.asked.heard) this.asked.emit({ bank: this.name, request, hits });
    if (this.lookups.heard) {
      this.lookups.emit({ cache: this.name, request, key, outcome: isHit ? 'hit' : 'miss' });
    }
    if (this.kept.heard) {
      const bytes = bookkeeping.bytes / Math.max(1, policies[this.serving].size);
      this.kept.emit({ bank: this.name, request, steps: bookkeeping.steps - stepsBefore, bytes });
    }
    if (this.sizeOf !== undefined && this.sent.heard) {
      const asked = this.sizeOf(key);
      this.sent.emit({ bank: this.name, request, asked, missed: isHit ? 0 : asked });
    }
    return isHit;
  }

  state(): Readonly<Record<string, number | string>> {
    const entries = this.caches.map(({ name }, place) => [`entries of ${name}`, this.policies[place].size] as const);
    return { capacity: this.policies[this.serving].capacity, ...Object.fromEntries(entries) };
  }

  violations(): readonly string[] {
    return this.policies
      .filter(({ used, capacity }) => used > capacity)
      .map(({ used, capacity }) => `${this.name}: a cache of ${capacity} has ${used} in use`);
  }

  /** The future has changed, or is told for the first time: OPT starts again with what it held. */
  private plan(): void {
    for (const [place, cache] of this.caches.entries()) {
      if (!isClairvoyant(cache)) continue;
      const before = this.policies[place];
      const planned = (this.policies[place] = this.policyOf(cache));
      for (let id = 0; id < this.keys.length; id++) {
        if (!before.has(id)) continue;
        this.foreseen!.comesNext(this.keys[id]);
        planned.request(id);
      }
    }
  }

  /** Takes an entry out of all caches; false if none had it. */
  private remove(id: number): boolean {
    let done = false;
    for (const policy of this.policies) if (policy.remove(id)) done = true;
    return done;
  }

  private policyOf(cache: BankedCache): EvictionPolicy {
    const { name, eviction } = cache;
    const isServing = cache === this.caches[this.serving];
    return chosenPolicy(eviction).create({
      capacity: this.roomOf(cache),
      random: this.sim.random(`${this.name}/${name}`),
      ...(this.foreseen && { future: this.foreseen }),
      ...(this.sizeOf && { sizeOf: (id) => this.sizeOf!(this.keys[id]) }),
      ...(isServing && { onEvict: (id) => this.tellEvicted(id), bookkeeping: this.bookkeeping }),
    });
  }

  private roomOf({ capacity }: BankedCache): number {
    return shareOf(capacity, this.share);
  }

  private tellEvicted(id: number): void {
    if (this.evicted.heard) this.evicted.emit({ cache: this.name, key: this.keys[id] });
  }

  private idOf(key: number): number {
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.ids.size;
      this.ids.set(key, id);
      this.keys.push(key);
    }
    return id;
  }
}

const isClairvoyant = ({ eviction }: BankedCache): boolean => chosenPolicy(eviction).needsFuture === true;

/** Stands for OPT until it is told whose requests come. */
const UNPLANNED: EvictionPolicy = {
  capacity: 1,
  size: 0,
  used: 0,
  request() {
    throw new Error('OPT was asked before it was told whose requests come: call foresee first');
  },
  has: () => false,
  resize: () => {},
  remove: () => false,
};
