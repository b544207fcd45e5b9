/**
 * An HTTP cache: the private ones of users' browsers, a shared one at a point of presence of a CDN, or one in a gateway.
 * It answers from what it has while `freshness.ts` lets it, and asks upstream otherwise. Past its freshness, within
 * `stale-while-revalidate`, a copy is served and fetched anew by one request at a time. A user’s reload is answered by the
 * browser only if the copy is `immutable`; shared caches do not heed reloads, as CDNs do not, or users could reach past them.
 *
 * A cache may have a time to live of its own, which counts from when a response has come and heeds neither its Cache-Control nor its
 * age, as that of a stage of AWS API Gateway (300 s unless it is set), and nginx's `proxy_cache_valid` once `proxy_ignore_headers`
 * takes away the precedence of Cache-Control. What it hands on still says how old it is; neither of those two does.
 *
 * A purge throws a URL out, and what is being fetched of it is not kept. Fetches of one URL are not merged. A copy past
 * its time is fetched whole: asking whether it has changed (304) takes the same way and saves bytes, which are not
 * modelled. Does not model Vary, ranges, errors served from old copies, or purges that do not arrive.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Balancer } from '../../network/balancing/by-request-number.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { Cache, cacheSignals } from '../cache.ts';
import { entryOf } from '../entry.ts';
import { ageField, generatedAt, lifetimeOfOwn, lifetimes, type HttpResponse } from './freshness.ts';
import type { Layer } from './layers.ts';

/** A GET. The same URL may name another row for everybody after a write, or a version of a row for good. */
export interface HttpGet {
  readonly url: number;
  readonly key: number;
  /** Of a URL that names one version: which. */
  readonly version?: number;
}

export interface Purge {
  readonly url: number;
}

export interface PrivateUsers {
  readonly count: number;
  /** Whose a request is, from 0. */
  readonly of: (request: RequestContext) => number;
  /** Whether it is a reload of what the user sees. */
  readonly reloads: (request: RequestContext) => boolean;
}

export interface HttpCacheOptions {
  readonly name: string;
  readonly help: string;
  readonly layer: Layer;
  /** Responses that each of its caches has room for; 0 keeps nothing. */
  readonly capacity: number;
  /** For how long it keeps a response from when that has come, whatever its Cache-Control says; as that says, without it. */
  readonly ttl?: Duration;
  /** Whose private caches these are; a shared one without it. */
  readonly users?: PrivateUsers;
  readonly upstream: Balancer<HttpGet, HttpResponse>;
  /** Told of every answer as it leaves. */
  readonly onAnswer?: (response: HttpResponse, request: RequestContext) => void;
}

export class HttpCache implements Endpoint<HttpGet, HttpResponse>, Component {
  readonly name: string;
  readonly kind = 'cache';
  readonly help: string;
  readonly signals = cacheSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  /** Where purges are sent. */
  readonly purges: Endpoint<Purge, void>;
  private readonly options: HttpCacheOptions;
  private readonly caches: readonly Cache<HttpResponse>[];
  /** URLs that are being fetched anew behind somebody's back, in each cache. */
  private readonly refreshing: readonly Set<number>[];
  private readonly timesPurged = new Map<number, number>();
  private timesCleared = 0;

  constructor(sim: Simulation, options: HttpCacheOptions) {
    const { name, capacity, users } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = options.help;
    const count = capacity === 0 ? 0 : (users?.count ?? 1);
    const nameOf = (i: number): string => (users === undefined ? name : `${name} ${i + 1}`);
    this.caches = Array.from(
      { length: count },
      (_, i) => new Cache(sim, { name: nameOf(i), capacity, eviction: 'lru' }),
    );
    this.refreshing = this.caches.map(() => new Set());
    if (count === 0) this.interventions = {};
    else if (users === undefined)
      this.interventions = { purge: operation(this.purging()), expire: operation(this.expiring()) };
    else this.interventions = { flush: this.purging(), expire: this.expiring() };
    this.purges = {
      name,
      receive: (call) => {
        this.purge(call.query.url);
        call.reply();
      },
    };
    register(sim, this);
    if (count === 0) return;
    tellCapacity(sim, {
      kind: 'room',
      name: `${name} room for responses`,
      units: () => count * capacity,
      held: () => this.caches.reduce((sum, { size }) => sum + size, 0),
      isMeantToFill: true,
    });
  }

  receive(call: Call<HttpGet, HttpResponse>): void {
    const { query, request } = call;
    const { users } = this.options;
    const which = users?.of(request) ?? 0;
    const cache: Cache<HttpResponse> | undefined = this.caches[which];
    const entry = cache?.get(query.url, request.id);
    if (entry === undefined || (!entry.value.control.immutable && users?.reloads(request) === true)) {
      spawn(this.sim, this.name, this.forward(call, cache));
      return;
    }
    if (this.sim.now >= entry.softExpiresAt && !this.refreshing[which].has(query.url)) {
      spawn(this.sim, `${this.name} revalidates`, this.revalidate(query, request, which));
    }
    const { row, control } = entry.value;
    const age = ageField(entry.storedAt, this.sim.now);
    this.answer(call, { row, layer: this.options.layer, age, control });
  }

  state(): Readonly<Record<string, number | string>> {
    const responses = this.caches.reduce((sum, cache) => sum + cache.size, 0);
    return { responses, caches: this.caches.length, capacity: this.options.capacity };
  }

  violations(): readonly string[] {
    return this.caches.flatMap((cache) => cache.violations());
  }

  private answer(call: Call<HttpGet, HttpResponse>, response: HttpResponse): void {
    this.options.onAnswer?.(response, call.request);
    call.reply(response);
  }

  private *forward(call: Call<HttpGet, HttpResponse>, cache: Cache<HttpResponse> | undefined): Behaviour {
    try {
      this.answer(call, yield* this.fetch(call.query, call.request, cache));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      call.refuse(error.failure);
    }
  }

  /** A fetch that nobody waits for: when it fails the copy stays for as long as it may. */
  private *revalidate(query: HttpGet, request: RequestContext, which: number): Behaviour {
    this.refreshing[which].add(query.url);
    try {
      yield* this.fetch(query, request, this.caches[which]);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.refreshing[which].delete(query.url);
    }
  }

  private *fetch(
    query: HttpGet,
    request: RequestContext,
    cache: Cache<HttpResponse> | undefined,
  ): Behaviour<HttpResponse> {
    const requested = this.sim.now;
    const before = this.purgesOf(query.url);
    const response = yield* this.options.upstream(request).call(query, request);
    if (this.purgesOf(query.url) === before) this.keep(cache, query.url, response, requested, request);
    return response;
  }

  private keep(
    cache: Cache<HttpResponse> | undefined,
    url: number,
    response: HttpResponse,
    requested: number,
    request: RequestContext,
  ): void {
    const { ttl, users } = this.options;
    const generated = generatedAt(response, requested);
    const { fresh, served } =
      ttl === undefined
        ? lifetimes(response.control, users === undefined)
        : lifetimeOfOwn(this.sim.now - generated + ttl);
    if (cache === undefined || this.sim.now >= generated + served) return;
    const life = { soft: fresh, hard: served };
    cache.set(entryOf(url, response, generated, life, this.sim.now - requested), request.id);
  }

  private purge(url: number): void {
    this.timesPurged.set(url, (this.timesPurged.get(url) ?? 0) + 1);
    for (const cache of this.caches) cache.delete(url);
  }

  private purgesOf(url: number): number {
    return (this.timesPurged.get(url) ?? 0) + this.timesCleared;
  }

  private expiring(): Intervention {
    return {
      help: 'Throws out the response of one URL',
      arguments: [{ name: 'key', help: 'number of the URL', min: 0, max: 1e8, default: 0 }],
      apply: ([url]) => this.purge(url),
    };
  }

  private purging(): Intervention {
    return {
      help: 'Throws out every response',
      arguments: [],
      apply: () => {
        this.timesCleared++;
        for (const cache of this.caches) cache.clear();
      },
    };
  }
}

/** Whoever runs a shared cache can purge it; nobody can throw something out of users' browsers. */
const operation = (intervention: Intervention): Intervention => ({ ...intervention, of: 'operation' });
