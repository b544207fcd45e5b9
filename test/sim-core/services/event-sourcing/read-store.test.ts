/** Reads that ask for a position: held until the served model has got there, refused when they have waited as long as they may. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import {
  ReadStore,
  type ModelRead,
  type ModelWrite,
  type ReadStoreQuery,
  type ReadStoreReply,
} from '../../../../sim-core/services/event-sourcing/read-store.ts';
import { pairs } from './counters.ts';

const read = (atLeast: number, waitMax: number): ModelRead => ({
  command: 'read',
  key: 0,
  atLeast,
  waitMax: waitMax * MILLISECOND,
});
const owned = { table: 'sums', epoch: 1 };
const opened: ModelWrite = { ...owned, command: 'open' };
const checkpoint = (position: number): ModelWrite => ({ ...owned, command: 'checkpoint', position });

/** What becomes of queries, each sent at a time in milliseconds, of which any takes one; and who is held at the end. */
function outcomes(...queries: readonly (readonly [at: number, query: ReadStoreQuery])[]): {
  readonly ended: string[];
  readonly held: unknown;
} {
  const sim = new Simulation({ seed: 1 });
  const store = new ReadStore(sim, {
    name: 'models',
    connections: 10,
    queueMax: 10,
    cores: 10,
    demand: constant(MILLISECOND),
    applyTime: 0,
    maker: pairs,
    isIdempotent: true,
    table: 'sums',
    history: [],
  });
  const link = new Link<ReadStoreQuery, ReadStoreReply<number>>(sim, store, { from: 'reader', delay: constant(0) });
  const ended: string[] = [];
  for (const [i, [at, query]] of queries.entries()) {
    spawn(
      sim,
      'reader',
      (function* () {
        yield at * MILLISECOND;
        let outcome = 'ok';
        try {
          yield* link.call(query, new RequestContext(i, sim.now));
        } catch (error) {
          if (!(error instanceof CallFailed)) throw error;
          outcome = error.failure;
        }
        if (query.command === 'read') ended.push(`${outcome} at ${sim.now / MILLISECOND}`);
      })(),
    );
  }
  sim.runUntil(1000 * MILLISECOND);
  return { ended, held: store.state()['waiting for an event'] };
}

it('answers at once who asks for nothing, or for what is there', () => {
  const sent = [
    [0, opened],
    [2, checkpoint(5)],
    [4, read(0, 10)],
    [5, read(5, 10)],
  ] as const;
  expect(outcomes(...sent)).toEqual({ ended: ['ok at 5', 'ok at 6'], held: 0 });
});

it('holds who asks for more until it is there, each for its own position', () => {
  const sent = [
    [0, opened],
    [1, read(5, 50)],
    [1, read(8, 50)],
    [10, checkpoint(5)],
    [20, checkpoint(9)],
  ] as const;
  expect(outcomes(...sent)).toEqual({ ended: ['ok at 12', 'ok at 22'], held: 0 });
});

it('refuses who has waited so long, once, though what it waits for comes later', () => {
  const sent = [
    [0, opened],
    [1, read(5, 7)],
    [2, read(5, 50)],
    [20, checkpoint(5)],
  ] as const;
  expect(outcomes(...sent)).toEqual({ ended: ['timeout at 8', 'ok at 22'], held: 0 });
});

it('is not moved by an earlier life of its projection', () => {
  const late: ModelWrite = { ...checkpoint(5), epoch: 0 };
  expect(outcomes([0, opened], [1, read(5, 50)], [10, late])).toEqual({ ended: ['timeout at 51'], held: 0 });
});
