/** How a balancer chooses among the hosts that it may use. It knows of each how many of its own calls are under way there. */
import type { RandomStream } from '../../../kernel/random-stream.ts';

/** A host as a policy sees it. */
export interface Load {
  /** Calls that this balancer has sent there and that are not over. */
  readonly outstanding: number;
}

export interface BalancingPolicy {
  /** One of the hosts, of which there is at least one; `draws` belong to the call. */
  pick<Host extends Load>(hosts: readonly Host[], draws: RandomStream): Host;
}

/** A policy with a memory of its own. */
export type BalancingPolicyFactory = () => BalancingPolicy;
