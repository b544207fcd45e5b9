/** What queries of an event store cost and tell: a read, a snapshot as much as an event; and what each names as it comes. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import {
  EventStore,
  type EventStoreQuery,
  type EventStoreReply,
} from '../../../../sim-core/services/event-sourcing/event-store.ts';
import { databaseAnswered, databaseQueried } from '../../../../sim-core/storage/database-signals.ts';
import { codec, logOf } from './counters.ts';

/** Rows named as a query came and rows that it was about, and its time in milliseconds: 1 for any, and 10 for each read or write. */
function told(query: EventStoreQuery): [asked: number, rows: number, time: number] {
  const sim = new Simulation({ seed: 1 });
  const log = logOf([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 4],
  ]);
  const store = new EventStore(sim, {
    name: 'store',
    connections: 1,
    queueMax: 1,
    cores: 1,
    demand: constant(MILLISECOND),
    readTime: 10 * MILLISECOND,
    writeTime: 10 * MILLISECOND,
    log,
    snapshots: [{ stream: 0, version: 2, at: 2, position: 2, revision: 1, state: 3 }],
  });
  let asked = 0;
  let answered: [number, number] = [0, 0];
  sim.facts.channel(databaseQueried).listen(({ rows }) => (asked = rows));
  sim.facts.channel(databaseAnswered).listen(({ rows, duration }) => (answered = [rows, duration / MILLISECOND]));
  const link = new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: 'client', delay: constant(0) });
  link.send(query, new RequestContext(0, 0));
  sim.runUntil(1000 * MILLISECOND);
  return [asked, ...answered];
}

const load = (revision: number | undefined): EventStoreQuery => ({
  command: 'load',
  loads: [0, 1].map((stream) => ({ stream, revision })),
});
const event = codec.encode({ amount: 1 });

it.each<[string, EventStoreQuery, ReturnType<typeof told>]>([
  ['a load of two streams, of all their events', load(undefined), [2, 4, 41]],
  ['one from a snapshot: that, and the events behind it', load(1), [2, 3, 31]],
  ['an append', { command: 'append', stream: 0, expected: 'any', events: [event, event] }, [2, 2, 21]],
  ['a look at the log, which may be given more than there is', { command: 'read-all', after: 1, count: 9 }, [9, 3, 31]],
])('%s', (_name, query, expected) => {
  expect(told(query)).toEqual(expected);
});
