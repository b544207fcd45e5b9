/** Services and the checkout that crash: in turn, each at a moment of its interval, the same ones in every variant. */
import type { Duration, Simulation } from '../../../sim-core/index.ts';
import { inTurn } from '../../application/faults.ts';
import { faultsEvery } from './limits.ts';
import type { Values } from './params.ts';

/** Kills a process, which is up again after so long. */
export type Crash = (downtime: Duration) => void;

export function befall(sim: Simulation, p: Values, checkout: Crash, services: readonly Crash[]): void {
  const crash = (kill: Crash): void => kill(p.downtime);
  inTurn(sim, 'a service crashes', faultsEvery(p, p.crashEvery), services, crash);
  inTurn(sim, 'the checkout crashes', faultsEvery(p, p.killEvery), [checkout], crash);
}
