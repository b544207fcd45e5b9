/** Round robin: each host in turn, by the order of calls. Where the hosts change, the turn goes on at the same count, as Envoy's does. */
import type { BalancingPolicyFactory } from './balancing-policy.ts';

export const roundRobin: BalancingPolicyFactory = () => {
  let turn = 0;
  return { pick: (hosts) => hosts[turn++ % hosts.length] };
};
