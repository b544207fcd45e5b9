/** Partitions: what is sent over a way that is cut waits, both ways, and arrives when it is open; nothing is lost or doubled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import type { CallFailed } from '../../../sim-core/network/call.ts';
import type { Component } from '../../../sim-core/network/component.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { interventionsOf } from '../../../sim-core/network/partition.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Service } from '../../../sim-core/services/service.ts';

function service(sim: Simulation, name: string): Service<number, number> {
  const options = { name, help: '', concurrency: 100, queueMax: 100 };
  return new Service<number, number>(sim, {
    ...options,
    *handle({ query }) {
      yield 5;
      return query;
    },
  });
}

function setUp(timeout = Infinity) {
  const sim = new Simulation();
  const app: Component = service(sim, 'app');
  const links = ['cache', 'database'].map(
    (name) => new Link(sim, service(sim, name), { from: 'app', delay: constant(10), timeout }),
  );
  const heard: string[] = [];
  function* ask(which: number, id: number): Behaviour {
    try {
      const answer = yield* links[which].call(id, new RequestContext(id, sim.now));
      heard.push(`${sim.now}: ${links[which].to} ${answer}`);
    } catch (error) {
      heard.push(`${sim.now}: ${links[which].to} ${(error as CallFailed).failure}`);
    }
  }
  const askAt = (time: number, which: number, id: number): void => void spawn(sim, 'asks', ask(which, id), time);
  const doAt = (time: number, action: string, from = 0, component = app): void =>
    void sim.scheduleAt(time, () => interventionsOf(sim, component)[action].apply([from]), undefined);
  return { sim, app, heard, askAt, doAt };
}

describe('a partition', () => {
  it('holds requests and replies of one way until it is open, and leaves the others alone', () => {
    const { sim, app, heard, askAt, doAt } = setUp();
    expect(interventionsOf(sim, app)['partition'].help).toMatch(/: 0 all, 1 cache, 2 database$/);
    askAt(0, 0, 1); // On its way back at 15, when the way is cut already.
    doAt(12, 'partition', 1);
    askAt(20, 0, 2);
    askAt(20, 1, 3);
    doAt(100, 'reconnect', 1);
    sim.runUntil(1000);
    expect(heard).toEqual(['45: database 3', '110: cache 1', '125: cache 2']);
  });

  it('of all its neighbours isolates a component, and can be done from the other end', () => {
    const { sim, heard, askAt, doAt } = setUp(50);
    doAt(0, 'partition');
    for (const which of [0, 1]) askAt(10, which, which);
    doAt(70, 'reconnect');
    askAt(80, 0, 7);
    sim.runUntil(1000);
    expect(heard).toEqual(['60: cache timeout', '60: database timeout', '105: cache 7']);
  });

  it('is taken by whoever is wired to somebody, and by nobody else', () => {
    const sim = new Simulation();
    const alone = service(sim, 'alone');
    expect(Object.keys(interventionsOf(sim, alone))).toEqual(['crash']);
    new Link(sim, alone, { from: 'somebody', delay: constant(1) });
    expect(Object.keys(interventionsOf(sim, alone))).toEqual(['crash', 'partition', 'reconnect']);
  });

  it('loses and doubles nothing, whatever is cut and opened when', () => {
    const event = fc.record({ at: fc.nat(200), way: fc.nat(2), cuts: fc.boolean() });
    const asks = fc.array(fc.record({ at: fc.nat(200), which: fc.nat(1) }), { maxLength: 30 });
    fc.assert(
      fc.property(asks, fc.array(event, { maxLength: 10 }), (asked, events) => {
        const { sim, heard, askAt, doAt } = setUp();
        asked.forEach(({ at, which }, id) => askAt(at, which, id));
        for (const { at, way, cuts } of events) doAt(at, cuts ? 'partition' : 'reconnect', way);
        doAt(300, 'reconnect');
        sim.runUntil(1000);
        expect(heard.map((line) => Number(line.split(' ')[2])).sort((a, b) => a - b)).toEqual(asked.map((_, id) => id));
      }),
    );
  });
});
