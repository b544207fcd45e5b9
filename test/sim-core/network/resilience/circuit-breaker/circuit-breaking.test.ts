/** Calls through a breaker and through a bulkhead: what is sent, what fails without being sent, what a crash leaves. */
import { expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Process, type Behaviour } from '../../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../../sim-core/network/call.ts';
import type { ComponentPart } from '../../../../../sim-core/network/component.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { Bulkhead } from '../../../../../sim-core/network/resilience/bulkhead.ts';
import {
  CIRCUIT_BREAKER_DEFAULTS,
  type CircuitBreakerOptions,
} from '../../../../../sim-core/network/resilience/circuit-breaker/breaker-options.ts';
import { CircuitBreaking } from '../../../../../sim-core/network/resilience/circuit-breaker/circuit-breaking.ts';
import { fixedInterval } from '../../../../../sim-core/network/resilience/circuit-breaker/interval-function.ts';
import { Service } from '../../../../../sim-core/services/service.ts';

interface Guard extends ComponentPart {
  call(ask: () => Call<number, number>, request: RequestContext): Behaviour<number>;
}

/** Never answers, so that every call to it runs into its timeout of 20 ms. */
class Silence implements Endpoint<number, number> {
  readonly name = 'silence';
  heard = 0;
  receive(): void {
    this.heard++;
  }
}

function system(guardOf: (sim: Simulation) => Guard) {
  const sim = new Simulation();
  const silence = new Silence();
  const guard = guardOf(sim);
  const way = new Link<number, number>(sim, silence, { from: 'app', delay: constant(0), timeout: ms(20) });
  const app = new Service<number, number>(sim, {
    name: 'app',
    help: '',
    concurrency: 10,
    queueMax: 0,
    inside: guard,
    handle: ({ query, request }) => guard.call(() => way.call(query, request), request),
  });
  const users = new Link<number, number>(sim, app, { from: 'users', delay: constant(0) });
  const lines: string[] = [];
  const ask = (request: number, at: number): void =>
    void sim.scheduleAt(
      at,
      () => {
        users.call(request, new RequestContext(request, at)).begin({
          resume: () => lines.push('answered'),
          fail: (error) => lines.push(`${sim.now / ms(1)} ms: ${request} ${(error as { failure: string }).failure}`),
        });
      },
      undefined,
      0,
    );
  return { sim, silence, app, ask, lines };
}

const breaking = (sim: Simulation): CircuitBreaking =>
  new CircuitBreaking(sim, 'app > silence', {
    ...CIRCUIT_BREAKER_DEFAULTS,
    minimumNumberOfCalls: 2,
    slidingWindowSize: 2,
    waitIntervalFunctionInOpenState: fixedInterval(ms(100)),
    permittedNumberOfCallsInHalfOpenState: 1,
  });

it('counts timeouts as failures, fails at once while it is open, and tries one call when it has waited', () => {
  const { sim, silence, app, ask, lines } = system(breaking);
  for (const [request, at] of [0, 1, 30, 130, 131].entries()) ask(request, ms(at));
  sim.runUntil(s(1));
  expect(lines).toEqual([
    '20 ms: 0 timeout',
    '21 ms: 1 timeout',
    '30 ms: 2 refused',
    '131 ms: 4 refused',
    '150 ms: 3 timeout',
  ]);
  expect(silence.heard).toBe(3);
  expect(app.state()['breaker']).toBe('open');
  expect(app.violations()).toEqual([]);
});

it('gives a permission back whose caller crashed, and lets another call try', () => {
  const { sim, silence, app, ask } = system(breaking);
  for (const [request, at] of [0, 1, 130, 140].entries()) ask(request, ms(at));
  sim.runUntil(ms(135));
  app.crash(ms(1));
  sim.runUntil(ms(145));
  expect(silence.heard).toBe(4);
  expect(app.violations()).toEqual([]);
});

it.each<[string, Partial<CircuitBreakerOptions>, number, string]>([
  ['counts every failure where it is not told otherwise', {}, 1, 'open'],
  ['ignores before it records', { ignoreException: () => true }, 0, 'closed'],
  ['takes for done what is not recorded', { recordException: ({ failure }) => failure === 'error' }, 2, 'closed'],
])('%s', (_name, predicates, remembered, state) => {
  const { sim, app, ask } = system(
    (sim) =>
      new CircuitBreaking(sim, 'app > silence', {
        ...CIRCUIT_BREAKER_DEFAULTS,
        slidingWindowSize: 2,
        ...(state === 'open' ? { minimumNumberOfCalls: 1 } : {}),
        ...predicates,
      }),
  );
  ask(0, 0);
  ask(1, ms(50));
  sim.runUntil(s(1));
  expect([app.state()['calls it remembers'], app.state()['breaker']]).toEqual([remembered, state]);
});

it('gives the permission of an ignored failure back, and counts a reply as failed that it is told to', () => {
  const sim = new Simulation();
  const through = new CircuitBreaking(sim, 'breaker', {
    ...CIRCUIT_BREAKER_DEFAULTS,
    slidingWindowSize: 1,
    permittedNumberOfCallsInHalfOpenState: 1,
    waitIntervalFunctionInOpenState: fixedInterval(ms(1)),
    ignoreException: ({ failure }) => failure === 'error',
    recordResult: (reply) => reply === 'maintenance',
  });
  const ended: string[] = [];
  const ask = (answer: string): void => {
    function* answered(): Behaviour<string> {
      yield ms(1);
      if (answer === 'error') throw new CallFailed('store', 'error');
      return answer;
    }
    function* asked(): Behaviour {
      try {
        ended.push(yield* through.call(answered, new RequestContext(1, 0)));
      } catch (error) {
        ended.push((error as CallFailed).failure);
      }
    }
    new Process(sim, 'a call', asked()).start(0);
    sim.runUntil(sim.now + ms(3));
    ended.push(through.breaker.state);
  };
  for (const answer of ['maintenance', 'error', 'well']) ask(answer);
  // Half open it has one permission: the second call takes it and gives it back, and the third finds it.
  expect(ended).toEqual(['maintenance', 'open', 'error', 'half-open', 'well', 'closed']);
});

const bulkhead =
  (queueMax: number, maxWaitDuration: number) =>
  (sim: Simulation): Bulkhead =>
    new Bulkhead(sim, { name: 'silence only', maxConcurrentCalls: 2, queueMax, maxWaitDuration });

it.each<[string, number, number, string[]]>([
  ['refuses at once whom there is no room for', 5, 0, ['0 ms: 2 refused', '0 ms: 3 refused', '0 ms: 4 refused']],
  ['has them wait as long as they may', 5, ms(10), ['10 ms: 2 refused', '10 ms: 3 refused', '10 ms: 4 refused']],
  ['lets them in when there is room, in order', 2, ms(30), ['0 ms: 4 refused', '40 ms: 2 timeout', '40 ms: 3 timeout']],
])('%s', (_name, queueMax, maxWait, others) => {
  const { sim, app, ask, lines } = system(bulkhead(queueMax, maxWait));
  for (let request = 0; request < 5; request++) ask(request, 0);
  sim.runUntil(ms(5));
  expect(app.state()['calls in the bulkhead']).toBe(2);
  sim.runUntil(s(1));
  expect(lines.filter((line) => !/ [01] /.test(line))).toEqual(others);
  expect(lines.filter((line) => / [01] /.test(line))).toEqual(['20 ms: 0 timeout', '20 ms: 1 timeout']);
  expect(app.state()['calls in the bulkhead']).toBe(0);
  expect(app.violations()).toEqual([]);
});

it('has room again when a crash has ended those who were in it or waited', () => {
  const { sim, silence, app, ask } = system(bulkhead(5, ms(30)));
  for (let request = 0; request < 5; request++) ask(request, 0);
  sim.runUntil(ms(5));
  app.crash(ms(1));
  // What was granted to those who had gone by then comes back by events of the same instant.
  sim.runUntil(ms(6));
  expect(app.state()).toMatchObject({ 'calls in the bulkhead': 0, 'waiting for room in it': 0 });
  ask(5, ms(10));
  sim.runUntil(s(1));
  expect(silence.heard).toBe(3);
});
