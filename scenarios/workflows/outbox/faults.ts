/** Who dies: service, relay and database, each once in each of its intervals, at the same moments in every variant. */
import type { RelationalDatabase, Relay, Service, Simulation } from '../../../sim-core/index.ts';
import { inTurn } from '../../application/faults.ts';
import { faultsEvery } from './limits.ts';
import type { Values } from './params.ts';

interface Mortals {
  readonly service: Service<number, void>;
  readonly relays: readonly Relay[];
  readonly database: RelationalDatabase;
}

export function befall(sim: Simulation, p: Values, { service, relays, database }: Mortals): void {
  const { downtime } = p;
  inTurn(sim, 'the service crashes', faultsEvery(p, p.crashEvery), [service], (one) => one.crash(downtime));
  inTurn(sim, 'the database crashes', faultsEvery(p, p.databaseCrashEvery), [database], (one) => one.kill(downtime));
  if (relays.length === 0) return;
  inTurn(sim, 'the relay crashes', faultsEvery(p, p.relayCrashEvery), relays, (one) => one.kill(downtime));
}
