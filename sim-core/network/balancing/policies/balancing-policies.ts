/** The balancing policies by name; the names are the values that a scenario's parameter takes. */
import type { BalancingPolicyFactory } from './balancing-policy.ts';
import { roundRobin } from './round-robin.ts';
import { leastRequest } from './least-request.ts';
import { random } from './random.ts';
import { twoChoices } from './two-choices.ts';

export const balancingPolicies = {
  'round-robin': roundRobin,
  random,
  'two-choices': twoChoices,
  'least-request': leastRequest,
} satisfies Record<string, BalancingPolicyFactory>;

export type BalancingPolicyName = keyof typeof balancingPolicies;
