/** Transactions: what others see, the row's lock, commits that fail, and transactions that are left alone. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Database } from '../../../sim-core/storage/database.ts';
import { databaseWritten } from '../../../sim-core/storage/database-signals.ts';
import type { Row } from '../../../sim-core/storage/queries.ts';
import { Transactions, type Statement } from '../../../sim-core/storage/transactions.ts';

const KEY = 7;

function setUp(abortShare = 0, queueMax = 10) {
  const sim = new Simulation();
  const database = new Database(sim, { name: 'db', connections: 2, queueMax, cores: 2, demand: constant(ms(10)) });
  const transactions = new Transactions(database, { abortShare, idleMax: ms(100) });
  const link = new Link<Statement, Row>(sim, transactions, { from: 'app', delay: constant(0) });
  const lines: string[] = [];
  function* does(id: number, ...steps: (Statement['operation'] | number)[]): Behaviour {
    const request = new RequestContext(id, 0);
    for (const step of steps) {
      if (typeof step === 'number') {
        yield step;
        continue;
      }
      let answer: string;
      try {
        answer = `version ${(yield* link.call({ operation: step, key: KEY }, request)).version}`;
      } catch (error) {
        answer = (error as CallFailed).failure;
      }
      lines.push(`${Math.round(sim.now / ms(1))} ms: ${id} ${step} ${answer}`);
    }
  }
  const start = (id: number, ...steps: (Statement['operation'] | number)[]): void =>
    void spawn(sim, 'session', does(id, ...steps));
  return { sim, database, start, lines };
}

describe('transactions', () => {
  it('show what they wrote only once it is committed', () => {
    const { sim, start, lines } = setUp();
    start(1, 'update', ms(20), 'commit');
    start(2, ms(15), 'read', ms(20), 'read');
    sim.runUntil(s(1));
    expect(lines).toEqual([
      '10 ms: 1 update version 1',
      '25 ms: 2 read version 0',
      '40 ms: 1 commit version 1',
      '55 ms: 2 read version 1',
    ]);
  });

  it('make other writers of the row wait in line until they end, and give each a version of its own', () => {
    const { sim, start, lines, database } = setUp();
    start(1, 'update', ms(20), 'rollback');
    start(2, 'write');
    start(3, 'update', 'commit');
    sim.runUntil(s(1));
    expect(lines).toEqual([
      '10 ms: 1 update version 1',
      '40 ms: 1 rollback version 0',
      '50 ms: 2 write version 2',
      '60 ms: 3 update version 3',
      '70 ms: 3 commit version 3',
    ]);
    expect([1, 2, 3].map((version) => database.history.isPhantom(KEY, version))).toEqual([true, false, false]);
  });

  it('roll back when their commit fails', () => {
    const { sim, start, lines, database } = setUp(1);
    const outcomes: string[] = [];
    sim.facts.channel(databaseWritten).listen(({ outcome }) => outcomes.push(outcome));
    start(1, 'update', 'commit');
    start(2, 'write');
    sim.runUntil(s(1));
    expect(lines).toEqual(['10 ms: 1 update version 1', '20 ms: 1 commit error', '30 ms: 2 write error']);
    expect(outcomes).toEqual(['rolled back', 'nothing written']);
    expect(database.version(KEY)).toBe(0);
  });

  it('are rolled back when they are left alone, and a commit that comes later is refused', () => {
    const { sim, start, lines } = setUp();
    start(1, 'update', ms(150), 'commit');
    start(2, ms(5), 'update', ms(80), 'commit');
    sim.runUntil(s(1));
    expect(lines).toEqual([
      '10 ms: 1 update version 1',
      '120 ms: 2 update version 2',
      '160 ms: 1 commit error',
      '210 ms: 2 commit version 2',
    ]);
  });

  it('give the lock back when the database refuses the statement', () => {
    const { sim, start, lines } = setUp(0, 0);
    start(3, 'read');
    start(4, 'read');
    start(1, 'write');
    start(2, ms(20), 'write');
    sim.runUntil(s(1));
    expect(lines).toEqual([
      '0 ms: 1 write overloaded',
      '10 ms: 3 read version 0',
      '10 ms: 4 read version 0',
      '30 ms: 2 write version 1',
    ]);
  });
});
