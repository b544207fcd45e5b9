/** Services and the checkout that crash: in turn, each at a moment of its interval, the same ones in every variant. */
import type { Duration, Simulation } from '../../../sim-core/index.ts';
import { FAULTS_FROM, faultCount } from './limits.ts';
import type { Values } from './params.ts';

/** Kills a process, which is up again after so long. */
export type Crash = (downtime: Duration) => void;

export function befall(sim: Simulation, p: Values, checkout: Crash, services: readonly Crash[]): void {
  inTurn(sim, p, 'a service crashes', p.crashEvery, services);
  inTurn(sim, p, 'the checkout crashes', p.killEvery, [checkout]);
}

function inTurn(sim: Simulation, p: Values, what: string, every: Duration, who: readonly Crash[]): void {
  const kind = sim.eventKind(what);
  const moments = sim.random(what);
  for (let i = 0; i < faultCount(p, every); i++) {
    const at = FAULTS_FROM + Math.floor((i + moments.next()) * every);
    sim.scheduleAt(at, (crash) => crash(p.downtime), who[i % who.length], kind);
  }
}
