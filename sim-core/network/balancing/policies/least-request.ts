/**
 * Least request: the host with the fewest calls under way, one of those by lot if there are several. Envoy's least-request policy
 * with a full scan; nginx calls it least_conn.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers#weighted-least-request
 */
import type { BalancingPolicyFactory, Load } from './balancing-policy.ts';

export const leastRequest: BalancingPolicyFactory = () => ({
  pick(hosts, draws) {
    let best = hosts[0];
    let tied = 0;
    for (const host of hosts) {
      if (isMore(host, best)) continue;
      tied = isMore(best, host) ? 1 : tied + 1;
      if (tied === 1 || draws.integer(tied) === 0) best = host;
    }
    return best;
  },
});

const isMore = (one: Load, other: Load): boolean => one.outstanding > other.outstanding;
