/** A second delete that an instance has planned goes with it when it crashes; the other protocols plan nothing. */
import { expect, it } from 'vitest';
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { doubleDelete } from '../../../../sim-core/cache/consistency/double-delete.ts';
import { Steps } from '../../../../sim-core/cache/patterns/steps.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';
import { Transactions, type Statement } from '../../../../sim-core/storage/transactions.ts';

it.each([
  ['twice', undefined, [0, 100]],
  ['once, if the instance crashes before the second time is up', 50, [0]],
])('deletes %s', (_, crashAt, times) => {
  const sim = new Simulation();
  const deletes: number[] = [];
  const watch = (): void => void deletes.push(sim.now / ms(1));
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 9, eviction: 'lru', commandTime: 0, watch });
  const instant = constant(0);
  const database = new Database(sim, { name: 'db', connections: 9, queueMax: 9, cores: 9, demand: instant });
  const store = new Transactions(database, { abortShare: 0, idleMax: s(1) });
  const steps = new Steps(sim, {
    instance: 'app',
    cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: instant }),
    store: new Link<Statement, Row>(sim, store, { from: 'app', delay: instant }),
    expiry: hardTtl(s(1)),
  });
  const pattern = doubleDelete(steps, ms(100));
  spawn(sim, 'writes', pattern.write(7, new RequestContext(0, 0)));
  if (crashAt !== undefined) sim.scheduleAt(ms(crashAt), () => pattern.crash!(s(1)), undefined);
  sim.runUntil(s(1));
  expect(deletes).toEqual(times);
});
