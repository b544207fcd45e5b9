/**
 * The simple processor of OpenTelemetry's SDKs: exports each item by itself when it is finished, one after the other, and whoever
 * finished it waits until that is over, be it taken or not. Nothing stands in a queue but what waits for its turn, each with its
 * thread, so no more is lost with the process than is under way; and every request is as much slower as its exports take.
 *
 * That exports do not overlap is said by https://opentelemetry.io/docs/specs/otel/trace/sdk/#simple-processor. That the thread waits is
 * so in Go and Python (`sdk/trace/simple_span_processor.go`, `SimpleSpanProcessor.on_end`); in Java and JavaScript it does not.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import { BATCH_LIMITS, BatchProcessor, type BatchedKind, type BatchProcessorOptions } from './batch-processor.ts';
import type { Telemetry } from './export-request.ts';

export class SimpleProcessor<Kind extends BatchedKind> extends BatchProcessor<Kind> {
  constructor(process: InstrumentedProcess, { kind, exporter }: Omit<BatchProcessorOptions<Kind>, 'limits'>) {
    // No bound of its own: as many wait as there are threads that finish something.
    super(process, { kind, exporter, limits: { ...BATCH_LIMITS[kind], batchMax: 1, queueMax: Infinity } });
  }

  /** Gives back what whoever finished it has to wait for. */
  override add(item: Telemetry[Kind]): Behaviour | void {
    super.add(item);
    return this.forceFlush();
  }
}
