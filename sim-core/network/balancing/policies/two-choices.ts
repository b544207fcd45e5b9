/**
 * The power of two choices: two hosts by lot, of which the one with fewer calls under way, the first where they have as many. Nearly as
 * good as a look at all of them, and it needs no look at all of them.
 * M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE Transactions on Parallel and Distributed Systems
 * 12(10), 2001, https://doi.org/10.1109/71.963420.
 *
 * The two are drawn one without regard to the other, as in the paper and in Envoy's least-request policy with its default of two
 * choices, so both may be the same host: with n hosts one call in n² has no choice.
 */
import type { BalancingPolicyFactory } from './balancing-policy.ts';

export const twoChoices: BalancingPolicyFactory = () => ({
  pick(hosts, draws) {
    const first = hosts[draws.integer(hosts.length)];
    const second = hosts[draws.integer(hosts.length)];
    return second.outstanding < first.outstanding ? second : first;
  },
});
