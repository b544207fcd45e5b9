/** The database: its pool and cores, versions, slowing, and demands that belong to their request. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { exponential } from '../../../sim-core/kernel/distributions/exponential.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import type { Call, CallFailed } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Database, type DatabaseOptions } from '../../../sim-core/storage/database.ts';
import { databaseAnswered } from '../../../sim-core/storage/database-signals.ts';
import type { DatabaseQuery, Row } from '../../../sim-core/storage/queries.ts';

const instant = constant(0);

function setUp(options: Partial<DatabaseOptions> = {}): {
  sim: Simulation;
  database: Database;
  link: Link<DatabaseQuery, Row>;
} {
  const sim = new Simulation();
  const database = new Database(sim, {
    name: 'db',
    connections: 2,
    queueMax: 2,
    cores: 1,
    demand: constant(ms(10)),
    ...options,
  });
  return { sim, database, link: new Link(sim, database, { from: 'app', delay: instant }) };
}

describe('a database', () => {
  it('shares its cores among its connections, makes the others wait, and refuses beyond its line', () => {
    const { sim, database, link } = setUp();
    const lines: string[] = [];
    function* asks(id: number): Behaviour {
      try {
        yield* link.call({ operation: 'read', key: id }, new RequestContext(id, 0));
        lines.push(`${sim.now / ms(1)} ms: ${id}`);
      } catch (error) {
        lines.push(`${sim.now / ms(1)} ms: ${id} ${(error as CallFailed).failure}`);
      }
      expect(database.violations()).toEqual([]);
    }
    for (let id = 0; id < 5; id++) spawn(sim, 'asks', asks(id));
    sim.runUntil(s(1));
    expect(lines).toEqual(['0 ms: 4 overloaded', '20 ms: 0', '20 ms: 1', '40 ms: 2', '40 ms: 3']);
    expect(database.state()).toEqual({
      connections: 2,
      'connections in use': 0,
      'waiting for a connection': 0,
      'may wait': 2,
      'queries running': 0,
    });
  });

  it.each([0, 1.5, -1, NaN])('refuses a write of %s increments, and says what would be right', (increments) => {
    const { sim, link } = setUp();
    link.send({ operation: 'write', key: 1, increments }, new RequestContext(0, 0));
    expect(() => sim.runUntil(s(1))).toThrow(
      new RangeError(`db: increments is ${increments}; give an integer of at least 1`),
    );
  });

  it('counts versions: each write raises its key’s, a read gives the one that stands', () => {
    const { sim, database, link } = setUp();
    const versions: number[] = [];
    function* writes(): Behaviour {
      for (const operation of ['read', 'write', 'write', 'read'] as const) {
        versions.push((yield* link.call({ operation, key: 7 }, new RequestContext(1, 0))).version);
      }
    }
    spawn(sim, 'writes', writes());
    sim.runUntil(s(1));
    expect(versions).toEqual([0, 1, 2, 2]);
    expect([database.version(7), database.version(8)]).toEqual([2, 0]);
  });

  it('takes a batch as one query: one connection, a row a key, its demand that of its rows', () => {
    const { sim, database } = setUp({ connections: 1, rowDemand: ms(2) });
    const link = new Link(sim, database.batches, { from: 'batcher', delay: instant });
    const facts: unknown[] = [];
    sim.facts.channel(databaseAnswered).listen(({ operation, key, rows, duration }) => {
      facts.push([operation, key, rows, duration / ms(1)]);
    });
    function* asks(): Behaviour {
      const written = yield* link.call({ operation: 'write', keys: [3, 5, 3] }, new RequestContext(1, 0));
      expect(written).toEqual([
        { key: 3, version: 1 },
        { key: 5, version: 1 },
        { key: 3, version: 2 },
      ]);
      const read = yield* link.call({ operation: 'read', keys: [5, 9] }, new RequestContext(2, 0));
      expect(read.map(({ version }) => version)).toEqual([1, 0]);
    }
    spawn(sim, 'asks', asks());
    sim.runUntil(s(1));
    expect(facts).toEqual([
      ['write', 3, 3, 14],
      ['read', 5, 2, 12],
    ]);
    expect(() => {
      spawn(
        sim,
        'asks nothing',
        (function* (): Behaviour {
          yield* link.call({ operation: 'read', keys: [] }, new RequestContext(3, 0));
        })(),
      );
      sim.runUntil(s(2));
    }).toThrow('a batch without keys');
  });

  it('fails queries as told, after their work and with no effect, the whole of a batch', () => {
    const { sim, database, link } = setUp();
    const batches = new Link(sim, database.batches, { from: 'batcher', delay: instant });
    const outcomes: string[] = [];
    function* tries(call: Call<never, unknown>): Behaviour {
      try {
        yield* call as unknown as Call<unknown, unknown>;
        outcomes.push('ok');
      } catch (error) {
        outcomes.push((error as CallFailed).failure);
      }
    }
    function* asks(): Behaviour {
      database.interventions['fail'].apply([1]);
      yield* tries(link.call({ operation: 'write', key: 1 }, new RequestContext(1, 0)) as never);
      yield* tries(batches.call({ operation: 'write', keys: [1, 2] }, new RequestContext(2, 0)) as never);
      database.interventions['fail'].apply([0]);
      yield* tries(link.call({ operation: 'write', key: 1 }, new RequestContext(3, 0)) as never);
    }
    spawn(sim, 'asks', asks());
    sim.runUntil(s(1));
    expect(outcomes).toEqual(['error', 'error', 'ok']);
    expect([database.version(1), database.version(2)]).toEqual([1, 0]);
  });

  it('is slowed by an intervention from then on', () => {
    const { sim, database, link } = setUp();
    let ended = 0;
    function* reads(): Behaviour {
      yield* link.call({ operation: 'read', key: 1 }, new RequestContext(1, 0));
      ended = sim.now;
    }
    spawn(sim, 'reads', reads());
    sim.scheduleAt(ms(4), () => database.interventions['slow'].apply([3]), undefined);
    sim.runUntil(s(1));
    expect(ended).toBe(ms(4 + 18));
  });

  it('draws a demand of its own for every query of a request, the same whoever else asks', () => {
    const durations = (requests: readonly number[]): Map<number, number[]> => {
      const { sim, link } = setUp({ demand: exponential(ms(10)), connections: 100, cores: 100 });
      const drawn = new Map<number, number[]>();
      sim.facts.channel(databaseAnswered).listen(({ request, duration }) => {
        drawn.set(request, [...(drawn.get(request) ?? []), duration]);
      });
      function* reads(id: number): Behaviour {
        const request = new RequestContext(id, 0);
        for (let key = 0; key < 3; key++) yield* link.call({ operation: 'read', key }, request);
      }
      for (const id of requests) spawn(sim, 'reads', reads(id));
      sim.runUntil(s(10));
      return drawn;
    };
    const alone = durations([5]);
    expect(new Set(alone.get(5)).size).toBe(3);
    expect(durations([1, 9, 5, 3]).get(5)).toEqual(alone.get(5));
  });
});
