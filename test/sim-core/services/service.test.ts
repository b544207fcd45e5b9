/** A service: its slots and waiting line, failures that pass through, and broken handlers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { CallFailed } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Service, serviceRequest } from '../../../sim-core/services/service.ts';

function setUp(handle: (query: number) => Behaviour<number>): {
  sim: Simulation;
  lines: string[];
  service: Service<number, number>;
} {
  const sim = new Simulation();
  const lines: string[] = [];
  const service = new Service<number, number>(sim, {
    name: 'app',
    help: '',
    concurrency: 2,
    queueMax: 1,
    handle: ({ query }) => handle(query),
  });
  const link = new Link(sim, service, { from: 'users', delay: constant(0) });
  function* asks(query: number): Behaviour {
    try {
      const reply = yield* link.call(query, new RequestContext(query, 0));
      lines.push(`${sim.now} ${query}: ${reply}`);
    } catch (error) {
      lines.push(`${sim.now} ${query}: ${(error as CallFailed).failure}`);
    }
    lines.push(...service.violations());
  }
  for (let query = 0; query < 4; query++) spawn(sim, 'asks', asks(query));
  return { sim, lines, service };
}

describe('a service', () => {
  it('handles so many calls at once, lets some wait, and refuses the rest', () => {
    const { sim, lines, service } = setUp(function* (query) {
      yield 10;
      return query * query;
    });
    const outcomes: string[] = [];
    sim.facts.channel(serviceRequest).listen(({ outcome, duration }) => outcomes.push(`${outcome} ${duration}`));
    sim.runUntil(5);
    expect(service.state()).toEqual({ 'in progress': 2, waiting: 1, concurrency: 2, 'may wait': 1 });
    sim.runUntil(100);
    expect(lines).toEqual(['0 3: overloaded', '10 0: 0', '10 1: 1', '20 2: 4']);
    expect(outcomes).toEqual(['overloaded 0', 'ok 10', 'ok 10', 'ok 20']);
    expect(service.active).toBe(0);
  });

  it('passes on the failure of a call that its handler did not catch, and frees the slot', () => {
    const { sim, lines, service } = setUp(function* (query) {
      yield 10;
      if (query === 0) throw new CallFailed('db', 'timeout');
      return query;
    });
    sim.runUntil(100);
    expect(lines).toContain('10 0: timeout');
    expect(lines).toContain('20 2: 2');
    expect(service.state()['in progress']).toBe(0);
  });

  it('ends the run when its handler is broken', () => {
    const { sim } = setUp(function* () {
      yield 10;
      throw new TypeError('a mistake in the model');
    });
    expect(() => sim.runUntil(100)).toThrow('a mistake in the model');
  });

  it('that crashes breaks off what it worked at, refuses callers while it is down, and is up again', () => {
    const { sim, lines, service } = setUp(function* (query) {
      yield 10;
      return query;
    });
    sim.scheduleAt(5, () => service.crash(20), undefined);
    const link = new Link(sim, service, { from: 'later', delay: constant(0) });
    function* later(query: number, delay: number): Behaviour {
      yield delay;
      try {
        lines.push(`${sim.now} ${query}: ${yield* link.call(query, new RequestContext(query, 0))}`);
      } catch (error) {
        lines.push(`${sim.now} ${query}: ${(error as CallFailed).failure}`);
      }
    }
    spawn(sim, 'later', later(8, 24));
    spawn(sim, 'later', later(9, 25));
    sim.runUntil(6);
    expect(service.state()).toEqual({ 'in progress': 0, waiting: 0, concurrency: 2, 'may wait': 1, down: 'yes' });
    sim.runUntil(100);
    expect(lines.map((line) => line.split(' ').slice(1).join(' ')).toSorted()).toEqual([
      '0: unavailable',
      '1: unavailable',
      '2: unavailable',
      '3: overloaded',
      '8: unavailable',
      '9: 9',
    ]);
    expect([service.active, service.violations()]).toEqual([0, []]);
  });

  it('that crashes while it is down is up at the latest end, and says so to what it keeps', () => {
    const sim = new Simulation();
    const downtimes: number[] = [];
    const service = new Service<number, number>(sim, {
      name: 'app',
      help: '',
      concurrency: 1,
      queueMax: 0,
      *handle({ query }) {
        return query;
      },
      onCrash: (downtime) => downtimes.push(downtime),
    });
    sim.scheduleAt(0, () => service.crash(20), undefined);
    sim.scheduleAt(5, () => service.crash(3), undefined);
    sim.scheduleAt(10, () => service.crash(12), undefined);
    const isDown = [19, 21, 22].map((time) => {
      sim.runUntil(time);
      return 'down' in service.state();
    });
    expect({ isDown, downtimes }).toEqual({ isDown: [true, true, false], downtimes: [20, 15, 12] });
  });

  it('that crashes at any instant loses no call: each has one answer, and slots are all free in the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(40), work: fc.integer({ min: 1, max: 15 }) }), { maxLength: 20 }),
        fc.array(fc.record({ at: fc.nat(60), down: fc.nat(12) }), { maxLength: 3 }),
        (calls, crashes) => {
          const sim = new Simulation();
          const answers: number[] = calls.map(() => 0);
          const service = new Service<number, number>(sim, {
            name: 'app',
            help: '',
            concurrency: 2,
            queueMax: 3,
            *handle({ query }) {
              yield calls[query].work;
              return query;
            },
          });
          const link = new Link(sim, service, { from: 'users', delay: constant(1) });
          function* asks(query: number): Behaviour {
            yield calls[query].at;
            try {
              yield* link.call(query, new RequestContext(query, 0));
            } catch (error) {
              if (!(error instanceof CallFailed)) throw error;
            }
            answers[query]++;
          }
          calls.forEach((_, query) => spawn(sim, 'asks', asks(query)));
          for (const { at, down } of crashes) sim.scheduleAt(at, () => service.crash(down), undefined);
          for (let now = 1; now < 200; now++) {
            sim.runUntil(now);
            expect(service.violations()).toEqual([]);
          }
          expect(answers).toEqual(calls.map(() => 1));
          expect(service.state()).toEqual({ 'in progress': 0, waiting: 0, concurrency: 2, 'may wait': 3 });
        },
      ),
    );
  });
});

describe('a call that its caller cancels', () => {
  interface Asked {
    readonly at: number;
    readonly takes: number;
    readonly cancelledAfter: number;
  }

  /** Calls that are cancelled; says how each ended at the service, and when its workers were last busy. */
  function run(stopsWhenCancelled: boolean, calls: readonly Asked[], concurrency = 1) {
    const sim = new Simulation();
    const done: string[] = [];
    let atWork = 0;
    let most = 0;
    const service = new Service<number, number>(sim, {
      name: 'app',
      help: '',
      concurrency,
      queueMax: 100,
      stopsWhenCancelled,
      *handle({ query }) {
        most = Math.max(most, ++atWork);
        try {
          yield calls[query].takes;
        } finally {
          atWork--;
        }
        done.push(`${sim.now} ${query}`);
        return query;
      },
    });
    const outcomes: string[] = [];
    const heard: number[] = [];
    const broken: string[] = [];
    sim.facts.channel(serviceRequest).listen(({ request, outcome }) => {
      outcomes.push(`${request} ${outcome}`);
    });
    const link = new Link<number, number>(sim, service, { from: 'users', delay: constant(0) });
    calls.forEach(({ at, cancelledAfter }, number) => {
      sim.scheduleAt(
        at,
        () => {
          const call = link.call(number, new RequestContext(number, at));
          call.begin({ resume: () => void heard.push(number), fail: () => {} });
          const cancel = (): void => {
            if (call.awaited) call.cancel();
            broken.push(...service.violations());
          };
          sim.schedule(cancelledAfter, cancel, undefined);
        },
        undefined,
      );
    });
    sim.runUntil(1e9);
    return { done, outcomes, heard, most, broken: [...broken, ...service.violations()], service };
  }

  const two = [
    { at: 0, takes: 100, cancelledAfter: 30 },
    { at: 10, takes: 100, cancelledAfter: 1000 },
  ];

  it('frees its worker at once where the service stops', () => {
    const { done, outcomes, heard } = run(true, two);
    expect(done).toEqual(['130 1']);
    expect([outcomes, heard]).toEqual([['0 cancelled', '1 ok'], [1]]);
  });

  it('is worked at to its end where the service does not', () => {
    const { done, outcomes, heard } = run(false, two);
    expect(done).toEqual(['100 0', '200 1']);
    expect([outcomes, heard]).toEqual([['0 ok', '1 ok'], [1]]);
  });

  it('leaves the line, and those behind it come sooner', () => {
    const waits = { at: 1, takes: 100, cancelledAfter: 50 };
    const third = { at: 2, takes: 100, cancelledAfter: 1000 };
    expect(run(true, [{ ...two[0], cancelledAfter: 1000 }, waits, third]).done).toEqual(['100 0', '200 2']);
  });

  it('is accounted for, whenever it is cancelled', () => {
    const asked = fc.record({ at: fc.nat(300), takes: fc.integer({ min: 1, max: 60 }), cancelledAfter: fc.nat(200) });
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(asked, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (stops, calls, n) => {
          const { done, outcomes, heard, most, broken, service } = run(stops, calls, n);
          expect(broken).toEqual([]);
          expect(most).toBeLessThanOrEqual(n);
          expect(outcomes).toHaveLength(calls.length);
          expect(service.active).toBe(0);
          const cancelled = outcomes.filter((line) => line.endsWith('cancelled')).length;
          expect(done).toHaveLength(calls.length - cancelled);
          if (!stops) expect(cancelled).toBe(0);
          // Whoever was not cancelled there was answered, though not everybody waited for it.
          expect(heard.length).toBeLessThanOrEqual(done.length);
        },
      ),
    );
  });
});
