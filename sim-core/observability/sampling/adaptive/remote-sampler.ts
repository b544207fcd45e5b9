/**
 * A head sampler whose probabilities come from elsewhere: asks for them at intervals, and samples the traces of each operation
 * by its own, of the rest a least rate. Of a trace that began elsewhere it does what was decided there.
 * https://www.jaegertracing.io/docs/latest/architecture/sampling/#remote-sampling
 *
 * While nobody answers it goes on by what it knows.
 */
import { spawn, type Behaviour } from '../../../kernel/process.ts';
import type { Duration } from '../../../kernel/time.ts';
import { CallFailed } from '../../../network/call.ts';
import type { Link } from '../../../network/link.ts';
import type { InstrumentedProcess } from '../../signals/instrumented-process.ts';
import type { SpanContext } from '../../signals/telemetry.ts';
import type { Sampler } from '../../tracing/sampler.ts';
import type { Span } from '../../tracing/span.ts';
import { traceIdRatio } from '../../tracing/trace-id-ratio.ts';
import type { SamplingStrategy } from './adaptive-sampling.ts';
import type { AdaptiveSamplingOptions } from './adaptive-options.ts';
import { LeastRate } from './least-rate.ts';
import { SAMPLER_PARAM, SAMPLER_TYPE } from './sampler-attributes.ts';

export interface RemoteSamplerOptions extends Pick<
  AdaptiveSamplingOptions,
  'initialSamplingProbability' | 'minSamplesPerSecond'
> {
  readonly link: Link<void, SamplingStrategy>;
  /** How often it asks; a minute is the default of Jaeger's clients. */
  readonly pollInterval: Duration;
}

interface OperationSampler {
  probability: number;
  ratio: Sampler;
  readonly least: LeastRate;
}

export class RemoteSampler implements Sampler {
  private readonly process: InstrumentedProcess;
  private readonly options: RemoteSamplerOptions;
  private readonly operations = new Map<string, OperationSampler>();
  /** By what the latest root was sampled. */
  private latest: { readonly type: 'probabilistic' | 'lowerbound'; readonly probability: number } | undefined;

  constructor(process: InstrumentedProcess, options: RemoteSamplerOptions) {
    this.process = process;
    this.options = options;
    spawn(process.sim, 'polls sampling strategies', this.poll());
  }

  isSampled(traceId: string, name: string, parent: SpanContext | undefined): boolean {
    if (parent !== undefined) return parent.isSampled;
    const { probability, ratio, least } = this.operation(name);
    const isLucky = ratio.isSampled(traceId, name, undefined);
    const isDue = least.take(this.process.sim.now);
    this.latest = { type: isLucky ? 'probabilistic' : 'lowerbound', probability };
    return isLucky || isDue;
  }

  /** For experimenters: the probability that was thrown for at the latest root, sampled or not. */
  get latestProbability(): number {
    return this.latest?.probability ?? this.options.initialSamplingProbability;
  }

  /** Writes down, on the root that has just begun, how it came to be sampled. */
  note(root: Span): void {
    if (!root.isRecording || this.latest === undefined) return;
    root.setAttribute(SAMPLER_TYPE, this.latest.type);
    root.setAttribute(SAMPLER_PARAM, this.latest.probability);
  }

  private operation(name: string): OperationSampler {
    const known = this.operations.get(name);
    if (known !== undefined) return known;
    const { initialSamplingProbability: probability, minSamplesPerSecond } = this.options;
    const sampler = {
      probability,
      ratio: traceIdRatio({ ratio: probability }),
      least: new LeastRate(minSamplesPerSecond),
    };
    this.operations.set(name, sampler);
    return sampler;
  }

  private *poll(): Behaviour {
    for (;;) {
      yield this.options.pollInterval;
      try {
        const strategy = yield* this.options.link.call(undefined, this.process.requests.next());
        for (const [name, probability] of strategy) {
          const operation = this.operation(name);
          operation.probability = probability;
          operation.ratio = traceIdRatio({ ratio: probability });
        }
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
    }
  }
}
