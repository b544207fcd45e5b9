/** Every balancing policy: it picks one of the hosts, and how often each by what it is there for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../../../sim-core/kernel/random-streams.ts';
import {
  balancingPolicies,
  type BalancingPolicyName,
} from '../../../../../sim-core/network/balancing/policies/balancing-policies.ts';

const names = Object.keys(balancingPolicies) as BalancingPolicyName[];
const loads = fc.array(fc.nat(5), { minLength: 1, maxLength: 8 });

/** The chance of each host, by the loads of all. */
const chances: Readonly<Record<Exclude<BalancingPolicyName, 'round-robin'>, (all: readonly number[]) => number[]>> = {
  random: (all) => all.map(() => 1 / all.length),
  'least-request': (all) => {
    const least = Math.min(...all);
    const ties = all.filter((load) => load === least).length;
    return all.map((load) => (load === least ? 1 / ties : 0));
  },
  // All pairs, each with the same chance: the second only if it has less.
  'two-choices': (all) => {
    const picked = all.map(() => 0);
    all.forEach((one, i) => all.forEach((other, j) => picked[other < one ? j : i]++));
    return picked.map((pairs) => pairs / all.length ** 2);
  },
};

describe.each(names)('%s', (name) => {
  it('picks one of the hosts that it is given', () => {
    fc.assert(
      fc.property(fc.array(loads, { minLength: 1, maxLength: 20 }), fc.nat(), (sets, seed) => {
        const policy = balancingPolicies[name]();
        const draws = new RandomStreams(seed).stream('picks');
        for (const set of sets) {
          const hosts = set.map((outstanding) => ({ outstanding }));
          expect(hosts).toContain(policy.pick(hosts, draws));
        }
      }),
    );
  });
});

describe.each(Object.entries(chances))('%s', (name, chancesOf) => {
  it.each([[[0, 0, 0, 0]], [[0, 1, 2, 3]], [[3, 1, 1, 0]], [[2, 2, 1, 1, 1]], [[7]]])(
    'picks each as often as it should of %o',
    (all) => {
      const policy = balancingPolicies[name as keyof typeof chances]();
      const draws = new RandomStreams(1).stream('picks');
      const hosts = all.map((outstanding, host) => ({ outstanding, host }));
      const picks = 20_000;
      const picked = all.map(() => 0);
      for (let i = 0; i < picks; i++) picked[policy.pick(hosts, draws).host]++;
      // Five standard deviations of a binomial number; the stream of draws is always the same.
      chancesOf(all).forEach((chance, host) => {
        expect(Math.abs(picked[host] - picks * chance)).toBeLessThanOrEqual(
          5 * Math.sqrt(picks * chance * (1 - chance)),
        );
      });
    },
  );
});

describe('round-robin', () => {
  it('picks each in turn, and goes on at its count where the hosts change', () => {
    const policy = balancingPolicies['round-robin']();
    const draws = new RandomStreams(1).stream('picks');
    const hosts = [0, 1, 2, 3].map((host) => ({ host, outstanding: 0 }));
    const turn = (among: number): number => policy.pick(hosts.slice(0, among), draws).host;
    expect([4, 4, 4, 3, 3, 4, 4].map(turn)).toEqual([0, 1, 2, 0, 1, 1, 2]);
  });
});
