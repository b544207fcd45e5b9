/** HTTP caches in a row: whose max-age counts, from when on, what a reload and a purge do; beside a naive oracle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheControl, HttpResponse } from '../../../../sim-core/cache/placement/freshness.ts';
import { HttpCache, type HttpCacheOptions, type HttpGet } from '../../../../sim-core/cache/placement/http-cache.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const URL = 7;

/** Users' browsers before an edge before an origin: 10 ms, 100 ms. The origin's version is the time, in ms. */
function setUp(control: CacheControl, reloading: readonly number[] = [], users = 1, edgeTtl?: number) {
  const sim = new Simulation();
  const fetched: number[] = [];
  const origin: Endpoint<HttpGet, HttpResponse> = {
    name: 'origin',
    receive(call) {
      const version = sim.now / ms(1);
      fetched.push(version);
      call.reply({ row: { key: call.query.key, version }, layer: 'disk', age: 0, control });
    },
  };
  const cacheOf = (
    name: string,
    to: typeof origin,
    delay: number,
    more: Pick<HttpCacheOptions, 'layer' | 'users' | 'ttl'>,
  ) => {
    const link = new Link(sim, to, { from: name, delay: constant(delay) });
    return new HttpCache(sim, { name, help: '', capacity: 9, upstream: () => link, ...more });
  };
  const edge = cacheOf('edge', origin, ms(50), { layer: 'edge', ...(edgeTtl !== undefined && { ttl: edgeTtl }) });
  const browsers = cacheOf('browsers', edge, ms(5), {
    layer: 'client',
    users: { count: users, of: ({ id }) => id % users, reloads: ({ id }) => reloading.includes(id) },
  });
  const door = new Link(sim, browsers, { from: 'users', delay: constant(0) });
  const heard: string[] = [];
  const answers: HttpResponse[] = [];
  function* asks(id: number): Behaviour {
    const response = yield* door.call({ url: URL, key: URL }, new RequestContext(id, sim.now));
    answers[id] = response;
    heard.push(`${sim.now / ms(1)} ms: ${response.layer}, version ${response.row.version}`);
  }
  const at = (time: number, does: () => void): void => void sim.scheduleAt(ms(time), does, undefined);
  const askAt = (time: number, id = 0): void => at(time, () => void spawn(sim, 'asks', asks(id)));
  return { sim, edge, at, askAt, heard, answers, fetched };
}

describe('an HTTP cache', () => {
  it('goes by s-maxage if it is shared and by max-age if it is not', () => {
    const { sim, askAt, heard } = setUp({ maxAge: s(2), sMaxAge: s(10) });
    for (const time of [0, 1000, 1990, 9000, 10_200]) askAt(time);
    sim.runUntil(s(20));
    expect(heard).toEqual([
      '110 ms: disk, version 55',
      '1000 ms: client, version 55',
      '1990 ms: client, version 55',
      '9010 ms: edge, version 55',
      '10310 ms: disk, version 10255',
    ]);
  });

  it('counts freshness from the origin: what has aged elsewhere is stale the sooner, or on arrival', () => {
    const { sim, askAt, heard } = setUp({ maxAge: s(5), sMaxAge: s(60) }, [], 2);
    askAt(0, 0);
    // The other user gets it at an Age of 3 whole seconds: he may keep it for 2 s from his request on.
    for (const time of [3500, 5400, 5600]) askAt(time, 1);
    // And at an Age of 5 s he may not keep it.
    askAt(5700, 1);
    sim.runUntil(s(20));
    expect(heard.slice(1)).toEqual([
      '3510 ms: edge, version 55',
      '5400 ms: client, version 55',
      '5610 ms: edge, version 55',
      '5710 ms: edge, version 55',
    ]);
  });

  it('serves for a while past freshness and fetches anew meanwhile, once', () => {
    const { sim, askAt, heard, fetched } = setUp({ maxAge: 0, sMaxAge: s(2), staleWhileRevalidate: s(1) }, [], 3);
    for (const [id, time] of [0, 2500, 2510].entries()) askAt(time, id);
    sim.runUntil(s(9));
    expect(fetched).toEqual([55, 2555]);
    expect(heard.slice(1)).toEqual(['2510 ms: edge, version 55', '2520 ms: edge, version 55']);
  });

  it('with a time to live of its own goes by that alone, from when a response has come, and still says how old it is', () => {
    const { sim, askAt, heard, answers } = setUp(
      { maxAge: s(3), sMaxAge: s(1), staleWhileRevalidate: s(60) },
      [],
      6,
      s(5),
    );
    // At the edge from 105 ms on: until 5105, by the time of 5 s, whatever s-maxage and stale-while-revalidate say.
    for (const [id, time] of [0, 2500, 5090, 5110].entries()) askAt(time, id);
    // A browser goes by what the response says: it serves its copy past max-age, for as long as it is fetched anew.
    askAt(5500, 1);
    sim.runUntil(s(20));
    expect(heard).toEqual([
      '110 ms: disk, version 55',
      '2510 ms: edge, version 55',
      '5100 ms: edge, version 55',
      '5220 ms: disk, version 5165',
      '5500 ms: client, version 55',
    ]);
    expect(answers[2].age).toBe(s(5));
  });

  it.each([
    [false, 'edge'],
    [true, 'client'],
  ])('answers a reload itself only if the copy is immutable: %s', (immutable, layer) => {
    const { sim, askAt, answers } = setUp({ maxAge: s(60), immutable }, [1]);
    askAt(0, 0);
    askAt(1000, 1);
    sim.runUntil(s(9));
    expect(answers[1].layer).toBe(layer);
  });

  it('throws out what is purged, and does not keep what it was fetching then', () => {
    const { sim, edge, at, askAt, heard } = setUp({ maxAge: 0, sMaxAge: s(60) });
    const purging = new Link(sim, edge.purges, { from: 'publisher', delay: constant(0) });
    const purge = (): void => purging.send({ url: URL }, new RequestContext(99, 0));
    askAt(0);
    at(60, purge);
    askAt(500);
    askAt(1000);
    at(2000, purge);
    askAt(3000);
    at(4000, () => edge.interventions['purge'].apply([]));
    askAt(5000);
    sim.runUntil(s(9));
    expect(heard.map((one) => one.split(': ')[1])).toEqual([
      'disk, version 55',
      'disk, version 555',
      'edge, version 555',
      'disk, version 3055',
      'disk, version 5055',
    ]);
  });

  it('never serves what is older than its layer may, whoever asks when; no cache keeps another user’s', () => {
    const asked = fc.array(fc.record({ time: fc.nat(20_000), id: fc.nat(30) }), { maxLength: 60 });
    const seconds = fc.integer({ min: 0, max: 6 }).map(s);
    fc.assert(
      fc.property(asked, seconds, seconds, seconds, (all, maxAge, sMaxAge, staleWhileRevalidate) => {
        const { sim, askAt, answers } = setUp({ maxAge, sMaxAge, staleWhileRevalidate }, [], 3);
        const times = new Map(all.map(({ time, id }) => [id, time]));
        for (const [id, time] of times) askAt(time, id);
        sim.runUntil(s(60));
        const seen = [...times].map(([id, time]) => ({ user: id % 3, time, ...answers[id] }));
        expect(seen.every(({ row }) => row !== undefined)).toBe(true);
        for (const { user, time, layer, row } of seen) {
          const age = ms(time - row.version);
          if (layer === 'edge') expect(age).toBeLessThan(sMaxAge + staleWhileRevalidate);
          // The edge's Age leaves out up to a second.
          if (layer === 'client') {
            expect(age).toBeLessThan(maxAge + staleWhileRevalidate + s(1));
            const before = seen.filter((one) => one.user === user && one.time < time);
            // Either he was answered with that version before, or it was fetched behind his back.
            if (staleWhileRevalidate === 0) expect(before.some((one) => one.row.version === row.version)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
