/** Stores in several regions: they converge whatever was cut when, the last writer wins, and lost writes are counted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { uniform } from '../../../sim-core/kernel/distributions/uniform.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Wan, type Parcel } from '../../../sim-core/network/wan.ts';
import type { DatabaseQuery, Row } from '../../../sim-core/storage/queries.ts';
import { RegionalStore, RegionBook, regionsDiverge, regionWritten } from '../../../sim-core/storage/regional-store.ts';
import { VersionHistory } from '../../../sim-core/storage/version-history.ts';

const REGIONS = 3;
const KEYS = 3;

function setUp() {
  const sim = new Simulation();
  const book = new RegionBook(sim, new VersionHistory());
  const stores = Array.from({ length: REGIONS }, (_, i) => new RegionalStore(book, `store-${i}`));
  // Parcels overtake each other, as their times differ.
  const wan = new Wan<Row>(sim, () => uniform(ms(10), ms(40)));
  for (const store of stores) {
    wan.attach(new Link<Row, void>(sim, store.fanout, { from: 'wan', delay: constant(0) }));
    store.join(new Link<Parcel<Row>, void>(sim, wan, { from: store.name, delay: constant(0) }));
  }
  const users = stores.map(
    (store) => new Link<DatabaseQuery, Row>(sim, store, { from: `users of ${store.name}`, delay: uniform(1, 2) }),
  );
  let lost = 0;
  let divergent = 0;
  sim.facts.channel(regionWritten).listen(({ unseen }) => (lost += unseen ? 1 : 0));
  sim.facts.channel(regionsDiverge).listen(({ keys }) => (divergent = keys));
  let asked = 0;
  const write = (region: number, key: number): void =>
    users[region].send({ operation: 'write', key }, new RequestContext(asked++, sim.now));
  return { sim, book, stores, write, lost: () => lost, divergent: () => divergent };
}

describe('stores in several regions', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 60 }),
    region: fc.nat(REGIONS - 1),
    key: fc.nat(KEYS - 1),
    does: fc.constantFrom('write', 'write', 'write', 'cut', 'heal'),
  });

  it('agree on the last write of every key once all ways are open, whatever was cut and in whatever order news came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { sim, book, stores, write, divergent } = setUp();
        for (const { after, region, key, does } of steps) {
          sim.runUntil(sim.now + ms(after));
          if (does === 'write') write(region, key);
          else stores[region][does]();
          for (const store of stores) expect(store.violations()).toEqual([]);
          const differ = Array.from({ length: KEYS }, (_, i) => i).filter((one) =>
            stores.some((store) => store.version(one) !== book.history.current(one)),
          );
          expect(divergent()).toBe(differ.length);
        }
        for (const store of stores) store.heal();
        sim.runUntil(sim.now + s(1));
        for (let key = 0; key < KEYS; key++) {
          expect(new Set(stores.map((store) => store.version(key)))).toEqual(new Set([book.history.current(key)]));
        }
        expect(divergent()).toBe(0);
        for (const store of stores) expect(store.state()['waiting to be sent']).toBe(0);
      }),
    );
  });

  it('lose the write that crosses with another, and none that had been heard of', () => {
    const { sim, write, lost } = setUp();
    const at = (time: number, region: number): void => void sim.scheduleAt(ms(time), () => write(region, 0), undefined);
    at(0, 0);
    at(100, 1);
    at(105, 2);
    at(200, 0);
    sim.runUntil(s(1));
    expect(lost()).toBe(1);
  });

  it('serve and take writes while they are cut off, and hear nothing', () => {
    const { sim, stores, write, lost } = setUp();
    stores[1].cut();
    write(1, 0);
    write(0, 1);
    sim.runUntil(ms(500));
    expect(stores.map((store) => [store.version(0), store.version(1)])).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    write(2, 0);
    sim.runUntil(ms(501));
    expect(lost()).toBe(1);
    stores[1].heal();
    sim.runUntil(s(1));
    expect(stores.map((store) => store.version(0))).toEqual([2, 2, 2]);
  });
});

it('a store that is slowed answers later, and takes in later what was written elsewhere; nothing else is delayed', () => {
  const sim = new Simulation();
  const book = new RegionBook(sim, new VersionHistory());
  const [near, far] = ['near', 'far'].map((name) => new RegionalStore(book, name));
  const wan = new Wan<Row>(sim, () => constant(ms(10)));
  for (const store of [near, far]) {
    wan.attach(new Link<Row, void>(sim, store.fanout, { from: 'wan', delay: constant(0) }));
    store.join(new Link<Parcel<Row>, void>(sim, wan, { from: store.name, delay: constant(0) }));
  }
  far.interventions['slow'].apply([100]);
  const heard: string[] = [];
  for (const store of [near, far]) {
    const link = new Link<DatabaseQuery, Row>(sim, store, { from: `user of ${store.name}`, delay: constant(0) });
    const tell = (): void => void heard.push(`${store.name}: ${sim.now / ms(1)} ms`);
    link
      .call({ operation: 'write', key: store === near ? 1 : 2 }, new RequestContext(1, 0))
      .begin({ resume: tell, fail() {} });
  }
  const versions = (): number[] => [near, far].flatMap((store) => [store.version(1), store.version(2)]);
  sim.runUntil(ms(50));
  expect([heard, versions()]).toEqual([['near: 0 ms'], [1, 0, 0, 0]]);
  sim.runUntil(ms(105));
  expect([heard.at(-1), versions()]).toEqual(['far: 100 ms', [1, 0, 0, 1]]);
  sim.runUntil(ms(120));
  expect(versions()).toEqual([1, 1, 1, 1]);
});
