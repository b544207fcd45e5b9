/** A service that limits whom it serves: who passes when, who is refused, and what becomes of those who wait in a crash. */
import { expect, it } from 'vitest';
import { capacitiesOf } from '../../../../../sim-core/kernel/capacity.ts';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import {
  rateLimiters,
  type RateLimiterName,
} from '../../../../../sim-core/network/resilience/rate-limiting/rate-limiters.ts';
import {
  rateLimitDecided,
  RateLimiting,
} from '../../../../../sim-core/network/resilience/rate-limiting/rate-limiting.ts';
import { Service } from '../../../../../sim-core/services/service.ts';

/** Three requests at once to a gateway that lets 100 a second through, two at a time or two in line. */
function system(name: RateLimiterName) {
  const sim = new Simulation();
  const limiting = new RateLimiting(
    sim,
    'gateway',
    'partner',
    rateLimiters[name]({ perSecond: 100, burst: 2, queueMax: 2, window: ms(20) }),
  );
  const gateway = new Service<number, number>(sim, {
    name: 'gateway',
    help: '',
    concurrency: 10,
    queueMax: 0,
    inside: limiting,
    *handle(call) {
      yield* limiting.pass(call.request);
      return call.query;
    },
  });
  const link = new Link<number, number>(sim, gateway, { from: 'partner', delay: constant(0) });
  const lines: string[] = [];
  const tell = (request: number, what: string): void => void lines.push(`${sim.now / ms(1)} ms: ${request} ${what}`);
  for (let i = 0; i < 3; i++) {
    link.call(i, new RequestContext(i, 0)).begin({
      resume: () => tell(i, 'answered'),
      fail: (error) => tell(i, String(error)),
    });
  }
  const decisions: string[] = [];
  sim.facts.channel(rateLimitDecided).listen(({ request, outcome, waited }) => {
    decisions.push(`${request} ${outcome} after ${waited / ms(1)} ms`);
  });
  return { sim, gateway, limiting, lines, decisions };
}

it('lets through at once what the bucket has tokens for', () => {
  const { sim, lines, decisions } = system('token-bucket');
  sim.runUntil(s(1));
  expect(lines.toSorted()).toEqual(['0 ms: 0 answered', '0 ms: 1 answered', '0 ms: 2 CallFailed: gateway: refused']);
  expect(decisions).toEqual(['0 passed after 0 ms', '1 passed after 0 ms', '2 limited after 0 ms']);
});

it('tells how full its bucket is where requests wait in one, and of no bucket else', () => {
  const { sim } = system('leaky-bucket-queue');
  const held = (): unknown[] =>
    capacitiesOf(sim).flatMap((one) => (one.kind === 'room' ? [[one.name, one.units(), one.held()]] : []));
  sim.runUntil(ms(5));
  expect(held()).toEqual([['gateway bucket of partner', 2, 2]]);
  sim.runUntil(s(1));
  expect(held()).toEqual([['gateway bucket of partner', 2, 0]]);
  expect(capacitiesOf(system('token-bucket').sim).filter(({ kind }) => kind === 'room')).toEqual([]);
});

it('holds those who wait with their handlers, and lets them through one by one', () => {
  const { sim, gateway, limiting, lines } = system('leaky-bucket-queue');
  sim.runUntil(ms(5));
  expect(limiting.state()).toEqual({ passed: 0, refused: 1, 'waiting in the limiter': 2 });
  expect(gateway.state()['in progress']).toBe(2);
  sim.runUntil(s(1));
  expect(lines).toEqual(['0 ms: 2 CallFailed: gateway: refused', '10 ms: 0 answered', '20 ms: 1 answered']);
  expect(limiting.state()).toEqual({ passed: 2, refused: 1, 'waiting in the limiter': 0 });
});

it('loses those who wait when the service crashes, and knows of it', () => {
  const { sim, gateway, limiting, lines } = system('leaky-bucket-queue');
  sim.runUntil(ms(15));
  gateway.crash(ms(1));
  expect(gateway.violations()).toEqual([]);
  expect(limiting.state()).toEqual({ passed: 1, refused: 1, 'waiting in the limiter': 0 });
  sim.runUntil(s(1));
  expect(lines.at(-1)).toBe('15 ms: 1 CallFailed: gateway: unavailable');
  expect(gateway.violations()).toEqual([]);
});
