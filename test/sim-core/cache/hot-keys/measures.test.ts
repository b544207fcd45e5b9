/** What is done about hot keys, each alone: the monitor, what an instance knows of them, a value's bytes. */
import { beforeEach, expect, it } from 'vitest';
import { CacheServer, type CacheServerOptions } from '../../../../sim-core/cache/cache-server.ts';
import { HotKeyMonitor, hotKeysRead } from '../../../../sim-core/cache/hot-keys/hot-key-monitor.ts';
import { KnownHotKeys } from '../../../../sim-core/cache/hot-keys/known-hot-keys.ts';
import { SpaceSaving } from '../../../../sim-core/cache/hot-keys/space-saving.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { startingAt } from '../../../../sim-core/workload/arrivals/starting-at.ts';
import { uniformArrivals } from '../../../../sim-core/workload/arrivals/uniform.ts';

let sim: Simulation;
beforeEach(() => {
  sim = new Simulation();
});

const request = (id: number): RequestContext => new RequestContext(id, sim.now);
const at = (time: number, act: () => void): void => void sim.scheduleAt(ms(time), act, undefined, 0);

function shard(options: Partial<CacheServerOptions>): Link<never, never> & { server: CacheServer<string> } {
  const server = new CacheServer<string>(sim, { name: 'c', capacity: 9, eviction: 'lru', commandTime: 0, ...options });
  const link = new Link(sim, server, { from: 'app', delay: constant(0) });
  return Object.assign(link, { server }) as never;
}

it('values leave over the wire one after the other, each in the time of its bytes', () => {
  const link = shard({ bandwidth: 1e6, bytesOf: (key) => 1000 * (key + 1) });
  const entry = { value: 'v', storedAt: 0, softExpiresAt: s(9), expiresAt: s(9), loadDuration: 0 };
  for (const key of [0, 1]) link.server.cache.set({ ...entry, key }, 0);
  const heard: [number, number][] = [];
  for (const key of [1, 0, 5]) {
    link.call({ command: 'get', key } as never, request(key)).begin({
      resume: () => void heard.push([key, sim.now]),
      fail() {},
    });
  }
  sim.runUntil(s(1));
  // 2 kB and then 1 kB at a million bytes a second; that there is no key 5 takes none.
  expect(heard).toEqual([
    [5, 0],
    [1, ms(2)],
    [0, ms(3)],
  ]);
  expect(link.server.wire.worked(s(1))).toBe(ms(3));
});

it('the monitor tells the hottest key of all shards under its own name, and how busy the busiest thread is', () => {
  const readings: unknown[] = [];
  sim.facts.channel(hotKeysRead).listen((reading) => readings.push(reading));
  const monitor = new HotKeyMonitor(sim, {
    name: 'monitor',
    window: ms(100),
    counters: 5,
    threshold: 0.5,
    baseOf: (name) => name % 10,
  });
  const links = ['a', 'b'].map((name) => {
    const sketch = new SpaceSaving(5);
    const link = shard({ name, commandTime: ms(10), watch: (key) => sketch.count(key) });
    monitor.watch(link.server, sketch);
    return link;
  });
  const ask = (link: (typeof links)[number], key: number): void =>
    void link.call({ command: 'get', key } as never, request(0)).begin({ resume() {}, fail() {} });
  at(0, () => {
    for (const key of [3, 13, 4]) ask(links[0], key);
    for (const key of [23, 5]) ask(links[1], key);
  });
  at(110, () => ask(links[1], 4));
  sim.runUntil(ms(201));
  expect(readings).toEqual([
    { monitor: 'monitor', key: 3, share: 0.6, cpu: 0.3, wire: 0, alert: true },
    { monitor: 'monitor', key: 4, share: 1, cpu: 0.1, wire: 0, alert: true },
  ]);
  expect(monitor.state()['hottest key']).toBe(4);
});

it('an instance knows of a hot key when the alert has reached it, for a while after the last one, and not after a crash', () => {
  const monitor = new HotKeyMonitor(sim, {
    name: 'monitor',
    window: ms(100),
    counters: 5,
    threshold: 0.5,
    baseOf: (key) => key,
  });
  const sketch = new SpaceSaving(5);
  const link = shard({ watch: (key) => sketch.count(key) });
  monitor.watch(link.server, sketch);
  const known = new KnownHotKeys(sim, 'app', ms(250));
  monitor.subscribe(new Link(sim, known, { from: 'monitor', delay: constant(ms(5)) }));
  const hot: number[] = [];
  for (let time = 1; time < 1000; time += 10) at(time, () => known.isHot(7) && hot.push(time));
  // In the first window 7 has two of three commands, in the second one of two: not more than a half.
  const asked: [number, number][] = [
    [10, 7],
    [20, 7],
    [30, 8],
    [110, 7],
    [120, 8],
  ];
  for (const [time, key] of asked) {
    at(time, () => void link.call({ command: 'get', key } as never, request(0)).begin({ resume() {}, fail() {} }));
  }
  at(600, () => void link.call({ command: 'get', key: 7 } as never, request(0)).begin({ resume() {}, fail() {} }));
  at(750, () => known.crash());
  sim.runUntil(s(1));
  const from = (first: number, last: number): number[] => hot.filter((time) => time >= first && time <= last);
  expect(hot).toEqual([...from(111, 351), ...from(711, 741)]);
  expect([from(111, 351).length, from(711, 741).length]).toEqual([25, 4]);
  expect([known.wasHot(7), known.wasHot(8)]).toEqual([false, false]);
});

it('a process that starts later gives nothing before', () => {
  const process = startingAt(s(2), uniformArrivals(10));
  const random = sim.random('arrivals');
  expect(process.next(0, random)).toBe(s(2.1));
  expect(process.next(s(2.1), random)).toBe(s(2.2));
});
