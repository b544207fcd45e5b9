/** A relational database in time: who waits for whom and what, what a death leaves, and what it costs to be read. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, us } from '../../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { LogQuery } from '../../../../sim-core/storage/relational/log-reader.ts';
import type { Decoded } from '../../../../sim-core/storage/relational/logical-slot.ts';
import type { RelationalOptions } from '../../../../sim-core/storage/relational/options.ts';
import { RelationalDatabase } from '../../../../sim-core/storage/relational/relational-database.ts';
import type { TableDefinition } from '../../../../sim-core/storage/relational/rows.ts';
import { databaseWorked } from '../../../../sim-core/storage/relational/signals.ts';
import {
  type SqlSession,
  type SqlReply,
  type SqlRequest,
  type Statement,
} from '../../../../sim-core/storage/relational/statements.ts';

const add = (key: number, by = 1): Statement => ({
  do: 'update',
  table: 't',
  keys: [key],
  set: (row) => ({ n: (row['n'] as number) + by }),
});
const insert = (key: number): Statement => ({ do: 'insert', table: 't', key, row: { n: 0 } });
const get = (key: number): Statement => ({ do: 'get', table: 't', key });

type Step = number | readonly Statement[] | 'commit' | 'rollback';

/** Statements take 10 ms each, a flush 5 ms; there are as many cores as anybody needs. */
function setUp(options: Partial<RelationalOptions> = {}) {
  const sim = new Simulation();
  const database = new RelationalDatabase(sim, {
    name: 'db',
    tables: [{ name: 't', rows: [0, 1, 2].map((key) => [key, { n: 0 }] as const) }],
    connections: 4,
    queueMax: 1,
    cores: 8,
    demand: constant(ms(10)),
    rowTime: 0,
    decodeTime: ms(1),
    flushTime: ms(5),
    checkpointInterval: s(10),
    replayTimePerByte: 0,
    abortShare: 0,
    hasSlot: true,
    ...options,
  });
  const way = { from: 'app', delay: constant(0) };
  const link = new Link<SqlRequest, SqlReply>(sim, database, way);
  const log = new Link<LogQuery, Decoded>(sim, database.logReader, { ...way, from: 'reader' });
  const lines: string[] = [];
  const say = (id: number, words: string): void => void lines.push(`${sim.now / ms(1)} ms: ${id} ${words}`);
  function* does(id: number, session: SqlSession | undefined, steps: readonly Step[]): Behaviour {
    const request = new RequestContext(id, 0);
    for (const step of steps) {
      if (typeof step === 'number') {
        yield step;
        continue;
      }
      const asked = typeof step === 'string' ? { statements: [], ends: step } : { statements: step };
      const what = typeof step === 'string' ? step : step.map((statement) => statement.do).join(' ');
      try {
        const rows = yield* link.call({ application: 'app', ...(session && { session }), ...asked }, request);
        say(id, rows.length > 0 ? `${what} ${rows.map(({ row }) => row['n']).join(' ')}` : what);
      } catch (error) {
        say(id, `${what}: ${(error as CallFailed).failure}`);
      }
    }
  }
  return {
    sim,
    database,
    log,
    lines,
    /** A transaction of several requests. */
    session: (id: number, ...steps: Step[]): void => void spawn(sim, 'session', does(id, {}, steps)),
    /** Each request by itself. */
    alone: (id: number, ...steps: Step[]): void => void spawn(sim, 'alone', does(id, undefined, steps)),
    until: (time: number): void => void sim.runUntil(time),
  };
}

describe('transactions', () => {
  it('show what they wrote once its commit is flushed, and to nobody before', () => {
    const { session, alone, lines, until } = setUp();
    session(1, [add(1)], 'commit');
    alone(2, ms(14), [get(1)], [get(1)]);
    until(ms(100));
    // The commit's own work is 10 ms as well; it is flushed at 25 ms. A request sees what stood when its work began.
    expect(lines).toEqual(['10 ms: 1 update', '24 ms: 2 get 0', '25 ms: 1 commit', '34 ms: 2 get 0']);
  });

  it('wait in line for a row that is locked, and see it as it stands then', () => {
    const { session, alone, lines, until, database } = setUp();
    session(1, [add(1, 5)], 'commit');
    alone(2, ms(1), [add(1)]);
    alone(3, ms(2), [add(2)]);
    until(ms(100));
    expect(lines).toEqual(['10 ms: 1 update', '17 ms: 3 update', '25 ms: 1 commit', '40 ms: 2 update']);
    expect([1, 2].map((key) => database.tables.get('t', key)!.row['n'])).toEqual([6, 1]);
    expect(database.violations()).toEqual([]);
  });

  it('share a flush if they commit while another is under way', () => {
    const { alone, lines, until } = setUp();
    alone(1, [add(0)]);
    alone(2, ms(1), [add(1)]);
    alone(3, ms(4), [add(2)]);
    until(ms(100));
    expect(lines).toEqual(['15 ms: 1 update', '20 ms: 2 update', '20 ms: 3 update']);
  });

  it('keep their connection to the end; who finds none waits, and beyond that is refused', () => {
    const { session, alone, lines, until } = setUp({ connections: 1 });
    session(1, [get(0)], ms(20), 'commit');
    alone(2, ms(1), [get(0)]);
    alone(3, ms(2), [get(0)]);
    until(ms(100));
    expect(lines).toEqual(['2 ms: 3 get: overloaded', '10 ms: 1 get 0', '40 ms: 1 commit', '50 ms: 2 get 0']);
  });

  it('begin when they have their connection: until then it is not now() for them', () => {
    const defaults: TableDefinition['defaults'] = ({ startedAt }) => ({ n: startedAt / ms(1) });
    const tables = [{ name: 't', rows: [[0, { n: 0 }]], defaults } as const];
    const { session, alone, until, database } = setUp({ connections: 1, tables });
    session(1, [get(0)], ms(20), 'commit');
    alone(2, ms(1), [{ do: 'insert', table: 't', key: 5, row: {} }]);
    until(ms(100));
    expect(database.tables.get('t', 5)!.row['n']).toBe(40);
  });

  it('are rolled back when their key is there already, when they are asked to, and when it is their turn to fail', () => {
    const { session, lines, until, database } = setUp();
    session(1, [add(0), insert(0)], 'commit');
    session(2, [add(1)], 'rollback', 'commit');
    database.rollBackNext(1);
    session(3, [add(2)], 'commit');
    until(ms(100));
    expect(lines.filter((line) => line.includes('error'))).toEqual([
      '10 ms: 2 commit: error',
      '20 ms: 1 update insert: error',
      '20 ms: 3 commit: error',
      '20 ms: 1 commit: error',
    ]);
    expect([...database.tables.rows('t')].map(({ row }) => row['n'])).toEqual([0, 0, 0]);
  });
});

describe('a death', () => {
  it.each([
    [24.9, 0],
    [25, 1],
  ])('at %d ms leaves a commit that is flushed at 25 ms, or nothing of it', (at, left) => {
    const { sim, session, lines, until, database } = setUp();
    session(1, [add(1)], 'commit');
    sim.scheduleAt(us(at * 1000) + 1, () => database.kill(ms(50)), undefined);
    until(ms(200));
    expect(database.tables.get('t', 1)!.row['n']).toBe(left);
    expect(lines[1]).toBe(left === 1 ? '25 ms: 1 commit' : `${at + 1e-6} ms: 1 commit: unavailable`);
  });

  it('ends all sessions; who comes back with one is told so, and who comes too early finds nobody', () => {
    const { sim, session, alone, lines, until, database } = setUp({ replayTimePerByte: us(100) });
    alone(0, [add(0)]);
    session(1, ms(20), [add(1)], ms(100), 'commit');
    alone(2, ms(80), [get(1)], ms(100), [get(1)]);
    sim.scheduleAt(ms(40), () => database.kill(ms(50)), undefined);
    until(ms(300));
    // Of two records 120 bytes of the log are read: 12 ms behind the downtime.
    expect(lines.slice(2)).toEqual(['80 ms: 2 get: unavailable', '130 ms: 1 commit: error', '190 ms: 2 get 0']);
    expect(database.violations()).toEqual([]);
  });
});

describe('a client that hangs up', () => {
  it('has what is worked at finished first, a commit too', () => {
    const { sim, database, until } = setUp();
    const session: SqlSession = {};
    const link = new Link<SqlRequest, SqlReply>(sim, database, { from: 'client', delay: constant(0) });
    const send = (statements: Statement[], ends?: SqlRequest['ends']): void =>
      link.send({ application: 'client', session, statements, ...(ends && { ends }) }, new RequestContext(9, 0));
    send([add(1)]);
    sim.scheduleAt(ms(20), () => send([], 'commit'), undefined);
    sim.scheduleAt(ms(22), () => send([], 'rollback'), undefined);
    until(ms(100));
    expect(database.tables.get('t', 1)!.row['n']).toBe(1);
    expect(database.violations()).toEqual([]);
  });

  it('has what it wrote taken back, and the next in line has its rows', () => {
    const { sim, database, alone, lines, until } = setUp();
    const session: SqlSession = {};
    const link = new Link<SqlRequest, SqlReply>(sim, database, { from: 'client', delay: constant(0) });
    link.send({ application: 'client', session, statements: [add(1)] }, new RequestContext(9, 0));
    alone(1, ms(1), [add(1)]);
    const goodbye = { application: 'client', session, statements: [], ends: 'rollback' } as const;
    sim.scheduleAt(ms(5), () => link.send(goodbye, new RequestContext(9, 0)), undefined);
    until(ms(100));
    expect(lines).toEqual(['25 ms: 1 update']);
    expect(database.tables.get('t', 1)!.row['n']).toBe(1);
  });
});

describe('a reader of the log', () => {
  it('waits for what is flushed, is given it, and has the database pay for the decoding', () => {
    const { sim, log, alone, until } = setUp();
    const work = new Map<string, number>();
    sim.facts.channel(databaseWorked).listen(({ application, demand }) => {
      work.set(application, (work.get(application) ?? 0) + demand);
    });
    const given: string[] = [];
    function* reads(): Behaviour {
      for (let after = 0; ;) {
        const request = new RequestContext(99, 0);
        const { transactions, position } = yield* log.call(
          { do: 'read', application: 'reader', after, max: 10 },
          request,
        );
        for (const { changes } of transactions)
          given.push(`${sim.now / ms(1)} ms: ${changes.map(({ key }) => key).join(' ')}`);
        after = position;
      }
    }
    spawn(sim, 'reader', reads());
    alone(1, [add(1), add(2)]);
    alone(2, ms(40), [add(0)]);
    until(ms(200));
    // Three records, of which a millisecond each; then two.
    expect(given).toEqual(['28 ms: 1 2', '57 ms: 0']);
    expect([...work]).toEqual([
      ['app', ms(30)],
      ['reader', ms(5)],
    ]);
  });
});
