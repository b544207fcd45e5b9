/** Guards one inside the other: in which order they are asked, what is handed on, and whose loads are known of. */
import { describe, expect, it } from 'vitest';
import type { GuardContext, LoadGuardFactory, LoadTerms } from '../../../../sim-core/cache/stampede/load-guard.ts';
import { singleFlight } from '../../../../sim-core/cache/stampede/single-flight.ts';
import { stackedGuards } from '../../../../sim-core/cache/stampede/stacked-guards.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const LOAD = 10;

/** A guard that says when it is asked, and adds a fence of its own to what it lets through. */
const saying =
  (name: string, said: string[], fence?: number): LoadGuardFactory =>
  ({ loadAndStore }) => ({
    *load(key, request, terms) {
      said.push(`${name}: ${JSON.stringify(terms ?? {})}`);
      return yield* loadAndStore(key, request, fence === undefined ? terms : { ...terms, fence });
    },
    loading: () => false,
  });

function setUp(guards: readonly LoadGuardFactory[]) {
  const sim = new Simulation();
  const stored: (LoadTerms | undefined)[] = [];
  const guard = stackedGuards(guards)({
    sim,
    instance: 'app',
    *loadAndStore(key, { id }, terms) {
      stored.push(terms);
      yield LOAD;
      return { key, version: id };
    },
  } as GuardContext);
  const start = (id: number, at: number, terms?: LoadTerms) =>
    spawn(sim, 'reader', guard.load(5, new RequestContext(id, at), terms), at);
  return { sim, guard, stored, start };
}

describe('stacked guards', () => {
  it('are asked from the outermost in, and hand on what is asked with', () => {
    const said: string[] = [];
    const { sim, stored, start } = setUp([saying('outer', said, 7), singleFlight, saying('inner', said)]);
    start(0, 0, { askedAt: 3 });
    sim.runUntil(LOAD);
    expect(said).toEqual(['outer: {"askedAt":3}', 'inner: {"askedAt":3,"fence":7}']);
    expect(stored).toEqual([{ askedAt: 3, fence: 7 }]);
  });

  it.each([0, 1])('know of a load that the guard at place %d knows of, and of no other', (place) => {
    const said: string[] = [];
    const { sim, guard, start } = setUp([saying('a', said), saying('b', said)].toSpliced(place, 1, singleFlight));
    start(0, 0);
    sim.runUntil(LOAD / 2);
    expect([guard.loading(5), guard.loading(6)]).toEqual([true, false]);
    sim.runUntil(2 * LOAD);
    expect(guard.loading(5)).toBe(false);
  });

  it('of none let everybody load', () => {
    const { sim, stored, start } = setUp([]);
    for (const id of [0, 1, 2]) start(id, 0);
    sim.runUntil(LOAD);
    expect(stored).toHaveLength(3);
  });
});
