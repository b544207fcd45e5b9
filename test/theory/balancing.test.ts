/** Balancers and hedged calls, simulated with the public interface, against closed forms. Times are in mean service times. */
import { describe, expect, it } from 'vitest';
import {
  balancingPolicies,
  constant,
  exponential,
  Hedging,
  Link,
  LoadBalancer,
  noEarlierAttempts,
  RequestContext,
  SECOND,
  Service,
  Simulation,
  Tally,
  type BalancingPolicyName,
} from '../../sim-core/index.ts';
import { mm1 } from '../../notebooks/calibration/queueing.ts';
import { expectTheory, replicate } from './queue-simulation.ts';
import { shortestOf } from './queueing-formulas.ts';

interface Fleet {
  readonly hosts: number;
  /** Requests a service time, of each host. */
  readonly load: number;
  readonly policy: BalancingPolicyName;
  readonly workers: number;
  readonly requests: number;
  readonly hedgingDelay?: number;
  readonly stops?: boolean;
}

/** Time of a request, hedges a request, and the work that is done for one. */
function simulated({ hosts, load, policy, workers, requests, hedgingDelay, stops = false }: Fleet, seed: number) {
  const sim = new Simulation({ seed });
  let busy = 0;
  const links = Array.from({ length: hosts }, (_, i) => {
    const name = `host-${i}`;
    const demands = sim.keyedRandom(`${name}/demand`);
    const service = new Service<void, void>(sim, {
      name,
      help: '',
      concurrency: workers,
      queueMax: Infinity,
      stopsWhenCancelled: stops,
      *handle({ request }) {
        const since = sim.now;
        try {
          yield Math.round(exponential(SECOND).sample(demands.of(request.nextWorkKey())));
        } finally {
          busy += (sim.now - since) / SECOND;
        }
      },
    });
    return new Link<void, void>(sim, service, { from: 'balancer', delay: constant(0) });
  });
  const balancer = new LoadBalancer<void, void>(sim, {
    name: 'balancer',
    links,
    policy: balancingPolicies[policy](),
    panicThreshold: 0,
  });
  const hedging = new Hedging(sim, {
    caller: 'balancer',
    maxAttempts: hedgingDelay === undefined ? 1 : 2,
    hedgingDelay: Math.round((hedgingDelay ?? 0) * SECOND),
    nonFatal: [],
  });
  const times = new Tally();
  const gaps = sim.random('arrivals');
  const gap = exponential(SECOND / (load * hosts));
  let calls = 0;
  let number = 0;
  const arrive = (): void => {
    const request = new RequestContext(number, sim.now);
    const earlier = noEarlierAttempts();
    const call = hedging.call(() => {
      calls++;
      return balancer.call(undefined, request, earlier);
    }, request);
    const isMeasured = number >= requests / 10;
    const fail = (): void => expect.unreachable();
    call.begin({ resume: () => void (isMeasured && times.add((sim.now - request.started) / SECOND)), fail });
    if (++number < requests) sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
  };
  sim.schedule(0, arrive, undefined);
  sim.runUntil(1e6 * SECOND);
  return { W: times.mean, hedges: calls / requests - 1, work: busy / requests };
}

describe('queues that are balanced', () => {
  const fleet = { hosts: 50, load: 0.8, workers: 1 };

  it('are M/M/1 each where hosts are picked at random', () => {
    const measured = replicate((seed) => {
      const { W } = simulated({ ...fleet, hosts: 10, policy: 'random', requests: 12_000 }, seed);
      return { W };
    });
    expectTheory(measured, { W: mm1(0.8).W });
  });

  /**
   * M. Mitzenmacher 2001: with n hosts and n to infinity W is the sum of load^(2^i - 2) over i from 1 on, 1.95 here against 5 at
   * random. His own simulations of 100 hosts are within 2 % of it.
   */
  it('are as short as Mitzenmacher says where the better of two is picked, and shorter where the best of all is', () => {
    const limit = shortestOf(2, fleet.load).W;
    const [two, all] = (['two-choices', 'least-request'] as const).map(
      (policy) => simulated({ ...fleet, policy, requests: 60_000 }, 1).W,
    );
    expect(Math.abs(two / limit - 1)).toBeLessThan(0.05);
    expect(all).toBeLessThan(two);
    expect(all).toBeGreaterThanOrEqual(0.98);
  });
});

/**
 * An exponential time T has no memory: P(T > d) = e^-d are hedged. From then on the first of two ends twice as fast, so that W = 1 -
 * e^-d / 2. What is cancelled saves what it would still have taken, in the mean a whole service time: the work stays 1 a
 * request, and is 1 + e^-d where cancelled calls go on.
 */
describe('hedged calls of exponential times, without a queue', () => {
  const delay = 0.7;
  const hedged = Math.exp(-delay);
  it.each([
    [true, 1],
    [false, 1 + hedged],
  ])('cost what the theory says if servers stop: %s', (stops, work) => {
    const fleet = {
      hosts: 4,
      load: 0.5,
      workers: 1000,
      policy: 'random',
      requests: 4000,
      hedgingDelay: delay,
    } as const;
    const measured = replicate((seed) => simulated({ ...fleet, stops }, seed));
    expectTheory(measured, { W: 1 - hedged / 2, hedges: hedged, work });
  });
});
