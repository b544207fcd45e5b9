/** The balancing policies by name; the names are the values that a scenario's parameter takes. */
import type { BalancingPolicyFactory } from './balancing-policy.ts';
import { inTurn } from './in-turn.ts';
import { leastRequest } from './least-request.ts';
import { random } from './random.ts';
import { twoChoices } from './two-choices.ts';

export const balancingPolicies = {
  'round-robin': inTurn,
  random,
  'two-choices': twoChoices,
  'least-request': leastRequest,
} satisfies Record<string, BalancingPolicyFactory>;

export type BalancingPolicyName = keyof typeof balancingPolicies;
