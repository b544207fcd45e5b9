/**
 * The tail sampling processor of OpenTelemetry's collector: holds the spans of each trace until the trace may be taken to be
 * over, asks its policies, and hands all of them on or none.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/processor/tailsamplingprocessor/README.md
 *
 * - A trace waits from its first span on. Decisions are made at every full second, on the traces that came in one second, so
 *   a wait of n seconds takes from n to n + 1.
 * - A decided trace stays in memory as its id and the decision, and spans that come late follow it. Memory is for so many
 *   traces: a new one pushes out the oldest, decided or not. One that was not decided is lost, and what comes of it from then
 *   on is taken for a new trace, which is decided by its rest.
 * - With a decision cache decisions are remembered by id alone, for longer than that; the ids' places in memory are not free
 *   for it until their turn comes.
 * - By `block_on_overflow` a new trace waits for room instead, and whatever comes after it, of known traces too; only decisions are
 *   still made. Room is what a decision cache takes over: `waitForSpace` in `processor.go` where a decided
 *   trace that no cache has remembered is never removed.
 *
 * A sampler knows no more than what came to it. Spans of one trace that go to another sampler are another trace there.
 *
 * Does not model `expected_new_traces_per_sec`, which only saves allocations, nor that the processor may
 * decide on the rest of a trace that it lost as early as the trace itself was due.
 */
import type { FactChannel, Fact } from '../../kernel/fact.ts';
import { Fifo } from '../../kernel/fifo.ts';
import { Gate } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND } from '../../kernel/time.ts';
import type { ComponentPart } from '../../network/component.ts';
import { spanSize } from '../pipeline/otlp-size.ts';
import type { SpanData } from '../signals/telemetry.ts';
import { DecisionCache } from './decision-cache.ts';
import { PolicySet, type Decision } from './policies/policy-set.ts';
import type { BufferedTrace } from './policies/sampling-policy.ts';
import { checkTailSampling, type TailSamplingOptions } from './tail-sampling-options.ts';
import {
  samplerHolds,
  spansDiscarded,
  spansReleased,
  tailSamplingSignals,
  traceDecided,
  type SamplingLoss,
} from './tail-sampling-signals.ts';

export interface TailSamplerOptions extends TailSamplingOptions {
  /** In whose process it is; unique among samplers. */
  readonly name: string;
  /** Takes what is kept of a trace, all that there is of it or what came late. */
  readonly release: (spans: readonly SpanData[], bytes: number) => void;
  /** Told of spans that are not, and why. */
  readonly discarded?: (spans: number, reason: SamplingLoss) => void;
  /** Told when what waits may have changed. */
  readonly changed?: () => void;
}

/** A trace in memory; once it is decided its spans are gone. */
interface Held extends BufferedTrace {
  spans: SpanData[];
  bytes: number;
  outcome: Decision['outcome'] | undefined;
}

export class TailSampler implements ComponentPart {
  readonly signals = tailSamplingSignals;
  private readonly sim: Simulation;
  private readonly options: TailSamplerOptions;
  private readonly policies: PolicySet;
  private readonly tick: number;
  private readonly memory = new Map<string, Held>();
  /** Ids in the order in which their traces came to memory. */
  private readonly places = new Fifo<string>();
  /** Traces by the second in which they came, those that are due next first; the last is the present second's. */
  private batches: Held[][];
  /** Spans of one trace each that wait for room, what came at once: whoever brings more waits until it is open. */
  private blocked = new Fifo<{ readonly id: string; readonly spans: SpanData[]; readonly bytes: number }>();
  readonly unblocked: Gate;
  private readonly sampled: DecisionCache;
  private readonly notSampled: DecisionCache;
  private readonly counts = { received: 0, released: 0, discarded: 0, waiting: 0, waitingBytes: 0 };
  private readonly decided: FactChannel<Fact<typeof traceDecided>>;
  private readonly discarded: FactChannel<Fact<typeof spansDiscarded>>;
  private readonly released: FactChannel<Fact<typeof spansReleased>>;
  private readonly holds: FactChannel<Fact<typeof samplerHolds>>;

  constructor(sim: Simulation, options: TailSamplerOptions) {
    const { decisionWait, decisionCache, policies } = checkTailSampling(options);
    this.sim = sim;
    this.options = options;
    this.policies = new PolicySet(policies);
    this.batches = Array.from({ length: Math.max(1, Math.floor(decisionWait / SECOND)) + 1 }, () => []);
    this.sampled = new DecisionCache(decisionCache.sampledCacheSize);
    this.notSampled = new DecisionCache(decisionCache.nonSampledCacheSize);
    this.unblocked = new Gate(sim, true);
    this.tick = sim.eventKind(`${options.name} decides on traces`);
    this.decided = sim.facts.channel(traceDecided);
    this.discarded = sim.facts.channel(spansDiscarded);
    this.released = sim.facts.channel(spansReleased);
    this.holds = sim.facts.channel(samplerHolds);
    sim.schedule(SECOND, this.decideDue, undefined, this.tick);
  }

  /** Takes spans, of whatever traces. */
  consume(spans: readonly SpanData[]): void {
    this.counts.received += spans.length;
    for (const [id, ofTrace] of byTrace(spans)) {
      const bytes = ofTrace.reduce((sum, span) => sum + spanSize(span), 0);
      if (this.blocked.size > 0 || this.mustWait(id)) this.block(id, ofTrace, bytes);
      else this.take(id, ofTrace, bytes);
    }
    this.tellMemory();
  }

  /** Its process is gone, and with it all that was in memory. */
  crash(): void {
    for (const { spans, bytes, outcome } of this.memory.values()) {
      if (outcome === undefined) this.discardWaiting(spans.length, bytes, 'crashed');
    }
    this.memory.clear();
    while (this.places.size > 0) this.places.take();
    while (this.blocked.size > 0) {
      const { spans, bytes } = this.blocked.take();
      this.discardWaiting(spans.length, bytes, 'crashed');
    }
    this.unblocked.set(true);
    this.batches = this.batches.map(() => []);
    this.sampled.clear();
    this.notSampled.clear();
    this.tellMemory();
  }

  /** What waits for a decision. */
  get waiting(): { readonly spans: number; readonly bytes: number } {
    return { spans: this.counts.waiting, bytes: this.counts.waitingBytes };
  }

  state(): Readonly<Record<string, number>> {
    return { 'traces in memory': this.memory.size, 'spans waiting': this.counts.waiting };
  }

  violations(): string[] {
    const { received, released, discarded, waiting } = this.counts;
    const { name, numTraces } = this.options;
    const broken: string[] = [];
    if (received !== released + discarded + waiting) {
      broken.push(`${name}: ${received} spans came, ${released} went on, ${discarded} were discarded, ${waiting} wait`);
    }
    if (this.memory.size > numTraces) broken.push(`${name}: ${this.memory.size} traces in memory, of ${numTraces}`);
    return broken;
  }

  /** Whether it is a trace of which nothing is known and for which there is no room. */
  private mustWait(id: string): boolean {
    const { blockOnOverflow, numTraces } = this.options;
    return (
      blockOnOverflow && this.memory.size >= numTraces && this.decisionOn(id) === undefined && !this.memory.has(id)
    );
  }

  private block(id: string, spans: SpanData[], bytes: number): void {
    this.blocked.add({ id, spans, bytes });
    this.counts.waiting += spans.length;
    this.counts.waitingBytes += bytes;
    this.unblocked.set(false);
  }

  private unblock(): void {
    while (this.blocked.size > 0 && !this.mustWait(this.blocked.first!.id)) {
      const { id, spans, bytes } = this.blocked.take();
      this.counts.waiting -= spans.length;
      this.counts.waitingBytes -= bytes;
      this.take(id, spans, bytes);
    }
    if (this.blocked.size === 0 && !this.unblocked.open) this.unblocked.set(true);
  }

  private take(id: string, spans: SpanData[], bytes: number): void {
    const known = this.decisionOn(id);
    if (known === 'sampled') return this.release(spans, bytes, true);
    if (known !== undefined) return this.discard(spans.length, bytes, 'late');
    this.counts.waiting += spans.length;
    this.counts.waitingBytes += bytes;
    const held = this.memory.get(id);
    if (held === undefined) return this.hold({ traceId: id, spans, bytes, outcome: undefined });
    held.spans.push(...spans);
    held.bytes += bytes;
  }

  private decisionOn(id: string): Decision['outcome'] | undefined {
    if (this.sampled.has(id)) return 'sampled';
    if (this.notSampled.has(id)) return 'not-sampled';
    return this.memory.get(id)?.outcome;
  }

  private hold(trace: Held): void {
    if (!this.options.blockOnOverflow) {
      if (this.places.size === this.options.numTraces) this.forget(this.places.take());
      this.places.add(trace.traceId);
    }
    this.memory.set(trace.traceId, trace);
    this.batches.at(-1)!.push(trace);
  }

  /** Makes room. */
  private forget(id: string): void {
    const held = this.memory.get(id);
    if (held === undefined) return;
    this.memory.delete(id);
    if (held.outcome === undefined) this.discardWaiting(held.spans.length, held.bytes, 'dropped too early');
  }

  private readonly decideDue = (): void => {
    const due = this.batches.shift()!;
    this.batches.push([]);
    for (const trace of due) if (this.memory.get(trace.traceId) === trace) this.decide(trace);
    this.unblock();
    this.tellMemory();
    this.sim.schedule(SECOND, this.decideDue, undefined, this.tick);
  };

  private decide(trace: Held): void {
    const { traceId, spans, bytes } = trace;
    const { outcome, policy } = this.policies.decide(trace, this.sim.now);
    const sampler = this.options.name;
    if (this.decided.heard) this.decided.emit({ sampler, outcome, policy, spans: spans.length, bytes });
    trace.outcome = outcome;
    trace.spans = [];
    trace.bytes = 0;
    if (outcome === 'sampled') {
      this.counts.waiting -= spans.length;
      this.counts.waitingBytes -= bytes;
      this.release(spans, bytes, false);
    } else this.discardWaiting(spans.length, bytes, outcome);
    if ((outcome === 'sampled' ? this.sampled : this.notSampled).add(traceId)) this.memory.delete(traceId);
  }

  private release(spans: readonly SpanData[], bytes: number, isLate: boolean): void {
    this.counts.released += spans.length;
    if (this.released.heard) {
      this.released.emit({ sampler: this.options.name, isLate, spans: spans.length, bytes });
    }
    this.options.release(spans, bytes);
  }

  private discardWaiting(spans: number, bytes: number, reason: SamplingLoss): void {
    this.counts.waiting -= spans;
    this.counts.waitingBytes -= bytes;
    this.discard(spans, bytes, reason);
  }

  private discard(spans: number, bytes: number, reason: SamplingLoss): void {
    this.counts.discarded += spans;
    this.options.discarded?.(spans, reason);
    if (this.discarded.heard) this.discarded.emit({ sampler: this.options.name, reason, spans, bytes });
  }

  private tellMemory(): void {
    this.options.changed?.();
    if (!this.holds.heard) return;
    const { waiting, waitingBytes } = this.counts;
    this.holds.emit({ sampler: this.options.name, traces: this.memory.size, spans: waiting, bytes: waitingBytes });
  }
}

/** Spans by their trace, in the order in which they come. */
function byTrace(spans: readonly SpanData[]): Map<string, SpanData[]> {
  const traces = new Map<string, SpanData[]>();
  for (const span of spans) {
    const known = traces.get(span.context.traceId);
    if (known === undefined) traces.set(span.context.traceId, [span]);
    else known.push(span);
  }
  return traces;
}
