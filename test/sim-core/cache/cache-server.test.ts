/** The cache server: one thread, locks with leases, interventions. */
import { describe, expect, it } from 'vitest';
import { CacheServer, type CacheCommand, type CacheReply } from '../../../sim-core/cache/cache-server.ts';
import type { CacheEntry } from '../../../sim-core/cache/entry.ts';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import type { Wait } from '../../../sim-core/kernel/wait.ts';
import type { CallFailed } from '../../../sim-core/network/call.ts';
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

  it('stores by a condition on what is there, in one step', () => {
    const { sim, at, lines } = setUp();
    const offered = { key: 1, value: 'b', storedAt: 0, softExpiresAt: 500, expiresAt: 500, loadDuration: 1 };
    at(0, entry(1));
    at(1, { command: 'set-if', entry: offered, over: (there) => there === undefined });
    at(2, { command: 'set-if', entry: offered, over: (there) => there?.value === 'value 1' });
    at(3, { command: 'get', key: 1 });
    sim.runUntil(1000);
    expect(lines.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'set true',
      'set-if false',
      'set-if true',
      'get b',
    ]);
  });

  it('hands out one token a miss, which a delete makes worthless, and gives the others what was deleted of late', () => {
    const sim = new Simulation();
    const server = new CacheServer<string>(sim, { name: 'cache', capacity: 2, eviction: 'lru', commandTime: 0 });
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    const stored = (value: string): CacheEntry<string> => ({
      key: 1,
      value,
      storedAt: 0,
      softExpiresAt: 500,
      expiresAt: 500,
      loadDuration: 1,
    });
    const lease = { duration: 100, staleFor: 20 };
    function* asks(): Behaviour {
      const send = (command: CacheCommand<string>): Wait<CacheReply<string>> =>
        link.call(command, new RequestContext(1, 0));
      const get = { command: 'lease-get', key: 1, lease } as const;
      const first = yield* send(get);
      expect(first.entry).toBeUndefined();
      expect((yield* send(get)).token).toBeUndefined();
      yield* send({ command: 'delete', key: 1 });
      expect((yield* send({ command: 'lease-set', entry: stored('old'), token: first.token! })).done).toBe(false);
      const second = yield* send(get);
      expect((yield* send({ command: 'lease-set', entry: stored('new'), token: second.token! })).done).toBe(true);
      expect((yield* send(get)).entry?.value).toBe('new');
      yield* send({ command: 'delete', key: 1 });
      const third = yield* send(get);
      expect(third.token).toBeDefined();
      const meanwhile = yield* send(get);
      expect([meanwhile.entry?.value, meanwhile.token, meanwhile.done]).toEqual(['new', undefined, false]);
      yield 30;
      expect((yield* send(get)).entry).toBeUndefined();
      yield 70; // The holder never came: its lease has run out.
      expect((yield* send(get)).token).toBeGreaterThan(third.token!);
      expect((yield* send({ command: 'lease-set', entry: stored('late'), token: third.token! })).done).toBe(false);
    }
    const process = spawn(sim, 'asks', asks());
    sim.runUntil(1000);
    expect(process.state).toBe('completed');
  });

  it('breaks the connections of a share of the requests: each request’s commands fail all or none', () => {
    const { sim, server } = setUp();
    server.interventions['fail'].apply([0.3]);
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    const failures = new Map<number, number>();
    function* asks(id: number): Behaviour {
      const request = new RequestContext(id, 0);
      for (let i = 0; i < 3; i++) {
        try {
          yield* link.call({ command: 'get', key: 1 }, request);
        } catch (error) {
          expect((error as CallFailed).failure).toBe('unavailable');
          failures.set(id, (failures.get(id) ?? 0) + 1);
        }
      }
    }
    for (let id = 0; id < 1000; id++) spawn(sim, 'asks', asks(id));
    sim.runUntil(1_000_000);
    expect(new Set(failures.values())).toEqual(new Set([3]));
    expect(Math.abs(failures.size - 300)).toBeLessThan(5 * Math.sqrt(1000 * 0.3 * 0.7));
  });

  it('dies with its line, however long it is: who stood in it hears so at once, who comes later is not behind it', () => {
    const { sim, server, lines } = setUp();
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    function* asks(): Behaviour {
      const asked = sim.now;
      try {
        yield* link.call({ command: 'get', key: 1 }, new RequestContext(1, 0));
        lines.push(`${asked}: answered at ${sim.now}`);
      } catch (error) {
        lines.push(`${asked}: ${(error as CallFailed).failure} at ${sim.now}`);
      }
    }
    for (const time of [0, 1, 2, 3, 30]) spawn(sim, 'asks', asks(), time);
    sim.scheduleAt(15, () => server.crash(10), undefined);
    sim.runUntil(1000);
    expect(lines).toEqual([
      '0: answered at 10',
      '1: unavailable at 15',
      '2: unavailable at 15',
      '3: unavailable at 15',
      '30: answered at 40',
    ]);
    expect(server.thread.worked(1000)).toBe(10 + 5 + 10);
  });

  it('that crashes while it is down is up at the latest end', () => {
    const { sim, server, lines } = setUp();
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    function* asks(): Behaviour {
      try {
        yield* link.call({ command: 'get', key: 1 }, new RequestContext(1, 0));
        lines.push(`answered at ${sim.now}`);
      } catch (error) {
        lines.push(`${(error as CallFailed).failure} at ${sim.now}`);
      }
    }
    sim.scheduleAt(0, () => server.crash(20), undefined);
    sim.scheduleAt(5, () => server.crash(3), undefined);
    for (const time of [19, 20]) spawn(sim, 'asks', asks(), time);
    sim.runUntil(100);
    expect(lines).toEqual(['unavailable at 19', 'answered at 30']);
  });

  it('dies with what is on its wire', () => {
    const sim = new Simulation();
    const server = new CacheServer<string>(sim, {
      name: 'cache',
      capacity: 2,
      eviction: 'lru',
      commandTime: 10,
      bandwidth: 1e9,
      bytesOf: () => 100,
    });
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    const heard: string[] = [];
    function* asks(): Behaviour {
      yield* link.call(entry(1), new RequestContext(1, 0));
      try {
        yield* link.call({ command: 'get', key: 1 }, new RequestContext(1, 0));
      } catch (error) {
        heard.push(`${(error as CallFailed).failure} at ${sim.now}`);
      }
    }
    spawn(sim, 'asks', asks());
    sim.scheduleAt(50, () => server.crash(1), undefined);
    sim.runUntil(1000);
    expect(heard).toEqual(['unavailable at 50']);
  });

  it('gives no token twice, whatever dies in between: a store by one of before a crash is refused after it', () => {
    const { sim, server } = setUp();
    const link = new Link<CacheCommand<string>, CacheReply<string>>(sim, server, { from: 'app', delay: constant(0) });
    const lease = { duration: 100, staleFor: 0 };
    const results: boolean[] = [];
    function* asks(): Behaviour {
      const send = (command: CacheCommand<string>): Wait<CacheReply<string>> =>
        link.call(command, new RequestContext(1, 0));
      const before = yield* send({ command: 'lease-get', key: 1, lease });
      server.crash(1);
      yield 5;
      const after = yield* send({ command: 'lease-get', key: 1, lease });
      const { entry: late } = entry(1) as { entry: CacheEntry<string> };
      results.push((yield* send({ command: 'lease-set', entry: late, token: before.token! })).done);
      results.push((yield* send({ command: 'lease-set', entry: late, token: after.token! })).done);
    }
    spawn(sim, 'asks', asks());
    sim.runUntil(1000);
    expect(results).toEqual([false, true]);
  });
});
