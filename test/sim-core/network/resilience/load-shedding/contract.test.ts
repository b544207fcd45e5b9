/** Whom every shedder lets in, and what it keeps at the door of a service whatever comes, ends and crashes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { aimd } from '../../../../../sim-core/network/resilience/concurrency-limits/aimd.ts';
import type { LoadShedderOptions } from '../../../../../sim-core/network/resilience/load-shedding/load-shedder.ts';
import {
  loadShedders,
  type LoadShedderName,
} from '../../../../../sim-core/network/resilience/load-shedding/load-shedders.ts';
import {
  loadShedDecided,
  LoadShedding,
} from '../../../../../sim-core/network/resilience/load-shedding/load-shedding.ts';
import { Service } from '../../../../../sim-core/services/service.ts';

const names = Object.keys(loadShedders) as LoadShedderName[];
const settings = (sim: Simulation, from = 4, full = 12): LoadShedderOptions => ({
  from,
  full,
  adaptive: aimd({ initial: 8, min: 1, max: 20, timeout: ms(30), random: sim.random('probes') }),
});

describe.each(names)('%s', (name) => {
  const hasThresholds = name === 'random-shed' || name === 'priority-shed';

  it('lets what matters most in wherever it lets the rest in, and nobody beyond its limit', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(1000), (inside, seed) => {
        const sim = new Simulation({ seed });
        const shedder = loadShedders[name](settings(sim));
        const draws = sim.keyedRandom('shedding');
        const [core, rest] = [0, 1].map((priority) => shedder.admits(inside, priority, draws.of(5)));
        if (rest) expect(core).toBe(true);
        if (core) expect(inside).toBeLessThan(shedder.limit);
        if (hasThresholds && inside < 4) expect(rest).toBe(true);
        if (name === 'none') expect(rest).toBe(true);
      }),
    );
  });

  it('knows at every moment who is inside, and lets no more in than it may', () => {
    const arrivals = fc.array(
      fc.record({ pause: fc.nat(ms(8)), works: fc.nat(ms(60)), core: fc.boolean(), fails: fc.boolean() }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(arrivals, fc.option(fc.nat(ms(200))), (arrivals, crashAt) => {
        const sim = new Simulation({ seed: 3 });
        const shedder = loadShedders[name](settings(sim));
        const door = new LoadShedding<(typeof arrivals)[number]>(sim, {
          service: 'api',
          shedder,
          priorityOf: ({ core }) => (core ? 0 : 1),
        });
        const api = new Service<(typeof arrivals)[number], number>(sim, {
          name: 'api',
          help: '',
          concurrency: 3,
          queueMax: 6,
          admission: door,
          inside: door,
          *handle({ query: { works } }) {
            yield works;
            return works;
          },
        });
        const link = new Link(sim, api, { from: 'users', delay: constant(0) });
        let [admitted, shed, ended] = [0, 0, 0];
        sim.facts.channel(loadShedDecided).listen(({ outcome }) => (outcome === 'shed' ? shed++ : admitted++));
        let at = 0;
        for (const [id, query] of arrivals.entries()) {
          at += query.pause;
          const over = (): void => void ended++;
          const send = (): void =>
            void link.call(query, new RequestContext(id, sim.now)).begin({ resume: over, fail: over });
          sim.scheduleAt(at, send, undefined, 0);
        }
        if (crashAt !== null) sim.scheduleAt(crashAt, () => api.crash(ms(5)), undefined, 0);
        for (let now = 0; now <= at; now += ms(5)) {
          sim.runUntil(now);
          const inside = door.state()['let in and not over'];
          expect(inside).toBe(api.active);
          expect(api.violations()).toEqual([]);
        }
        sim.runUntil(at + s(2));
        expect(door.state()['let in and not over']).toBe(0);
        expect(ended).toBe(arrivals.length);
        expect(door.state()['turned away']).toBe(shed);
        // Whoever is told that nobody is there was not asked about.
        expect(admitted + shed).toBeLessThanOrEqual(arrivals.length);
        if (crashAt === null) expect(admitted + shed).toBe(arrivals.length);
      }),
    );
  });
});

it('turns away by lot in proportion to how full it is', () => {
  const sim = new Simulation({ seed: 1 });
  const shedder = loadShedders['random-shed'](settings(sim, 10, 30));
  const random = sim.random('lots');
  const letIn = (inside: number): number =>
    Array.from({ length: 4000 }, () => shedder.admits(inside, 0, random)).filter(Boolean).length / 4000;
  for (const inside of [10, 15, 20, 25, 30]) {
    const share = 1 - (inside - 10) / 20;
    expect(Math.abs(letIn(inside) - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / 4000));
  }
});

it.each(['random-shed', 'priority-shed'] as const)('%s refuses thresholds that are none', (name) => {
  const sim = new Simulation();
  expect(() => loadShedders[name](settings(sim, 5, 5))).toThrow('from 5, full 5');
  expect(() => loadShedders[name](settings(sim, -1, 5))).toThrow('from -1');
});
