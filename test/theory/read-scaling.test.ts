/**
 * Reads that share a store with writes, and reads that have their own, against the closed form: processors that are shared by all
 * queries keep as many of them as M/M/c, whatever their demands are (a symmetric queue is insensitive: Kelly, Reversibility and
 * Stochastic Networks, 1979, section 3.3), so that a query stays for W(lambda, c) times its mean demand.
 */
import { describe, expect, it } from 'vitest';
import {
  BACKGROUND,
  constant,
  EventLog,
  EventStore,
  exponential,
  gamma,
  Link,
  RequestContext,
  Simulation,
  Tally,
  toSeconds,
  type EventStoreQuery,
  type EventStoreReply,
} from '../../sim-core/index.ts';
import { ms, s, us } from '../../sim-core/kernel/time.ts';
import { databaseAnswered } from '../../sim-core/storage/database-signals.ts';
import { erlangC } from '../../notebooks/calibration/queueing.ts';
import { expectTheory, outliers, replicate, type Measures } from './queue-simulation.ts';

const QUERY = ms(1);
const EVENT = us(20);
const EVENTS = 150;
/** Of a read of all events of a stream, and of an append. */
const READ = QUERY + EVENTS * EVENT;
const WRITE = QUERY + ms(1);

interface Load {
  readonly reads: number;
  readonly writes: number;
  readonly cores: number;
}

/** The mean time of a query of a store that is read and written at such rates. */
function simulate({ reads, writes, cores }: Load, seed: number): Measures {
  const sim = new Simulation({ seed });
  const log = new EventLog();
  log.append(
    0,
    'any',
    Array.from({ length: EVENTS }, () => Uint8Array.of(0)),
    0,
  );
  const store = new EventStore(sim, {
    name: 'store',
    connections: 10_000,
    queueMax: 0,
    cores,
    demand: gamma(4, QUERY / 4),
    readTime: EVENT,
    writeTime: ms(1),
    log,
    snapshots: [],
  });
  const link = new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: 'clients', delay: constant(0) });
  const end = s(20);
  let requests = 0;
  const send = (name: string, rate: number, query: EventStoreQuery): void => {
    if (rate === 0) return;
    const gaps = sim.random(name);
    const gap = exponential(s(1) / rate);
    const next = (): void => {
      link.send(query, new RequestContext(BACKGROUND + requests++, sim.now));
      sim.schedule(Math.round(gap.sample(gaps)), next, undefined);
    };
    sim.schedule(Math.round(gap.sample(gaps)), next, undefined);
  };
  send('reads', reads, { command: 'load', loads: [{ stream: 0, revision: undefined }] });
  send('writes', writes, { command: 'append', stream: 1, expected: 'any', events: [Uint8Array.of(0)] });
  const stays = new Tally();
  sim.facts.channel(databaseAnswered).listen(({ duration }) => {
    if (sim.now > end / 10) stays.add(toSeconds(duration));
  });
  sim.runUntil(end);
  return { W: stays.mean };
}

/** Erlang's formula in units of the mean demand of all that comes. */
function theory({ reads, writes, cores }: Load): Measures {
  const demand = (reads * toSeconds(READ) + writes * toSeconds(WRITE)) / (reads + writes);
  return { W: demand * erlangC((reads + writes) * demand, cores).W };
}

const TOGETHER: Load = { reads: 350, writes: 40, cores: 2 };

describe('a store with two processors', () => {
  it('that is read and written answers as M/M/c does at the load of both', () => {
    const measured = replicate((seed) => simulate(TOGETHER, seed));
    expectTheory(measured, theory(TOGETHER));
    // The same check tells it from a store that has the writes alone.
    expect(outliers(measured, theory({ ...TOGETHER, reads: 0 }))).toHaveLength(1);
  });

  it('that is only written answers as at the load of the writes', () => {
    const alone = { ...TOGETHER, reads: 0, writes: 400 };
    expectTheory(
      replicate((seed) => simulate(alone, seed)),
      theory(alone),
    );
  });
});
