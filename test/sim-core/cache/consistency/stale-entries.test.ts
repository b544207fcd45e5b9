/** The meter of stale entries, against a look at every key after every event. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../../sim-core/cache/cache.ts';
import {
  staleEntriesHeld,
  staleEntryGone,
  StaleEntryMeter,
} from '../../../../sim-core/cache/consistency/stale-entries.ts';
import type { Fact } from '../../../../sim-core/kernel/fact.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { databaseWritten } from '../../../../sim-core/storage/database-signals.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';
import { VersionHistory } from '../../../../sim-core/storage/version-history.ts';

const TTL = 50;
const KEYS = 3;

function setUp() {
  const sim = new Simulation();
  const cache = new Cache<Row>(sim, { name: 'cache', capacity: KEYS, eviction: 'lru' });
  const history = new VersionHistory();
  new StaleEntryMeter(sim, cache, history);
  const gone: Fact<typeof staleEntryGone>[] = [];
  let held = 0;
  sim.facts.channel(staleEntryGone).listen((fact) => gone.push(fact));
  sim.facts.channel(staleEntriesHeld).listen(({ count }) => (held = count));
  const written = sim.facts.channel(databaseWritten);
  const store = (key: number, version: number): void => {
    const times = { storedAt: sim.now, softExpiresAt: sim.now + TTL, expiresAt: sim.now + TTL };
    cache.set({ key, value: { key, version }, ...times, loadDuration: 0 }, 1);
  };
  const commit = (key: number): void => {
    history.commit(key, sim.now);
    written.emit({ database: 'db', key, outcome: 'committed' });
  };
  const rollBack = (key: number): number => {
    const version = history.write(key);
    store(key, version);
    history.rollBack(key);
    written.emit({ database: 'db', key, outcome: 'rolled back' });
    return version;
  };
  return { sim, cache, history, gone, held: () => held, store, commit, rollBack };
}

describe('the meter of stale entries', () => {
  it('times an entry from the commit that replaces its value to its end, by delete, store or expiry', () => {
    const { sim, cache, gone, store, commit } = setUp();
    const at = (time: number, does: () => void): void => void sim.scheduleAt(time, does, undefined);
    at(0, () => [0, 1, 2].forEach((key) => store(key, 0)));
    at(10, () => [0, 1, 2].forEach((key) => commit(key)));
    at(15, () => cache.delete(0));
    at(20, () => store(1, 1));
    at(80, () => cache.get(2, 1));
    sim.runUntil(100);
    expect(gone.map(({ key, duration }) => [key, duration])).toEqual([
      [0, 5],
      [1, 10],
      [2, 40],
    ]);
  });

  it('calls what was rolled back a phantom, and a late store of an old value stale from then on', () => {
    const { sim, cache, gone, store, commit, rollBack } = setUp();
    const at = (time: number, does: () => void): void => void sim.scheduleAt(time, does, undefined);
    at(0, () => rollBack(0));
    at(0, () => commit(1));
    at(5, () => store(1, 0));
    at(30, () => cache.clear());
    sim.runUntil(100);
    expect(gone.map(({ key, phantom, duration }) => [key, phantom, duration])).toEqual([
      [0, true, 30],
      [1, false, 25],
    ]);
  });

  it('holds as many as a look at every entry finds', () => {
    const key = fc.nat(KEYS - 1);
    const step = fc.record({
      after: fc.integer({ min: 1, max: 20 }),
      key,
      does: fc.constantFrom('store old', 'store new', 'commit', 'roll back', 'delete'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { sim, cache, history, held, store, commit, rollBack } = setUp();
        for (const { after, key, does } of steps) {
          sim.runUntil(sim.now + after);
          if (does === 'store old') store(key, Math.max(0, history.current(key) - 1));
          else if (does === 'store new') store(key, history.current(key));
          else if (does === 'commit') commit(key);
          else if (does === 'roll back') rollBack(key);
          else cache.delete(key);
          // An expiry is seen when somebody looks the key up.
          for (let i = 0; i < KEYS; i++) cache.get(i, 1);
          const stale = Array.from({ length: KEYS }, (_, i) => cache.peek(i)?.value).filter(
            (row) =>
              row !== undefined &&
              (history.isPhantom(row.key, row.version) || history.supersededAt(row.key, row.version) !== undefined),
          );
          expect(held()).toBe(stale.length);
        }
      }),
    );
  });
});
