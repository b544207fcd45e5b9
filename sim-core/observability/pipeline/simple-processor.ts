/**
 * The simple processor of OpenTelemetry's SDKs: exports each span by itself when it is finished, one after the other, and whoever
 * finished it waits until that is over, be it taken or not. Nothing stands in a queue but what waits for its turn, each with its
 * thread, so no more is lost with the process than is under way; and every request is as much slower as its exports take.
 *
 * That exports do not overlap is said by https://opentelemetry.io/docs/specs/otel/trace/sdk/#simple-processor. That the thread waits is
 * so in Go and Python (`sdk/trace/simple_span_processor.go`, `SimpleSpanProcessor.on_end`); in Java and JavaScript it does not. Leaves
 * out that of log records.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import { BATCH_LIMITS, BatchProcessor, type BatchProcessorOptions } from './batch-processor.ts';

export class SimpleProcessor extends BatchProcessor<'traces'> {
  constructor(process: InstrumentedProcess, { exporter }: Pick<BatchProcessorOptions<'traces'>, 'exporter'>) {
    // No bound of its own: as many wait as there are threads that finish something.
    super(process, { kind: 'traces', exporter, limits: { ...BATCH_LIMITS.traces, batchMax: 1, queueMax: Infinity } });
  }

  /** Until its own export is over: there is none after it yet. */
  waits(): Behaviour {
    return this.forceFlush();
  }
}
