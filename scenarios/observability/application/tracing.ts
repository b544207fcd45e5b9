/** A process has a tracer, whose spans go to a backend as OpenTelemetry's SDKs send them: in batches, or each by itself. */
import {
  BatchProcessor,
  Link,
  OtlpExporter,
  SimpleProcessor,
  Tracer,
  type Endpoint,
  type ExportRequest,
  type ExportResponse,
  type InstrumentedProcess,
  type Sampler,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';

export interface Tracing {
  readonly tracer: Tracer;
  readonly processor: BatchProcessor<'traces'>;
}

export function tracingOf(
  process: InstrumentedProcess,
  backend: Endpoint<ExportRequest<'traces'>, ExportResponse>,
  sampler: Sampler,
  processing: 'batch' | 'simple' = 'batch',
): Tracing {
  const link = new Link(process.sim, backend, { from: process.resource['service.name'], delay: nearby });
  const exporter = new OtlpExporter({ link });
  const processor =
    processing === 'batch'
      ? new BatchProcessor(process, { kind: 'traces', exporter })
      : new SimpleProcessor(process, { exporter });
  return { tracer: new Tracer(process, { sampler, processor }), processor };
}
