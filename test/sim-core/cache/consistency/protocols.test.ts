/** What all orders have in common: a row that was loaded is cached with how long its load took, by which early expiry reckons. */
import { expect, it } from 'vitest';
import type { CacheCommand, CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { protocols, type ProtocolName } from '../../../../sim-core/cache/consistency/protocols.ts';
import type { CacheEntry } from '../../../../sim-core/cache/entry.ts';
import { Steps } from '../../../../sim-core/cache/patterns/steps.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';
import type { Statement } from '../../../../sim-core/storage/transactions.ts';

it.each(Object.keys(protocols) as ProtocolName[])(
  '%s stores what a miss has loaded with the time of its load',
  (name) => {
    const sim = new Simulation();
    const stored: CacheEntry<Row>[] = [];
    const cache: Endpoint<CacheCommand<Row>, CacheReply<Row>> = {
      name: 'cache',
      receive(call) {
        if ('entry' in call.query) stored.push(call.query.entry);
        call.reply({ entry: undefined, done: true, token: 1 });
      },
    };
    const store: Endpoint<Statement, Row> = {
      name: 'store',
      receive: (call) => call.reply({ key: call.query.key, version: 3 }),
    };
    const app = new Steps<Statement>(sim, {
      instance: 'app',
      cache: new Link(sim, cache, { from: 'app', delay: constant(ms(1)) }),
      store: new Link(sim, store, { from: 'app', delay: constant(ms(5)) }),
      expiry: hardTtl(s(60)),
      preparing: constant(ms(2)),
    });
    const options = { secondDelete: ms(1), lease: s(1), staleFor: 0, poll: ms(1), tombstone: 0 };
    const pattern = protocols[name].create(app, options);
    spawn(sim, 'reads', pattern.read(7, new RequestContext(1, 0)));
    sim.runUntil(s(1));
    expect(stored.map(({ key, loadDuration }) => [key, loadDuration])).toEqual([[7, ms(12)]]);
  },
);
