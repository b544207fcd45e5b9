/**
 * Little's law, L = lambda W, as what it is on a path that starts and ends empty: an identity. The integral of the
 * number present equals the sum of the times spent, to the nanosecond, on every resource and whatever the load does.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CacheServer,
  Channel,
  channelChanged,
  constant,
  Database,
  databaseAnswered,
  exponential,
  Link,
  logNormal,
  ms,
  recorded,
  OpenLoopClient,
  RequestContext,
  Resource,
  resourceChanged,
  resourceGranted,
  Service,
  serviceRequest,
  Simulation,
  spawn,
  TimeWeighted,
  timeout,
  TIMED_OUT,
  type Behaviour,
  type CacheCommand,
  type CacheReply,
  type DatabaseQuery,
  type Endpoint,
  type Row,
} from '../../sim-core/index.ts';
import { databasePool } from '../../sim-core/storage/database-signals.ts';
import { messageSent } from '../../sim-core/network/link.ts';
import { serviceActive } from '../../sim-core/services/service.ts';

const arrivals = fc
  .array(fc.nat(2000), { minLength: 1, maxLength: 80 })
  .map((times) => times.map((time) => ms(time)).sort((a, b) => a - b));

describe('on any path, the integral of the number present is the sum of the times spent', () => {
  it('in a resource, in service and in line, also when some give up', () => {
    const options = fc.record({
      capacity: fc.integer({ min: 1, max: 4 }),
      patience: fc.integer({ min: 1, max: 2000 }),
    });
    fc.assert(
      fc.property(arrivals, options, (times, { capacity, patience }) => {
        const sim = new Simulation();
        const server = new Resource(sim, { name: 'server', capacity, queueMax: Infinity });
        const used = new TimeWeighted(0, 0);
        const queued = new TimeWeighted(0, 0);
        sim.facts.channel(resourceChanged).listen(({ inUse, waiting }) => {
          used.set(sim.now, inUse);
          queued.set(sim.now, waiting);
        });
        let grantedWaits = 0;
        sim.facts.channel(resourceGranted).listen(({ waited }) => (grantedWaits += waited));
        let held = 0;
        let abandonedWaits = 0;
        const holds = exponential(ms(100));
        function* customer(): Behaviour {
          const arrival = sim.now;
          if ((yield* timeout(sim, server.acquire(), ms(patience))) === TIMED_OUT) {
            abandonedWaits += sim.now - arrival;
            return;
          }
          const hold = Math.round(holds.sample(sim.random('holds')));
          yield hold;
          held += hold;
          server.release();
        }
        for (const time of times) spawn(sim, 'customer', customer(), time);
        sim.runUntil(ms(100_000));
        expect(server.inUse).toBe(0);
        expect(used.integral(sim.now)).toBe(held);
        expect(queued.integral(sim.now)).toBe(grantedWaits + abandonedWaits);
      }),
    );
  });

  it('in a database’s pool and in a service, along a whole chain', () => {
    const options = fc.record({
      connections: fc.integer({ min: 1, max: 5 }),
      cores: fc.integer({ min: 1, max: 3 }),
      concurrency: fc.integer({ min: 1, max: 8 }),
      queueMax: fc.nat(6),
    });
    fc.assert(
      fc.property(arrivals, options, (times, { connections, cores, concurrency, queueMax }) => {
        const sim = new Simulation();
        const database = new Database(sim, { name: 'db', connections, cores, queueMax, demand: exponential(ms(60)) });
        const toDatabase = new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: logNormal(ms(1), 0.3) });
        const app = new Service<number, Row>(sim, {
          name: 'app',
          help: '',
          concurrency,
          queueMax,
          *handle({ query, request }) {
            return yield* toDatabase.call({ operation: 'read', key: query }, request);
          },
        });
        const toApp = new Link(sim, app, { from: 'users', delay: constant(0) });
        new OpenLoopClient(sim, {
          name: 'users',
          arrivals: recorded(times),
          popularity: { keys: 1, draw: () => 0 },
          target: () => toApp,
        });
        const [used, pending, active] = Array.from({ length: 3 }, () => new TimeWeighted(0, 0));
        sim.facts.channel(databasePool).listen((fact) => {
          used.set(sim.now, fact.used);
          pending.set(sim.now, fact.pending);
        });
        sim.facts.channel(serviceActive).listen((fact) => active.set(sim.now, fact.active));
        let [waits, stays, handled] = [0, 0, 0];
        sim.facts.channel(databaseAnswered).listen(({ waited, duration }) => {
          waits += waited;
          stays += duration;
        });
        sim.facts.channel(serviceRequest).listen(({ duration }) => (handled += duration));
        sim.runUntil(ms(100_000));
        expect(app.active).toBe(0);
        expect(pending.integral(sim.now)).toBe(waits);
        expect(used.integral(sim.now)).toBe(stays - waits);
        expect(active.integral(sim.now)).toBe(handled);
      }),
    );
  });

  it('on a link, both ways, and in a cache server, which works off one command after the other', () => {
    const options = fc.record({
      commandTime: fc.integer({ min: 1, max: 400 }),
      delay: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(arrivals, options, (times, { commandTime, delay }) => {
        const sim = new Simulation();
        const server = new CacheServer<Row>(sim, {
          name: 'cache',
          capacity: 10,
          eviction: 'lru',
          commandTime: ms(commandTime),
        });
        const [flying, inside] = [new TimeWeighted(0, 0), new TimeWeighted(0, 0)];
        let [onTheWay, present, flights, stays, freeAt] = [0, 0, 0, 0, 0];
        // What the server's one thread must do, in the plainest way: each command begins when the one before is done.
        const door: Endpoint<CacheCommand<Row>, CacheReply<Row>> = {
          name: 'cache',
          receive(call) {
            flying.set(sim.now, --onTheWay);
            inside.set(sim.now, ++present);
            freeAt = Math.max(freeAt, sim.now) + ms(commandTime);
            stays += freeAt - sim.now;
            server.receive(call);
          },
        };
        const link = new Link(sim, door, { from: 'app', delay: exponential(ms(delay)) });
        sim.facts.channel(messageSent).listen(({ direction, duration }) => {
          flights += duration;
          flying.set(sim.now, ++onTheWay);
          if (direction === 'reply') inside.set(sim.now, --present);
        });
        function* reader(id: number): Behaviour {
          yield* link.call({ command: 'get', key: id % 3 }, new RequestContext(id, sim.now));
          flying.set(sim.now, --onTheWay);
        }
        times.forEach((time, id) => spawn(sim, 'reader', reader(id), time));
        sim.runUntil(ms(1_000_000));
        expect([onTheWay, present]).toEqual([0, 0]);
        expect(flying.integral(sim.now)).toBe(flights);
        expect(inside.integral(sim.now)).toBe(stays);
      }),
    );
  });

  it.each(['unbounded', 'reject', 'drop-oldest'] as const)('in the buffer of a channel that is %s', (whenFull) => {
    fc.assert(
      fc.property(arrivals, arrivals, fc.integer({ min: 1, max: 5 }), (puts, gets, capacity) => {
        const sim = new Simulation();
        const channel = new Channel<number>(sim, { name: 'channel', capacity, whenFull });
        const buffered = new TimeWeighted(0, 0);
        const since = new Map<number, number>();
        let stays = 0;
        sim.facts.channel(channelChanged).listen((fact) => {
          buffered.set(sim.now, fact.buffered);
          if (fact.change !== 'dropped') return;
          const [oldest, time] = [...since][0];
          stays += sim.now - time;
          since.delete(oldest);
        });
        const take = (item: number): void => {
          stays += sim.now - (since.get(item) ?? sim.now);
          since.delete(item);
        };
        puts.forEach((time, item) =>
          sim.scheduleAt(
            time,
            () => {
              const before = channel.size;
              if (channel.tryPut(item) && (channel.size > before || before === capacity)) since.set(item, sim.now);
            },
            undefined,
          ),
        );
        gets.forEach((time) =>
          sim.scheduleAt(
            time,
            () => {
              const taken = channel.tryGet();
              if (taken !== undefined) take(taken.item);
            },
            undefined,
          ),
        );
        sim.runUntil(ms(3000));
        for (let left = channel.tryGet(); left !== undefined; left = channel.tryGet()) take(left.item);
        expect(since.size).toBe(0);
        expect(buffered.integral(sim.now)).toBe(stays);
      }),
    );
  });

  it('in the buffer of a channel that has its putters wait, and among those who wait', () => {
    fc.assert(
      fc.property(arrivals, arrivals, fc.integer({ min: 1, max: 5 }), (puts, gets, capacity) => {
        const sim = new Simulation();
        const channel = new Channel<number>(sim, { name: 'channel', capacity, whenFull: 'block' });
        const buffered = new TimeWeighted(0, 0);
        const waiting = new TimeWeighted(0, 0);
        sim.facts.channel(channelChanged).listen((fact) => buffered.set(sim.now, fact.buffered));
        const entered: number[] = [];
        const left: number[] = [];
        let present = 0;
        let waits = 0;
        function* putter(item: number): Behaviour {
          const since = sim.now;
          waiting.set(sim.now, ++present);
          yield* channel.put(item);
          waiting.set(sim.now, --present);
          waits += sim.now - since;
          entered[item] = sim.now;
        }
        function* getter(): Behaviour {
          left[yield* channel.get()] = sim.now;
        }
        puts.forEach((time, item) => spawn(sim, 'putter', putter(item), time));
        for (const time of gets) spawn(sim, 'getter', getter(), time);
        // As many getters as are still needed, so that the buffer ends empty.
        for (let more = gets.length; more < puts.length; more++) spawn(sim, 'getter', getter(), ms(3000 + more));
        sim.runUntil(ms(100_000));
        expect([channel.size, present]).toEqual([0, 0]);
        expect(buffered.integral(sim.now)).toBe(puts.reduce((sum, _, item) => sum + left[item] - entered[item], 0));
        expect(waiting.integral(sim.now)).toBe(waits);
      }),
    );
  });
});
