/** The cache server: one thread, locks with leases, interventions. */
import { describe, expect, it } from 'vitest';
import { CacheServer, type CacheCommand, type CacheReply } from '../../../sim-core/cache/cache-server.ts';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';

function setUp(): {
  sim: Simulation;
  server: CacheServer<string>;
  at: (time: number, command: CacheCommand<string>) => void;
  lines: string[];
} {
  const sim = new Simulation();
  const lines: string[] = [];
  const server = new CacheServer<string>(sim, { name: 'cache', capacity: 2, eviction: 'lru', commandTime: 10 });
  const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
  function* send(command: CacheCommand<string>): Behaviour {
    const { entry, done } = yield* link.call(command, new RequestContext(1, 0));
    lines.push(`${sim.now} ${command.command} ${entry?.value ?? done}`);
  }
  const at = (time: number, command: CacheCommand<string>): void => void spawn(sim, 'sends', send(command), time);
  return { sim, server, at, lines };
}

const entry = (key: number): CacheCommand<string> => ({
  command: 'set',
  entry: { key, value: `value ${key}`, storedAt: 0, softExpiresAt: 500, expiresAt: 500, loadDuration: 1 },
});

describe('a cache server', () => {
  it('runs its commands one after the other', () => {
    const { sim, at, lines } = setUp();
    at(0, { command: 'get', key: 1 });
    at(1, entry(1));
    at(2, { command: 'get', key: 1 });
    at(100, { command: 'get', key: 1 });
    sim.runUntil(1000);
    expect(lines).toEqual(['10 get false', '20 set true', '30 get value 1', '110 get value 1']);
  });

  it('deletes an entry, and says whether there was one', () => {
    const { sim, at, lines } = setUp();
    at(0, entry(1));
    at(20, { command: 'delete', key: 1 });
    at(40, { command: 'delete', key: 1 });
    at(60, { command: 'get', key: 1 });
    sim.runUntil(1000);
    expect(lines).toEqual(['10 set true', '30 delete true', '50 delete false', '70 get false']);
  });

  it('gives a lock to one at a time, back only to its token, and to the next when the lease has run out', () => {
    const { sim, at, lines } = setUp();
    const lock = (token: number): CacheCommand<string> => ({ command: 'acquire', key: 1, token, lease: 100 });
    at(0, lock(7));
    at(20, lock(8));
    at(40, { command: 'release', key: 1, token: 8 });
    at(99, lock(8));
    at(109, lock(8));
    at(130, { command: 'release', key: 1, token: 7 });
    at(150, { command: 'release', key: 1, token: 8 });
    at(170, lock(7));
    sim.runUntil(1000);
    expect(lines).toEqual([
      '10 acquire true',
      '30 acquire false',
      '50 release false',
      // Taken at 10 for 100: held at 109, free at 110.
      '109 acquire false',
      '119 acquire true',
      '140 release false',
      '160 release true',
      '180 acquire true',
    ]);
  });

  it('is flushed, or robbed of one key, by intervention', () => {
    const { sim, server, at } = setUp();
    at(0, entry(1));
    at(0, entry(2));
    sim.runUntil(100);
    server.interventions['expire'].apply([2]);
    expect([server.cache.get(1, 0)?.value, server.cache.get(2, 0)]).toEqual(['value 1', undefined]);
    server.interventions['flush'].apply([]);
    expect([server.cache.size, server.violations()]).toEqual([0, []]);
  });
});
