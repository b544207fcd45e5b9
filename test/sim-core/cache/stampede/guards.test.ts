/** Single-flight and the coalescing proxy: one load at a time, and an answer for everybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoalescingProxy } from '../../../../sim-core/cache/stampede/coalescing-proxy.ts';
import type { GuardContext } from '../../../../sim-core/cache/stampede/load-guard.ts';
import { singleFlight } from '../../../../sim-core/cache/stampede/single-flight.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

describe('single-flight', () => {
  const request = new RequestContext(1, 0);

  function setUp(
    sim: Simulation,
    fails: boolean,
  ): {
    lines: string[];
    loads: () => number;
    guard: ReturnType<typeof singleFlight>;
    read: (name: string) => Behaviour;
  } {
    const lines: string[] = [];
    let loads = 0;
    function* loadAndStore(key: number): Behaviour<Row> {
      loads++;
      yield 10;
      if (fails) throw new CallFailed('db', 'timeout');
      return { key, version: loads };
    }
    const guard = singleFlight({ sim, instance: 'app', loadAndStore } as unknown as GuardContext);
    function* read(name: string): Behaviour {
      try {
        const { version } = yield* guard.load(3, request);
        lines.push(`${sim.now} ${name} ${version}`);
      } catch (error) {
        lines.push(`${sim.now} ${name} ${(error as Error).message}`);
      }
    }
    return { lines, loads: () => loads, guard, read };
  }

  it.each([false, true])('shares one load, its value or its error (fails: %s), then loads anew', (fails) => {
    const sim = new Simulation();
    const { lines, loads, guard, read } = setUp(sim, fails);
    for (const time of [0, 4, 9, 20]) spawn(sim, 'read', read(`from ${time}`), time);
    sim.runUntil(5);
    expect([guard.loading(3), guard.loading(4)]).toEqual([true, false]);
    sim.runUntil(100);
    const outcome = (version: number): string => (fails ? 'db: timeout' : String(version));
    expect(lines).toEqual([0, 4, 9].map((time) => `10 from ${time} ${outcome(1)}`).concat(`30 from 20 ${outcome(2)}`));
    expect([loads(), guard.loading(3)]).toEqual([2, false]);
  });

  it('whose loader is cancelled fails those who wait for it, and lets the next one load', () => {
    const sim = new Simulation();
    const { lines, read } = setUp(sim, false);
    const loader = spawn(sim, 'loader', read('loader'));
    spawn(sim, 'follower', read('follower'), 2);
    sim.scheduleAt(5, () => loader.cancel(), undefined);
    spawn(sim, 'next', read('next'), 7);
    sim.runUntil(100);
    expect(lines).toEqual(['5 follower app: error', '17 next 2']);
  });
});

const query = fc.record({
  at: fc.nat(60),
  key: fc.nat(2),
  operation: fc.constantFrom('read' as const, 'read' as const, 'write' as const),
  takes: fc.integer({ min: 1, max: 20 }),
  fails: fc.boolean(),
});

describe('a coalescing proxy', () => {
  it('answers each call exactly once, and reads a key at most once at a time, whatever is written meanwhile', () => {
    fc.assert(
      fc.property(fc.array(query, { minLength: 1, maxLength: 40 }), (queries) => {
        const sim = new Simulation();
        const reading = new Map<number, number>();
        let most = 0;
        const store: Endpoint<DatabaseQuery, Row> = {
          name: 'store',
          receive(call: Call<DatabaseQuery, Row>) {
            const { takes, fails } = queries[call.request.id];
            const { key, operation } = call.query;
            const count = (change: number): void => {
              if (operation === 'write') return;
              reading.set(key, (reading.get(key) ?? 0) + change);
              most = Math.max(most, reading.get(key)!);
            };
            count(1);
            const answer = (): void => {
              count(-1);
              if (fails) call.refuse('overloaded');
              else call.reply({ key, version: 1 });
            };
            sim.schedule(takes, answer, undefined);
          },
        };
        const near = constant(0);
        const proxy = new CoalescingProxy(sim, 'proxy', new Link(sim, store, { from: 'proxy', delay: near }));
        const link = new Link(sim, proxy, { from: 'app', delay: near });
        const answers = queries.map(() => 0);
        function* ask(id: number): Behaviour {
          const { key, operation } = queries[id];
          try {
            expect((yield* link.call({ key, operation }, new RequestContext(id, sim.now))).key).toBe(key);
          } catch (error) {
            if (!(error instanceof CallFailed)) throw error;
          }
          answers[id]++;
        }
        queries.forEach(({ at }, id) => spawn(sim, 'asks', ask(id), at));
        sim.runUntil(1000);
        expect(answers).toEqual(queries.map(() => 1));
        expect(most).toBeLessThanOrEqual(1);
        expect(proxy.state()).toEqual({ 'reads under way': 0, 'reads waiting': 0 });
      }),
      { numRuns: 200 },
    );
  });
});
