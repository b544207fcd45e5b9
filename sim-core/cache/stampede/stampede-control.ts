/**
 * What an instance has against loads of one key that meet, said by whatever it is (a load guard, a rule of expiry, leases) and shown in the
 * state of the instance that it works in: a reader of a run, as the readiness checklist is, sees by it whether there is any, also
 * where nothing was seen of it.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import { sayWithin } from '../../network/component.ts';

/** In a component's state: what keeps the loads of one key apart, in words. */
export const STAMPEDE_CONTROL = 'stampede control';

/** Says of an instance what it has; of guards one inside the other each says its own. */
export function sayStampedeControl(sim: Simulation, instance: string, control: string): void {
  sayWithin(sim, instance, STAMPEDE_CONTROL, control);
}
