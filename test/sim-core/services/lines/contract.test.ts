/** Every line discipline before a service: who is served when, who is turned away, and that nobody is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Call, CallFailed, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Service } from '../../../../sim-core/services/service.ts';
import { codel, CODEL_INTERVAL, CODEL_TARGET } from '../../../../sim-core/services/lines/codel.ts';
import { lineDisciplines, type LineDisciplineName } from '../../../../sim-core/services/lines/line-disciplines.ts';

/** A worker that takes 10 ms a call, and callers who wait for `timeout`. */
function system(name: LineDisciplineName, timeout: number) {
  const sim = new Simulation();
  const begun: string[] = [];
  const service = new Service<number, number>(sim, {
    name: 'stock',
    help: '',
    concurrency: 1,
    queueMax: 1000,
    line: lineDisciplines[name](),
    *handle({ query }) {
      begun.push(`${sim.now / ms(1)}: ${query}`);
      yield ms(10);
      return query;
    },
  });
  const link = new Link<number, number>(sim, service, { from: 'users', delay: constant(0), timeout });
  const outcomes: string[] = [];
  const ask = (id: number, at: number): void => {
    const send = (): void =>
      void link.call(id, new RequestContext(id, sim.now)).begin({
        resume: () => outcomes.push('ok'),
        fail: (error) => outcomes.push((error as CallFailed).failure),
      });
    sim.scheduleAt(at, send, undefined, 0);
  };
  return { sim, service, begun, outcomes, ask };
}

it.each<[LineDisciplineName, string[]]>([
  ['fifo', ['0: 0', '10: 1', '20: 2', '30: 3', '40: 4']],
  ['lifo', ['0: 0', '10: 4', '20: 3', '30: 2', '40: 1']],
  // Those who came at 0 and 1 ms and wait for 25 ms are gone by 30 ms.
  ['deadline', ['0: 0', '10: 1', '20: 2']],
])('%s serves in its order, and whom it does not turn away', (name, order) => {
  const { sim, begun, ask } = system(name, ms(25));
  for (let id = 0; id < 5; id++) ask(id, Math.min(id, 1));
  sim.runUntil(s(1));
  expect(begun).toEqual(order);
});

/** Waits, and makes nothing of it. */
const NOBODY = { resume: (): void => {}, fail: (): void => {} };

it('takes for the deadline what the request’s sender waits, if that is less', () => {
  const sim = new Simulation();
  const silent = { name: 'silent', receive: (call: { readonly deadline: number }) => deadlines.push(call.deadline) };
  const deadlines: number[] = [];
  const ask = (timeout: number | undefined, deadline: number): void => {
    const link = new Link<number, number>(sim, silent as never, {
      from: 'a caller',
      delay: constant(ms(1)),
      ...(timeout === undefined ? {} : { timeout }),
    });
    link.call(0, new RequestContext(1, 0, deadline)).begin(NOBODY);
    sim.runUntil(sim.now + ms(2));
  };
  ask(ms(5), ms(100));
  ask(ms(5), ms(4));
  ask(undefined, ms(100));
  ask(undefined, Infinity);
  expect(deadlines).toEqual([ms(5), ms(4), ms(100), Infinity]);
});

it('takes for the deadline what the call waits that it is made for, through all tiers', () => {
  const sim = new Simulation();
  const deadlines: number[] = [];
  const link = (from: string, endpoint: Endpoint<number, number>, timeout: number): Link<number, number> =>
    new Link(sim, endpoint, { from, delay: constant(ms(1)), timeout });
  const tier = (name: string, next: Endpoint<number, number>, timeout: number): Service<number, number> => {
    const onward = link(name, next, timeout);
    return new Service<number, number>(sim, {
      name,
      help: '',
      concurrency: 1,
      queueMax: 0,
      handle: ({ query, request }) => onward.call(query, request)[Symbol.iterator](),
    });
  };
  const stock = { name: 'stock', receive: (call: Call<number, number>) => deadlines.push(call.deadline) };
  const orders = tier('orders', stock, ms(30));
  const users = [ms(20), ms(100)].map((timeout) => link('users', tier(`gateway ${timeout}`, orders, ms(60)), timeout));
  for (const [id, each] of users.entries()) {
    const ask = (): unknown => each.call(id, new RequestContext(id, sim.now)).begin(NOBODY);
    sim.scheduleAt(ms(200 * id), ask, undefined, 0);
  }
  sim.runUntil(s(1));
  // The first user waits for less than any tier; what the second one's last tier waits is less than all before it.
  expect(deadlines).toEqual([ms(20), ms(200 + 2 + 30)]);
});

describe.each(Object.keys(lineDisciplines) as LineDisciplineName[])('%s', (name) => {
  it('answers each call once, whatever comes and crashes, and serves at once who finds no line', () => {
    const pauses = fc.array(fc.nat(ms(30)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pauses, fc.option(fc.nat(ms(300))), (pauses, crashAt) => {
        const { sim, service, begun, outcomes, ask } = system(name, ms(40));
        let at = 0;
        for (const [id, pause] of pauses.entries()) ask(id, (at += pause));
        if (crashAt !== null) sim.scheduleAt(crashAt, () => service.crash(ms(1)), undefined, 0);
        for (let now = 0; now <= at + ms(10); now += ms(7)) {
          sim.runUntil(now);
          expect(service.violations()).toEqual([]);
        }
        sim.runUntil(at + s(2));
        expect(outcomes).toHaveLength(pauses.length);
        expect(service.active).toBe(0);
        if (crashAt === null) expect(begun[0]).toBe(`${pauses[0] / ms(1)}: 0`);
      }),
    );
  });
});

it('codel does as one that looks at whole intervals', () => {
  const samples = fc.array(fc.record({ pause: fc.nat(ms(40)), waited: fc.nat(4 * CODEL_TARGET) }), { maxLength: 150 });
  fc.assert(
    fc.property(samples, (samples) => {
      const line = codel();
      // Waits by interval: one begins with the first that comes later than the one before lasts, the second one at once.
      const intervals: number[][] = [];
      let ends = 0;
      let now = 0;
      for (const { pause, waited } of samples) {
        now += pause;
        const begins = intervals.length === 0 || now > ends;
        if (begins) {
          if (intervals.length > 0) ends = now + CODEL_INTERVAL;
          intervals.push([]);
        }
        const before = intervals.at(-2) ?? [0];
        const isStanding = Math.min(...before) > CODEL_TARGET;
        expect(line.drops(waited, now, Infinity, 1)).toBe(!begins && isStanding && waited > 2 * CODEL_TARGET);
        intervals.at(-1)!.push(waited);
      }
    }),
  );
});
