/** A collector for tests, with a backend that does as it is told and a sender that counts how it was answered. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, us } from '../../../../sim-core/kernel/time.ts';
import type { Call, CallFailed, CallFailure, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { BATCHING } from '../../../../sim-core/observability/pipeline/batching.ts';
import { Collector, type CollectorOptions } from '../../../../sim-core/observability/pipeline/collector.ts';
import { countOf } from '../../../../sim-core/observability/pipeline/export-batches.ts';
import type { ExporterOptions } from '../../../../sim-core/observability/pipeline/exporter.ts';
import type {
  ExportRequest,
  ExportResponse,
  TelemetryKind,
} from '../../../../sim-core/observability/pipeline/export-request.ts';
import { RETRY_ON_FAILURE } from '../../../../sim-core/observability/pipeline/retry-on-failure.ts';
import { loadOf } from './loads.ts';

/** `mute` answers nothing; `half` takes half of each batch. */
export type Mood = 'up' | 'mute' | 'half' | CallFailure;

export class TestBackend implements Endpoint<ExportRequest, ExportResponse> {
  readonly name = 'backend';
  mood: Mood = 'up';
  stored = 0;
  batches = 0;

  receive(call: Call<ExportRequest, ExportResponse>): void {
    const { mood } = this;
    if (mood === 'mute') return;
    if (mood !== 'up' && mood !== 'half') return call.refuse(mood);
    const items = countOf(call.query);
    const rejected = mood === 'half' ? Math.floor(items / 2) : 0;
    this.stored += items - rejected;
    this.batches++;
    call.reply({ rejected });
  }
}

export type LabOptions = Partial<Omit<CollectorOptions, 'exporters'>> & Partial<Omit<ExporterOptions, 'link'>>;

export class CollectorLab {
  readonly sim: Simulation;
  readonly collector: Collector;
  readonly backend = new TestBackend();
  readonly answers: string[] = [];
  private readonly sender: Link<ExportRequest, ExportResponse>;
  private sent = 0;

  constructor(options: LabOptions = {}, seed = 1) {
    const sim = (this.sim = new Simulation({ seed }));
    const link = new Link(sim, this.backend, { from: 'collector', delay: constant(ms(5)), timeout: s(5) });
    const exporter: ExporterOptions = {
      link,
      numConsumers: 10,
      queue: { queueSize: 1000, isPersistent: false },
      blocksWhenFull: false,
      retry: RETRY_ON_FAILURE,
      ...options,
    };
    this.collector = new Collector(sim, {
      name: 'collector',
      cores: 1,
      receiving: { item: us(10), byte: 0 },
      sending: { item: us(20), byte: 0 },
      memoryLimiter: { limit: 1e9, spikeLimit: 2e8, checkInterval: s(1) },
      memoryMax: 2e9,
      restart: s(2),
      batching: BATCHING,
      exporters: { traces: exporter, logs: exporter },
      ...options,
    });
    this.sender = new Link(sim, this.collector, { from: 'app', delay: constant(us(100)) });
  }

  get traces() {
    return this.collector.pipeline('traces')!;
  }

  send(items: number, kind: TelemetryKind = 'traces'): void {
    const place = this.answers.push('waiting') - 1;
    this.sender.call(loadOf(items, kind), new RequestContext(this.sent++, this.sim.now)).begin({
      resume: () => (this.answers[place] = 'ok'),
      fail: (error) => (this.answers[place] = (error as CallFailed).failure),
    });
  }

  /** Lets so many seconds pass. */
  wait(seconds: number): void {
    this.sim.runUntil(this.sim.now + s(seconds));
  }

  /** Does something at the present instant. */
  now(act: () => void): void {
    this.sim.inject(act, 0);
  }
}
