/** A service's process with a tracer in it: who decides what is recorded, in which headers context travels, where spans are sent. */
import {
  compositePropagator,
  InstrumentedProcess,
  INSTRUMENT_COSTS,
  linksBased,
  processSignals,
  propagators,
  samplers,
  tracerSignals,
  type Behaviour,
  type ComponentPart,
  type Duration,
  type InstrumentCosts,
  type Propagator,
  type Sampler,
  type Simulation,
  type TraceBackend,
  type Tracer,
} from '../../../sim-core/index.ts';
import { tracingOf } from '../application/tracing.ts';
import type { Format, Values } from './params.ts';

export const CORES = 2;

export interface Instrumented {
  readonly process: InstrumentedProcess;
  readonly tracer: Tracer;
  readonly propagator: Propagator;
  readonly inside: ComponentPart;
  /** What is left to do when the process is told to end, in so much time. */
  readonly shutdown: (left: Duration) => Behaviour<boolean>;
}

export function instrumented(sim: Simulation, p: Values, name: string, traces: TraceBackend): Instrumented {
  const process = new InstrumentedProcess(sim, {
    resource: { 'service.name': name, 'service.instance.id': `${name}-1` },
    cores: CORES,
    costs: costsOf(p.cost),
  });
  const isEdge = name === 'edge';
  const { tracer, processor } = tracingOf(process, traces, samplerOf(p, isEdge), p.processing);
  return {
    process,
    tracer,
    shutdown: (left) => processor.shutdown(left),
    propagator: propagatorOf(isEdge ? p.edgeFormat : p.ordersFormat),
    inside: {
      signals: [...processSignals, ...tracerSignals, ...processor.signals],
      state: () => processor.state(),
      violations: () => processor.violations(),
    },
  };
}

function costsOf(times: number): InstrumentCosts {
  const scaled = Object.entries(INSTRUMENT_COSTS).map(([what, cost]) => [what, cost * times]);
  return Object.fromEntries(scaled) as InstrumentCosts;
}

function samplerOf({ sampling, ratio, laterRatio }: Values, isEdge: boolean): Sampler {
  if (sampling === 'anew') return samplers.traceidratio({ ratio: isEdge ? ratio : laterRatio });
  const byParent = samplers.parentbased_traceidratio({ ratio });
  return sampling === 'parent' ? byParent : linksBased(byParent);
}

function propagatorOf(format: Format): Propagator {
  return format === 'both' ? compositePropagator([propagators.tracecontext, propagators.b3]) : propagators[format];
}
