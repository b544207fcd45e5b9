/** A process with instruments, of one core. */
import type { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { NO_COSTS, type InstrumentCosts } from '../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../sim-core/observability/signals/instrumented-process.ts';

export function processOf(sim: Simulation, name: string, costs: InstrumentCosts = NO_COSTS): InstrumentedProcess {
  const resource = { 'service.name': 'app', 'service.instance.id': name };
  return new InstrumentedProcess(sim, { resource, cores: 1, costs });
}
