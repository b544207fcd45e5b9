/**
 * Every key loader of the table, asked at random for keys of one page: each gets the row that the store has, or hears that
 * its query failed; and the queries are those that a naive list of them says, one a load or one an instant.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyLoaders, type KeyLoaderName } from '../../../../sim-core/cache/loading/loaders.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { DatabaseBatch, DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

const NAMES = Object.keys(keyLoaders) as KeyLoaderName[];
const TAKES = 7;

interface Ask {
  readonly at: number;
  readonly key: number;
}

/** The queries that these loads come to, each with when it is sent and for which keys. */
const QUERIES: Record<KeyLoaderName, (asks: readonly Ask[]) => [at: number, keys: number[]][]> = {
  'per-key': (asks) => asks.map(({ at, key }) => [at, [key]]),
  batch: (asks) =>
    [...new Set(asks.map(({ at }) => at))].map((at) => [
      at,
      [...new Set(asks.filter((ask) => ask.at === at).map(({ key }) => key))],
    ]),
};

describe.each(NAMES)('%s', (name) => {
  it('gives each load its row or its query’s failure, by the queries of a naive list', () => {
    const asks = fc.array(fc.record({ at: fc.nat(30), key: fc.nat(5) }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(asks, fc.nat(30), (asked, failsFrom) => {
        const sim = new Simulation();
        const sent: [number, number[]][] = [];
        /** The version of a row is when its query came. */
        const answer = (call: Call<never, never>, keys: readonly number[], rows: unknown): void => {
          sent.push([sim.now, [...keys]]);
          const fails = sim.now >= failsFrom;
          sim.schedule(TAKES, () => (fails ? call.refuse('error') : call.reply(rows as never)), undefined);
        };
        const single: Endpoint<DatabaseQuery, Row> = {
          name: 'store',
          receive: (call) => answer(call as never, [call.query.key], { key: call.query.key, version: sim.now }),
        };
        const batches: Endpoint<DatabaseBatch, readonly Row[]> = {
          name: 'batches',
          receive: (call) =>
            answer(
              call as never,
              call.query.keys,
              call.query.keys.map((key) => ({ key, version: sim.now })),
            ),
        };
        const instant = constant(0);
        const links = {
          instance: 'app',
          store: new Link(sim, single, { from: 'app', delay: instant }),
          batches: new Link(sim, batches, { from: 'app', delay: instant }),
        };
        const loader = keyLoaders[name].create(sim, links, new RequestContext(1, 0));
        const answers: unknown[] = [];
        function* ask({ key }: Ask, i: number): Behaviour {
          try {
            const row = yield* loader.load(key);
            answers[i] = [sim.now, row];
          } catch (error) {
            if (!(error instanceof CallFailed)) throw error;
            answers[i] = [sim.now, 'failed'];
          }
        }
        asked.forEach((each, i) => spawn(sim, 'asks', ask(each, i), each.at));
        sim.runUntil(1000);
        const byTime = (a: [number, number[]], b: [number, number[]]): number => a[0] - b[0] || a[1][0] - b[1][0];
        expect(sent.toSorted(byTime)).toEqual(QUERIES[name](asked).toSorted(byTime));
        expect(loader.trips).toBe(sent.length);
        expect(answers).toEqual(
          asked.map(({ at, key }) => (at >= failsFrom ? [at + TAKES, 'failed'] : [at + TAKES, { key, version: at }])),
        );
      }),
    );
  });
});
