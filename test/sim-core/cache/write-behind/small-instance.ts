/**
 * An instance with a write-behind buffer, small enough that every event of a run can be tried as the moment of a crash. Each
 * write has a key of its own, so that the database's version of the key alone says whether it has the write.
 */
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { LoadLedger } from '../../../../sim-core/cache/patterns/load-ledger.ts';
import { WriteBehind } from '../../../../sim-core/cache/patterns/write-behind.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { Journal, type CrashKind } from '../../../../sim-core/cache/write-behind/journal.ts';
import { WriteBook, type Write } from '../../../../sim-core/cache/write-behind/write-book.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, type Duration, type Time } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Service } from '../../../../sim-core/services/service.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { DatabaseBatch, DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';
import type { Waiter } from '../../../../sim-core/kernel/wait.ts';

export interface SmallOptions {
  readonly acknowledge: 'at-once' | 'with-room' | 'when-stored' | 'when-journaled';
  /** When each write comes, in milliseconds. */
  readonly writes: readonly number[];
  readonly capacity?: number;
  readonly batch?: number;
  readonly onError?: 'stop' | 'retry';
  readonly fullBatchesAtOnce?: boolean;
  readonly syncEvery?: Duration;
  readonly crash?: CrashKind;
  /** When the database begins and ceases to fail, in milliseconds. */
  readonly failing?: readonly [from: number, to: number];
}

export interface SmallInstance {
  readonly sim: Simulation;
  readonly app: Service<number, Row>;
  readonly pattern: WriteBehind;
  readonly database: Database;
  readonly book: WriteBook;
  /** Keys whose write was acknowledged to its sender. */
  readonly acknowledged: Set<number>;
}

const ms = (count: number): Time => Math.round(count * MILLISECOND);

export function smallInstance(options: SmallOptions): SmallInstance {
  const { acknowledge, writes, capacity = 3, batch = 2, onError = 'retry', fullBatchesAtOnce = true } = options;
  const sim = new Simulation();
  const near = constant(ms(0.1));
  const book = new WriteBook(sim);
  const database = new Database(sim, {
    name: 'database',
    connections: 2,
    queueMax: 10,
    cores: 1,
    demand: constant(ms(1)),
    rowDemand: ms(0.3),
  });
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 100, eviction: 'lru', commandTime: 1000 });
  const journal =
    acknowledge === 'when-journaled'
      ? new Journal(sim, {
          name: 'journal',
          syncEvery: options.syncEvery ?? 0,
          syncTime: constant(ms(0.7)),
          crashKind: options.crash ?? 'host',
          book,
        })
      : undefined;
  const pattern = new WriteBehind(sim, {
    instance: 'app',
    cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: near }),
    store: new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: near }),
    expiry: hardTtl(ms(1e6)),
    ledger: new LoadLedger(),
    buffer: {
      capacity,
      batch,
      flushDelay: ms(4),
      fullBatchesAtOnce,
      onError,
      store: new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: 'app', delay: near }),
      book,
    },
    acknowledge: journal
      ? { journal, link: new Link<Write, void>(sim, journal, { from: 'app', delay: constant(1000) }) }
      : (acknowledge as 'at-once'),
  });
  const app = new Service<number, Row>(sim, {
    name: 'app',
    help: '',
    concurrency: 50,
    queueMax: 0,
    handle: (call) => pattern.write(call.query, call.request),
    onCrash: (downtime) => pattern.crash(downtime),
    inside: pattern.inside,
  });
  const users = new Link<number, Row>(sim, app, { from: 'users', delay: near });
  const acknowledged = new Set<number>();
  writes.forEach((at, key) => {
    const waiter: Waiter = { resume: () => void acknowledged.add(key), fail: () => {} };
    sim.scheduleAt(ms(at), () => users.call(key, new RequestContext(key, sim.now)).begin(waiter), undefined);
  });
  const { failing } = options;
  if (failing !== undefined) {
    failing.forEach((at, i) => sim.scheduleAt(ms(at), () => database.interventions['fail'].apply([1 - i]), undefined));
  }
  return { sim, app, pattern, database, book, acknowledged };
}

/** Acknowledged writes that the database has not. */
export const missing = ({ acknowledged, database }: SmallInstance): number[] =>
  [...acknowledged].filter((key) => database.version(key) === 0);
