/**
 * What an application instance does, step by step, with a cache and a store that nobody keeps in agreement for it: all
 * patterns are made of these steps, and so are the orders in which cache-aside can speak them (`../consistency/`).
 *
 * The store is anything that rows can be read from and written to by key (`storage/queries.ts`); the steps of an open transaction
 * are there where the store has transactions. A cache that does not answer fails the request, or is taken for one that has nothing
 * and takes nothing: then the user's read or write goes on with the store.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row, StoreAccess, StoreQuery } from '../../storage/queries.ts';
import type { CacheCommand, CacheReply } from '../cache-server.ts';
import { entryOf, lasting, type CacheEntry, type Lifetime } from '../entry.ts';
import { setFenced } from '../set-if-newer.ts';
import type { CacheAccess, CacheCall } from '../sharding/shard-router.ts';
import type { ExpiryRule } from '../stampede/expiry-rule.ts';

export interface StepsOptions<Query extends StoreQuery = DatabaseQuery> {
  /** Name of the application instance. */
  readonly instance: string;
  readonly cache: CacheAccess<Row>;
  readonly store: StoreAccess<Query>;
  readonly expiry: Pick<ExpiryRule, 'lifetime'>;
  /** How long it is kept that there is no row under a key (negative caching); it is not, without it. */
  readonly absenceTtl?: Duration;
  /** Time that a load works on the row it has read before it is cached, in nanoseconds; none, without it. */
  readonly preparing?: Distribution;
  /** Whether an update finds the row before it saves it, as the handbook's `findById` and `save`. */
  readonly findsFirst?: boolean;
  /** Whether a cache that does not answer is done without. */
  readonly doesWithoutCache?: boolean;
}

/** A command's reply to come. The call itself where it can be: every request makes one, and a generator around it has its price. */
type CacheAnswer = CacheCall<Row> | Behaviour<CacheReply<Row> | undefined>;

/** What an instance can do, one thing after the other. */
export class Steps<Query extends StoreQuery = DatabaseQuery> {
  readonly sim: Simulation;
  /** Name of the application instance. */
  readonly instance: string;
  private readonly options: StepsOptions<Query>;
  private readonly absence: Lifetime;
  private readonly draws: KeyedStream;

  constructor(sim: Simulation, options: StepsOptions<Query>) {
    this.sim = sim;
    this.instance = options.instance;
    this.options = options;
    this.absence = lasting(options.absenceTtl ?? 0);
    this.draws = sim.keyedRandom('preparing');
  }

  /** Asks the cache for the entry under a key: yield it for the reply. */
  look(key: number, request: RequestContext): CacheAnswer {
    return this.ask({ command: 'get', key }, request);
  }

  /** What the cache has under a key. */
  *get(key: number, request: RequestContext): Behaviour<Row | undefined> {
    const reply = yield* this.look(key, request);
    return reply?.entry?.value;
  }

  /**
   * Puts a row into the cache. `loadDuration`: how long it took to get; 0 for one that was at hand. `fence`: the token of the lock
   * under which that is done, if it is to be compared.
   */
  *put(row: Row, request: RequestContext, loadDuration: Duration = 0, fence?: number): Behaviour {
    const entry = this.entryOf(row, request, loadDuration);
    yield* this.ask(fence === undefined ? { command: 'set', entry } : setFenced(entry, fence), request);
  }

  /** Takes a key out of the cache. */
  *drop(key: number, request: RequestContext): Behaviour {
    yield* this.ask({ command: 'delete', key }, request);
  }

  /** Reads a row from the store and makes of it what is cached. */
  *load(key: number, request: RequestContext): Behaviour<Row> {
    const { preparing } = this.options;
    const row = yield* this.execute('read', key, request);
    if (preparing !== undefined) yield Math.max(0, Math.round(preparing.sample(this.draws.of(request.id))));
    return row;
  }

  /** Finds the row, if that comes first: its changes are made to what was found. */
  *find(key: number, request: RequestContext): Behaviour {
    if (this.options.findsFirst === true) yield* this.execute('read', key, request);
  }

  /** The update of a row; its transaction commits at once. */
  *save(key: number, request: RequestContext): Behaviour<Row> {
    yield* this.find(key, request);
    return yield* this.execute('write', key, request);
  }

  /** Asks the store for something. */
  execute(operation: Query['operation'], key: number, request: RequestContext): Wait<Row> {
    return this.options.store.call({ operation, key } as Query, request);
  }

  /** A command to the cache: yield it for the reply, undefined if it did not answer and is done without. */
  ask(command: CacheCommand<Row>, request: RequestContext): CacheAnswer {
    const call = this.options.cache.call(command, request);
    return this.options.doesWithoutCache === true ? replyIfAny(call) : call;
  }

  /** Whether what a load has read is kept: that there is no row may not be. */
  keeps(row: Row): boolean {
    return !row.absent || this.options.absenceTtl !== undefined;
  }

  /** What a row is in the cache, from now on. */
  entryOf(row: Row, request: RequestContext, loadDuration: Duration = 0): CacheEntry<Row> {
    const life = row.absent ? this.absence : this.options.expiry.lifetime(request, row.key);
    return entryOf(row.key, row, this.sim.now, life, loadDuration);
  }
}

function* replyIfAny(call: CacheCall<Row>): Behaviour<CacheReply<Row> | undefined> {
  try {
    return yield* call;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return undefined;
  }
}

/** Cache-aside: what the cache has, or else what the store has, which `fill` then puts into the cache with how long its load took. */
export function* readAside(
  app: Steps,
  key: number,
  request: RequestContext,
  fill: (row: Row, request: RequestContext, loadDuration: Duration) => Behaviour<unknown>,
): Behaviour<Row> {
  const cached = yield* app.get(key, request);
  if (cached !== undefined) return cached;
  const started = app.sim.now;
  const row = yield* app.load(key, request);
  yield* fill(row, request, app.sim.now - started);
  return row;
}
