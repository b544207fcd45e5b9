/** Ways to reach the copies in instances: versioned keys, the bus's two kinds. */
import { describe, expect, it } from 'vitest';
import {
  InvalidationBus,
  invalidationSent,
  type Invalidation,
} from '../../../../sim-core/cache/invalidation/invalidation-bus.ts';
import { LocalCache } from '../../../../sim-core/cache/local-cache.ts';
import { versionedKeys } from '../../../../sim-core/cache/invalidation/versioned-keys.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Call, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const KEY = 7;
const request = new RequestContext(1, 0);

function setUp() {
  const sim = new Simulation();
  const database = new Database(sim, { name: 'db', connections: 9, queueMax: 9, cores: 9, demand: constant(ms(10)) });
  const store = new Link(sim, database, { from: 'app', delay: constant(ms(1)) });
  const local = new LocalCache(sim, { instance: 'app', capacity: 10, expiry: hardTtl(s(10)) });
  const read: string[] = [];
  function* reads(behaviour: Behaviour<Row>): Behaviour {
    const { version } = yield* behaviour;
    read.push(`${sim.now / ms(1)} ms: version ${version}`);
  }
  const at = (time: number, does: () => void): void => void sim.scheduleAt(ms(time), does, undefined);
  return { sim, database, store, local, read, reads, at };
}

describe('versioned keys', () => {
  it('find an old version no more once the version is raised, and leave it where it is', () => {
    const { sim, database, store, local, read, reads, at } = setUp();
    const member = versionedKeys(sim, constant(ms(1)), 10, 0).join({ instance: 'app', local, store });
    const readAt = (time: number): void => at(time, () => void spawn(sim, 'reads', reads(member.read(KEY, request))));
    readAt(0);
    at(20, () => {
      const row = database.access('write', KEY);
      spawn(sim, 'raises', member.wrote(row, request));
      // A writer that was overtaken does not lower it again.
      spawn(sim, 'raises', member.wrote({ key: KEY, version: 0 }, request));
    });
    readAt(30);
    readAt(50);
    sim.runUntil(s(1));
    expect(read).toEqual(['14 ms: version 0', '44 ms: version 1', '52 ms: version 1']);
    expect(local.cache.size).toBe(2);
  });
});

describe('a bus', () => {
  function subscribed(delivery: 'acknowledged' | 'published', lossShare: number) {
    const sim = new Simulation();
    const bus = new InvalidationBus<Invalidation>(sim, { delivery, lossShare });
    const heard: string[] = [];
    for (const [name, delay] of [
      ['near', 1],
      ['far', 50],
    ] as const) {
      const endpoint: Endpoint<Invalidation, void> = {
        name,
        receive(call: Call<Invalidation, void>) {
          heard.push(`${sim.now / ms(1)} ms: ${name}`);
          call.reply();
        },
      };
      bus.subscribe(new Link(sim, endpoint, { from: 'bus', delay: constant(ms(delay)) }));
    }
    const link = new Link(sim, bus, { from: 'app', delay: constant(ms(1)) });
    let answered = -1;
    function* announces(id: number): Behaviour {
      yield* link.call({ key: KEY, bytes: 50 }, new RequestContext(id, 0));
      answered = sim.now / ms(1);
    }
    return { sim, heard, answered: () => answered, announce: (id = 1) => spawn(sim, 'announces', announces(id)) };
  }

  it('waits for all its subscribers where they acknowledge, and for none where it publishes', () => {
    for (const [delivery, after] of [
      ['acknowledged', 102],
      ['published', 2],
    ] as const) {
      const { sim, heard, answered, announce } = subscribed(delivery, 0);
      announce();
      sim.runUntil(s(1));
      expect(heard).toEqual(['2 ms: near', '51 ms: far']);
      expect(answered()).toBe(after);
    }
  });

  it('loses a share of what it publishes, each message by itself, and says so', () => {
    const { sim, heard, announce } = subscribed('published', 0.3);
    let lost = 0;
    sim.facts.channel(invalidationSent).listen(({ outcome }) => (lost += outcome === 'lost' ? 1 : 0));
    for (let id = 0; id < 2000; id++) announce(id);
    sim.runUntil(s(1));
    expect(heard.length + lost).toBe(4000);
    expect(Math.abs(lost - 1200)).toBeLessThan(5 * Math.sqrt(4000 * 0.3 * 0.7));
  });
});
