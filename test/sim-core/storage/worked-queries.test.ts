/** Queries of any shape past a bounded pool: who waits, who is refused, when each sees and does what it is for. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, type Time } from '../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { databaseAnswered } from '../../../sim-core/storage/database-signals.ts';
import { WorkedQueries, type WorkOptions } from '../../../sim-core/storage/worked-queries.ts';

interface Served {
  readonly query: number;
  readonly outcome: string;
  readonly begun: Time | undefined;
  readonly ended: Time;
}

/** Queries that come at once, each with so many milliseconds of work beyond the first. */
function served(extras: readonly number[], options: Partial<WorkOptions>, slowness = 1): readonly Served[] {
  const sim = new Simulation({ seed: 1 });
  const queries = new WorkedQueries(sim, 'store', {
    connections: 2,
    queueMax: 1,
    cores: 2,
    demand: constant(MILLISECOND),
    ...options,
  });
  queries.slowing.apply([slowness]);
  const begun: Time[] = [];
  const store: Endpoint<number, void> = {
    name: 'store',
    receive: (call) =>
      queries.admit(call, { operation: 'ask', key: call.query, rows: 1 }, () => {
        begun[call.query] = sim.now;
        return { rows: 1, extra: extras[call.query] * MILLISECOND, finish: () => undefined };
      }),
  };
  const link = new Link<number, void>(sim, store, { from: 'client', delay: constant(0) });
  const all: Served[] = [];
  sim.facts.channel(databaseAnswered).listen(({ key: query, outcome }) => {
    all.push({ query, outcome, begun: begun[query], ended: sim.now });
    expect(queries.violations()).toEqual([]);
  });
  for (const query of extras.keys()) link.send(query, new RequestContext(query, 0));
  sim.runUntil(1000 * MILLISECOND);
  return all;
}

it('gives connections in order, has as many wait as there is room for, and refuses the rest', () => {
  const ms = (time: number): number => time * MILLISECOND;
  expect(served([0, 1, 2, 3], {})).toEqual([
    { query: 3, outcome: 'overloaded', begun: undefined, ended: 0 },
    { query: 0, outcome: 'ok', begun: 0, ended: ms(1) },
    { query: 1, outcome: 'ok', begun: 0, ended: ms(2) },
    { query: 2, outcome: 'ok', begun: ms(1), ended: ms(4) },
  ]);
});

it('takes so many times as long when it is slow', () => {
  const ends = (slowness: number): Time[] => served([0, 2, 4], { queueMax: 10 }, slowness).map(({ ended }) => ended);
  expect(ends(3)).toEqual(ends(1).map((end) => 3 * end));
});

it('answers each query once, whatever the pool', () => {
  const pool = fc.record({
    connections: fc.integer({ min: 1, max: 5 }),
    queueMax: fc.nat(5),
    cores: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 20 }), pool, (extras, options) => {
      const all = served(extras, options);
      expect(all.map(({ query }) => query).toSorted((a, b) => a - b)).toEqual([...extras.keys()]);
      const refused = all.filter(({ outcome }) => outcome === 'overloaded').length;
      expect(refused).toBe(Math.max(0, extras.length - options.connections - options.queueMax));
    }),
  );
});
