/** Random: each call goes to any of the hosts, with the same chance. What the other policies are compared with. */
import type { BalancingPolicyFactory } from './balancing-policy.ts';

export const random: BalancingPolicyFactory = () => ({
  pick: (hosts, draws) => hosts[draws.integer(hosts.length)],
});
