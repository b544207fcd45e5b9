/**
 * What an instance does about a hot key: its way to the shards, what it reads by, and what a write does to the copies. What
 * acts on hot keys alone waits until the instance has been told of one.
 */
import {
  BatchedIncrements,
  type CacheServer,
  changeFollows,
  constant,
  entryOf,
  FilteredReader,
  FilterServer,
  hardTtl,
  type HotKeyMonitor,
  KeySpray,
  KnownHotKeys,
  lasting,
  lease,
  Link,
  LocalCache,
  membershipFilters,
  pushChannel,
  s,
  ShardRouter,
  ShardTopology,
  ShuffleRouter,
  Steps,
  type Transactions,
  WriteBook,
  type Behaviour,
  type CacheCommand,
  type CacheReply,
  type CopyAccess,
  type Database,
  type DatabaseQuery,
  type Duration,
  type FilterCommand,
  type HotKeyNews,
  type InvalidationChannel,
  type MembershipFilter,
  type Reader,
  type RequestContext,
  type Row,
  type ShardMap,
  type Simulation,
  type Statement,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { handSize } from './load.ts';
import type { Values } from './params.ts';

/** The way of one instance to the shards, and what it has been told of hot keys. */
export class Way {
  readonly cache: CopyAccess<Row>;
  readonly hot: KnownHotKeys;

  constructor(
    sim: Simulation,
    p: Values,
    instance: string,
    map: ShardMap,
    shards: readonly CacheServer<Row>[],
    monitor: HotKeyMonitor,
  ) {
    this.hot = new KnownHotKeys(sim, instance, p.hotFor);
    monitor.subscribe(new Link<HotKeyNews, void>(sim, this.hot, { from: monitor.name, delay: nearby }));
    const links = shards.map(
      (shard) => new Link<CacheCommand<Row>, CacheReply<Row>>(sim, shard, { from: instance, delay: nearby }),
    );
    const draws = sim.keyedRandom(`${instance}/copies`);
    if (p.measure === 'shuffle-shard') this.cache = new ShuffleRouter(map, links, handSize(p), draws);
    else {
      const router = new ShardRouter(new ShardTopology(sim, map, p.keys + 1), links);
      this.cache = p.measure === 'key-replication' ? new KeySpray(router, p.replicas, this.hot, draws) : router;
    }
  }
}

/** Reads by leases: a token a miss, and for the others what was deleted a moment ago. */
export function leaseReader(
  sim: Simulation,
  p: Values,
  instance: string,
  cache: CopyAccess<Row>,
  transactions: Transactions,
): Reader {
  const store = new Link<Statement, Row>(sim, transactions, { from: instance, delay: nearby });
  const steps = new Steps(sim, {
    instance,
    cache,
    store,
    expiry: hardTtl(p.ttl),
    preparing: constant(0),
    findsFirst: true,
    doesWithoutCache: true,
  });
  return lease(steps, { duration: p.lease, staleFor: p.staleFor, poll: p.poll });
}

/** What stands before cache-aside in an instance; `local` if it is a layer in its memory. */
export function wrapped(
  sim: Simulation,
  p: Values,
  instance: string,
  reader: Reader,
  hot: KnownHotKeys,
  filter: FilterServer | undefined,
): { readonly reader: Reader; readonly local?: LocalCache } {
  if (p.measure === 'local-cache' || p.measure === 'write-throttle') {
    const local = new LocalCache(sim, { instance, capacity: 10, expiry: hardTtl(p.localTtl) });
    const read: Reader['read'] = (key, request) =>
      hot.isHot(key) ? local.get(key, request, () => reader.read(key, request)) : reader.read(key, request);
    return { reader: { read }, local };
  }
  if (filter === undefined) return { reader };
  const source = new Link<FilterCommand, MembershipFilter>(sim, filter, { from: instance, delay: nearby });
  return { reader: new FilteredReader(sim, { instance, reader, source, copyEvery: s(5) }) };
}

export function filterOf(sim: Simulation, p: Values): FilterServer {
  const random = sim.random('filter');
  const filter = membershipFilters.bloom.create({ keys: p.keys + 1, falsePositives: 0.01, random });
  for (let key = 0; key <= p.keys; key++) filter.add(key);
  return new FilterServer(sim, 'filter', filter);
}

/** Writes the store and deletes the key's copies; of a hot key under a throttle, gathers the writes and pushes their sum. */
export class Writer {
  /** What is gathered under a throttle. */
  readonly batch: BatchedIncrements | undefined;
  private readonly store: Link<DatabaseQuery, Row>;
  private readonly cache: CopyAccess<Row>;
  private readonly hot: KnownHotKeys;
  private readonly book: WriteBook | undefined;

  constructor(
    sim: Simulation,
    p: Values,
    instance: string,
    database: Database,
    { cache, hot }: Way,
    throttle?: { readonly pushes: Pushes; readonly local: LocalCache; readonly phase: Duration },
  ) {
    this.store = new Link<DatabaseQuery, Row>(sim, database, { from: instance, delay: nearby });
    this.cache = cache;
    this.hot = hot;
    if (throttle === undefined) return;
    const { pushes, local, phase } = throttle;
    const { store } = this;
    const member = pushes.channel.join({ instance, local, store });
    this.book = pushes.book;
    this.batch = new BatchedIncrements(sim, {
      instance,
      every: p.throttle,
      phase,
      store,
      book: pushes.book,
      // The shard before the push: who drops a copy that the push does not follow on finds the new row there.
      stored(row, increments, request) {
        local.keep(row, request);
        const entry = entryOf(row.key, row, sim.now, lasting(p.ttl));
        return [...cache.pushes(entry, request), member.wrote(row, request, increments)];
      },
    });
  }

  *write(key: number, request: RequestContext): Behaviour<Row> {
    if (this.batch !== undefined && this.hot.isHot(key)) return this.batch.add(key, request);
    const row = yield* this.store.call({ operation: 'write', key }, request);
    this.book?.accept(this.book.begin(key, request));
    for (const deletion of this.cache.deletions(key, request)) yield* deletion;
    return row;
  }

  crash(): void {
    this.batch?.crash();
  }
}

/** What all instances share where writes are gathered: how changes are pushed, and the book of the writes. */
export interface Pushes {
  readonly channel: InvalidationChannel;
  readonly book: WriteBook;
}

export const pushesOf = (sim: Simulation): Pushes => ({
  channel: pushChannel(sim, nearby, changeFollows, CHANGE_BYTES),
  book: new WriteBook(sim),
});

/** An increment's sum, in a pushed message. */
const CHANGE_BYTES = 8;
