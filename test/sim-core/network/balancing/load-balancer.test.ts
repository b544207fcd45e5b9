/** A balancer in front of hosts that answer late, fail, fall silent and come back: who is asked, and that no call is lost. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import {
  balancingEnded,
  balancingSent,
  hostChecked,
  hostEjected,
  RETURNED,
} from '../../../../sim-core/network/balancing/balancing-signals.ts';
import { noEarlierAttempts } from '../../../../sim-core/network/balancing/balanced-call.ts';
import { LoadBalancer } from '../../../../sim-core/network/balancing/load-balancer.ts';
import { OUTLIER_DEFAULTS } from '../../../../sim-core/network/balancing/outlier-detection/outlier-options.ts';
import {
  balancingPolicies,
  type BalancingPolicyName,
} from '../../../../sim-core/network/balancing/policies/balancing-policies.ts';
import type { Call, CallFailed, CallFailure } from '../../../../sim-core/network/call.ts';
import { Link, messageSent } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const TIMEOUT = ms(100);

type Query = 'work' | 'health';

/** What a host does with what it is asked, and with health checks. */
interface Conduct {
  readonly after: number;
  readonly failure?: CallFailure;
  readonly isIll?: boolean;
}

interface Fleet {
  readonly policy: BalancingPolicyName;
  readonly panicThreshold: number;
  readonly conducts: readonly Conduct[];
  /** When each call is made, in ms, and after how long it is given up, if it is. */
  readonly calls: readonly { readonly at: number; readonly givenUpAfter?: number | undefined }[];
}

/** Runs a fleet; says what was told, and what each caller heard. */
function run({ policy, panicThreshold, conducts, calls }: Fleet) {
  const sim = new Simulation();
  const cancelled: string[] = [];
  const links = conducts.map((conduct, i) => {
    const name = `host-${i}`;
    const answer = (call: Call<Query, void>): void =>
      conduct.failure === undefined ? call.reply() : call.refuse(conduct.failure);
    const host = {
      name,
      receive(call: Call<Query, void>): void {
        if (call.query === 'work') sim.schedule(ms(conduct.after), answer, call);
        else if (conduct.isIll) call.refuse('unavailable');
        else call.reply();
      },
      cancelled: () => void cancelled.push(name),
    };
    return new Link<Query, void>(sim, host, { from: 'balancer', delay: constant(ms(1)), timeout: TIMEOUT });
  });
  const balancer = new LoadBalancer<Query, void>(sim, {
    name: 'balancer',
    links,
    policy: balancingPolicies[policy](),
    panicThreshold,
    outliers: {
      ...OUTLIER_DEFAULTS,
      consecutive5xx: 2,
      interval: ms(500),
      baseEjectionTime: s(1),
      maxEjectionPercent: 70,
      successfulActiveHealthCheckUnejectHost: false,
    },
    health: { query: 'health', interval: ms(300), timeout: TIMEOUT, unhealthyThreshold: 2, healthyThreshold: 1 },
  });

  const out = new Set<string>();
  const ill = new Set<string>();
  const wrong: string[] = [];
  const sent: string[] = [];
  const ends: string[] = [];
  let cancellations = 0;
  sim.facts.channel(messageSent).listen(({ direction }) => void (direction === 'cancellation' && cancellations++));
  const underWay = new Map<string, number>();
  const count = (host: string, more: number): void => void underWay.set(host, (underWay.get(host) ?? 0) + more);
  sim.facts
    .channel(hostEjected)
    .listen(({ host, kind }) => void (kind === RETURNED ? out.delete(host) : out.add(host)));
  sim.facts.channel(hostChecked).listen(({ host, healthy }) => void (healthy ? ill.delete(host) : ill.add(host)));
  sim.facts.channel(balancingSent).listen(({ host }) => {
    const inUse = links.filter(({ to }) => !out.has(to) && !ill.has(to)).map(({ to }) => to);
    const isPanic = (100 * inUse.length) / links.length < panicThreshold;
    if (!isPanic && !inUse.includes(host)) wrong.push(`${host} was picked at ${sim.now}`);
    const among = isPanic ? links.map(({ to }) => to) : inUse;
    const load = (name: string): number => underWay.get(name) ?? 0;
    if (policy === 'least-request' && among.some((name) => load(name) < load(host))) wrong.push(`${host} has more`);
    count(host, 1);
    sent.push(host);
  });
  sim.facts.channel(balancingEnded).listen(({ host, outcome }) => {
    count(host, -1);
    ends.push(outcome);
  });

  const heard: string[][] = calls.map(() => []);
  calls.forEach(({ at, givenUpAfter }, number) => {
    sim.scheduleAt(
      ms(at),
      () => {
        const call = balancer.call('work', new RequestContext(number, sim.now));
        let isOver = false;
        const hear = (what: string): void => {
          isOver = true;
          heard[number].push(what);
        };
        call.begin({ resume: () => hear('ok'), fail: (error) => hear((error as CallFailed).failure) });
        if (givenUpAfter === undefined) return;
        sim.schedule(
          ms(givenUpAfter),
          () => {
            if (isOver) return;
            call.abandon();
            hear('given up');
          },
          undefined,
        );
      },
      undefined,
    );
  });
  sim.runUntil(s(20));
  return { heard, wrong, sent, ends, cancelled, cancellations, underWay, broken: balancer.violations(), balancer };
}

const conduct: fc.Arbitrary<Conduct> = fc.oneof(
  fc.record({ after: fc.constantFrom(0, 5, 90, 200) }),
  fc.record({
    after: fc.constantFrom(0, 5, 200),
    failure: fc.constantFrom('error', 'overloaded', 'unavailable', 'refused'),
  }),
  fc.record({ after: fc.constant(5), isIll: fc.constant(true) }),
);
const fleet: fc.Arbitrary<Fleet> = fc.record({
  policy: fc.constantFrom(...(Object.keys(balancingPolicies) as BalancingPolicyName[])),
  panicThreshold: fc.constantFrom(0, 30, 50, 100),
  conducts: fc.array(conduct, { minLength: 1, maxLength: 6 }),
  calls: fc.array(fc.record({ at: fc.nat(4000), givenUpAfter: fc.option(fc.nat(150), { nil: undefined }) }), {
    maxLength: 60,
  }),
});

describe('a balancer', () => {
  it('asks nobody who is out or ill unless it panics, and every caller hears once', () => {
    fc.assert(
      fc.property(fleet, (drawn) => {
        const { heard, wrong, sent, ends, underWay, broken } = run(drawn);
        expect(wrong).toEqual([]);
        expect(broken).toEqual([]);
        expect(heard.filter((all) => all.length !== 1)).toEqual([]);
        expect(ends).toHaveLength(sent.length);
        expect([...underWay.values()].filter((left) => left !== 0)).toEqual([]);
        // Whoever found nobody to ask was not sent anywhere.
        const nobody = heard.filter(([what]) => what === 'unavailable').length;
        expect(sent.length).toBeGreaterThanOrEqual(drawn.calls.length - nobody);
      }),
    );
  });

  const every = (step: number, count: number) => Array.from({ length: count }, (_, i) => ({ at: i * step }));

  it('takes what is late for a failure, and what is slow and in time for a success', () => {
    const fleetOf = (after: number): Fleet => ({
      policy: 'round-robin',
      panicThreshold: 0,
      conducts: [{ after }, { after: 1 }],
      calls: every(10, 20),
    });
    expect(run(fleetOf(97)).ends).toEqual(Array.from({ length: 20 }, () => 'ok'));
    // After the second timeout of the first host, at 20 + 100 ms, all go to the other.
    const late = run({ ...fleetOf(99) });
    expect(late.sent.slice(0, 13)).toEqual(Array.from({ length: 13 }, (_, i) => `host-${i % 2}`));
    expect(new Set(late.sent.slice(13))).toEqual(new Set(['host-1']));
  });

  it('cancels what is late and what is given up at the host, and nothing else', () => {
    const conducts = [{ after: 200 }];
    const late = run({ policy: 'random', panicThreshold: 0, conducts, calls: [{ at: 0 }] });
    expect([late.cancelled, late.ends]).toEqual([['host-0'], ['timeout']]);
    const left = run({ policy: 'random', panicThreshold: 0, conducts, calls: [{ at: 0, givenUpAfter: 50 }] });
    expect([left.cancelled, left.ends]).toEqual([['host-0'], ['cancelled']]);
    const well = run({ policy: 'random', panicThreshold: 0, conducts: [{ after: 5 }], calls: [{ at: 0 }] });
    expect([well.cancelled, well.ends]).toEqual([[], ['ok']]);
  });

  it('holds nothing against a host whose callers give up', () => {
    const calls = every(10, 20).map(({ at }) => ({ at, givenUpAfter: 5 }));
    const { sent, ends } = run({
      policy: 'round-robin',
      panicThreshold: 0,
      conducts: [{ after: 90 }, { after: 90 }],
      calls,
    });
    expect(ends).toEqual(Array.from({ length: 20 }, () => 'cancelled'));
    expect(sent).toEqual(Array.from({ length: 20 }, (_, i) => `host-${i % 2}`));
  });

  it('does not ask who is ill, and asks everybody when too few are left', () => {
    const ill = { after: 1, isIll: true };
    const calls = [{ at: 3000 }, { at: 3001 }, { at: 3002 }, { at: 3003 }];
    const of = (panicThreshold: number, conducts: Conduct[]) =>
      run({ policy: 'round-robin', panicThreshold, conducts, calls });
    expect(of(50, [ill, { after: 1 }]).sent).toEqual(Array.from({ length: 4 }, () => 'host-1'));
    const panic = of(51, [ill, { after: 1 }]);
    expect(panic.sent).toEqual(['host-0', 'host-1', 'host-0', 'host-1']);
    expect(panic.balancer.state()).toMatchObject({ panic: 'yes', ill: 1, 'hosts in use': 2 });
    expect(of(0, [ill]).heard.flat()).toEqual(Array.from({ length: 4 }, () => 'unavailable'));
  });

  it('sends further calls for a request elsewhere, as long as there is an elsewhere', () => {
    const sim = new Simulation();
    const links = [0, 1, 2].map(
      (i) =>
        new Link<void, void>(sim, { name: `host-${i}`, receive: () => {} }, { from: 'balancer', delay: constant(0) }),
    );
    const policy = balancingPolicies['two-choices']();
    const balancer = new LoadBalancer<void, void>(sim, { name: 'balancer', links, policy, panicThreshold: 0 });
    const sent: string[] = [];
    sim.facts.channel(balancingSent).listen(({ host, attempt }) => void sent.push(`${host} ${attempt}`));
    const earlier = noEarlierAttempts();
    const waiter = { resume: () => {}, fail: () => {} };
    for (let i = 0; i < 5; i++) balancer.call(undefined, new RequestContext(7, 0), earlier).begin(waiter);
    expect(new Set(sent.slice(0, 3).map((line) => line.split(' ')[0])).size).toBe(3);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['1', '2', '3', '4', '5']);
  });

  it('draws anew for each further call, though there is nobody left who was not asked', () => {
    const sim = new Simulation();
    const links = [0, 1].map(
      (i) =>
        new Link<void, void>(sim, { name: `host-${i}`, receive: () => {} }, { from: 'balancer', delay: constant(0) }),
    );
    const policy = balancingPolicies.random();
    const balancer = new LoadBalancer<void, void>(sim, { name: 'balancer', links, policy, panicThreshold: 0 });
    const last: string[] = [];
    sim.facts.channel(balancingSent).listen(({ host, attempt }) => void (attempt > 2 && last.push(host)));
    const waiter = { resume: () => {}, fail: () => {} };
    let alike = 0;
    for (let request = 0; request < 200; request++) {
      const earlier = noEarlierAttempts();
      for (let i = 0; i < 5; i++) balancer.call(undefined, new RequestContext(request, 0), earlier).begin(waiter);
      if (new Set(last.splice(0)).size === 1) alike++;
    }
    // Three fair draws of two are alike once in four: 50 of 200, and five deviations of 6.1 more are 81.
    expect(alike).toBeLessThan(81);
  });

  it('takes a timeout that a host answers for a failure, and sends no cancellation after it', () => {
    const conducts: Conduct[] = [{ after: 5, failure: 'timeout' }];
    const { ends, heard, cancellations } = run({ policy: 'random', panicThreshold: 0, conducts, calls: [{ at: 0 }] });
    expect([ends, heard, cancellations]).toEqual([['timeout'], [['timeout']], 0]);
    const late = run({ policy: 'random', panicThreshold: 0, conducts: [{ after: 200 }], calls: [{ at: 0 }] });
    expect(late.cancellations).toBe(1);
  });

  it('misses a call whose end is not told', () => {
    const calls = [{ at: 0 }];
    const of = () => run({ policy: 'random', panicThreshold: 0, conducts: [{ after: 5 }], calls }).broken;
    vi.spyOn(LoadBalancer.prototype, 'end').mockImplementationOnce(() => {});
    expect(of()).toEqual(['balancer: a call to host-0 was lost or doubled']);
    expect(of()).toEqual([]);
  });

  it('refuses a fleet of none, and a threshold that is no share', () => {
    const sim = new Simulation();
    const policy = balancingPolicies.random();
    const of = (panicThreshold: number, links: Link<void, void>[]) => () =>
      new LoadBalancer(sim, { name: 'balancer', links, policy, panicThreshold });
    expect(of(0, [])).toThrow('balancer: there are no hosts; give at least one link');
    const link = new Link<void, void>(
      sim,
      { name: 'host', receive: () => {} },
      { from: 'balancer', delay: constant(0) },
    );
    expect(of(101, [link])).toThrow('balancer: panicThreshold is 101; it must be from 0 to 100');
  });
});
