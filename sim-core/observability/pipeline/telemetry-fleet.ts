/**
 * The instances of some services and the telemetry that they emit, by volume: each writes down spans and log records at a rate, keeps
 * them in a queue with a bound as its SDK does, and exports all that is there from time to time, one request of a kind at a
 * time. What finds the queue full is dropped by the SDK. Its metrics are scraped: one sample of each series, under the instance's
 * name. A deploy gives every instance a new one.
 *
 * An instance keeps its connection to one collector, as gRPC does (https://grpc.io/blog/grpc-load-balancing/): they are handed
 * out in turn. Rates are exact, not random: they stand for very many requests. What telemetry costs the services is not modelled.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { Resource } from '../signals/telemetry.ts';
import type { ExportRequest, ExportResponse, TelemetryBundle, TelemetryKind } from './export-request.ts';
import { fleetSignals, sdkDropped, telemetryEmitted } from './fleet-signals.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { SdkOutbox } from './sdk-outbox.ts';

export type EmittedKind = 'traces' | 'logs';

export interface EmittedVolume {
  /** Of all instances together, a second. */
  readonly perSecond: number;
  /** Size of one. */
  readonly bytes: number;
}

export interface TelemetryFleetOptions {
  readonly name: string;
  readonly services: readonly string[];
  /** Instances of each. */
  readonly instances: number;
  readonly volumes: Readonly<Record<EmittedKind, EmittedVolume>>;
  readonly exportEvery: Duration;
  /** Items that an SDK holds, those under way not counted: 2,048 is the default of OpenTelemetry's. */
  readonly queueMax: number;
  /** The ways to the collectors: one at least. */
  readonly collectors: readonly Link<ExportRequest, ExportResponse>[];
  readonly seriesPerInstance: number;
  readonly scrapeEvery: Duration;
  /** The way on which whoever scrapes is given what there is. */
  readonly scraper: Link<TelemetryBundle, undefined>;
}

interface Instance {
  readonly service: string;
  readonly number: number;
  resource: Resource;
}

interface Outbox {
  readonly instance: Instance;
  readonly held: SdkOutbox<EmittedKind>;
  /** Until then all that was written down is in it, or dropped. */
  accruedAt: Time;
}

/** Bytes of a sample in a request of remote write, compressed. */
const SAMPLE_BYTES = 20;

export class TelemetryFleet implements Component {
  readonly name: string;
  readonly kind = 'client';
  readonly help: string;
  readonly signals = fleetSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: TelemetryFleetOptions;
  private readonly requests: BackgroundRequests;
  private readonly instances: Instance[] = [];
  private readonly outboxes: Outbox[] = [];
  private factor = 1;
  private deploys = 0;
  private readonly emitted: FactChannel<Fact<typeof telemetryEmitted>>;
  private readonly dropped: FactChannel<Fact<typeof sdkDropped>>;

  constructor(sim: Simulation, options: TelemetryFleetOptions) {
    const { name, services, instances, collectors } = options;
    if (collectors.length === 0) throw new RangeError(`${name}: there are no collectors; give at least one link`);
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `${instances} instances of each of ${services.length} services, and the SDKs in them`;
    this.requests = new BackgroundRequests(sim);
    this.emitted = sim.facts.channel(telemetryEmitted);
    this.dropped = sim.facts.channel(sdkDropped);
    this.interventions = { emit: this.emitting(), deploy: this.deploying() };
    const exporters = collectors.map((link) => new OtlpExporter<TelemetryKind>({ link }));
    for (let number = 0; number < services.length * instances; number++) {
      const service = services[number % services.length];
      const instance: Instance = { service, number, resource: this.resourceOf(service, number) };
      this.instances.push(instance);
      const exporter = exporters[number % exporters.length];
      for (const kind of ['traces', 'logs'] as const) {
        const held = new SdkOutbox<EmittedKind>(kind, exporter, options.queueMax);
        this.outboxes.push({ instance, held, accruedAt: 0 });
      }
    }
    this.schedule();
    register(sim, this);
  }

  /** Items that SDKs have written down and that are neither taken nor dropped. */
  get held(): number {
    return this.outboxes.reduce((sum, { held }) => sum + held.items + held.exporting, 0);
  }

  /** So many times as much is written down from now on. */
  surge(factor: number): void {
    for (const outbox of this.outboxes) this.accrue(outbox);
    this.factor = factor;
  }

  /** Every instance is replaced by one of another name. */
  deploy(): void {
    this.deploys++;
    for (const instance of this.instances) instance.resource = this.resourceOf(instance.service, instance.number);
  }

  state(): Readonly<Record<string, number | string>> {
    return { instances: this.instances.length, 'items in SDKs': this.held, deploys: this.deploys };
  }

  violations(): readonly string[] {
    const { queueMax } = this.options;
    const isOver = this.outboxes.some(({ held }) => held.items > queueMax);
    return isOver ? [`${this.name}: an SDK holds more than ${queueMax} items`] : [];
  }

  /** Exports and scrapes, each instance at a moment of its own. */
  private schedule(): void {
    const { sim } = this;
    const { exportEvery, scrapeEvery } = this.options;
    const phases = sim.random(`${this.name}/phases`);
    const exportKind = sim.eventKind(`${this.name} export`);
    const scrapeKind = sim.eventKind(`${this.name} are scraped`);
    const repeat = (every: Duration, kind: number, act: () => void): void => {
      const again = (): void => {
        act();
        sim.schedule(every, again, undefined, kind);
      };
      sim.schedule(Math.floor(phases.next() * every), again, undefined, kind);
    };
    for (const outbox of this.outboxes) repeat(exportEvery, exportKind, () => this.export(outbox));
    for (const instance of this.instances) repeat(scrapeEvery, scrapeKind, () => this.scrape(instance));
  }

  private scrape({ resource }: Instance): void {
    const count = this.options.seriesPerInstance;
    if (this.emitted.heard) this.emitted.emit({ kind: 'metrics', items: count });
    const samples = { resource, time: this.sim.now, count, bytes: count * SAMPLE_BYTES };
    this.options.scraper.send(samples, this.requests.next());
  }

  private export(outbox: Outbox): void {
    this.accrue(outbox);
    const { instance, held } = outbox;
    const { kind } = held;
    const count = held.beginExport();
    if (count === 0) return;
    const bytes = count * this.options.volumes[kind].bytes;
    const bundle = { resource: instance.resource, time: this.sim.now, count, bytes };
    spawn(this.sim, `${this.name} export`, this.send(held, { kind, items: [], bundles: [bundle], bytes }, count));
  }

  private *send(held: SdkOutbox<EmittedKind>, request: ExportRequest, items: number): Behaviour {
    const { kind, exporter } = held;
    try {
      const { rejected } = yield* exporter.export(request, this.requests.next());
      this.drop(kind, rejected, 'rejected');
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.drop(kind, items, error.failure);
    }
    held.exporting = 0;
  }

  /** What an instance has written down since comes to its outbox, as far as there is room. */
  private accrue(outbox: Outbox): void {
    const { held, accruedAt } = outbox;
    const { kind } = held;
    outbox.accruedAt = this.sim.now;
    const perSecond = (this.options.volumes[kind].perSecond * this.factor) / this.instances.length;
    const { written, dropped } = held.add(perSecond * toSeconds(this.sim.now - accruedAt));
    this.drop(kind, dropped, 'queue_full');
    if (written > 0 && this.emitted.heard) this.emitted.emit({ kind, items: written });
  }

  private drop(kind: EmittedKind, items: number, reason: string): void {
    if (items > 0 && this.dropped.heard) this.dropped.emit({ kind, items, reason });
  }

  private resourceOf(service: string, number: number): Resource {
    return { 'service.name': service, 'service.instance.id': `${service}-${number}-v${this.deploys + 1}` };
  }

  private emitting(): Intervention {
    return {
      help: 'Instances write down so many times as much from now on; 1 is as it was',
      arguments: [{ name: 'factor', help: 'times as much', min: 0.01, max: 100, default: 4 }],
      apply: ([factor]) => this.surge(factor),
    };
  }

  private deploying(): Intervention {
    return { help: 'Replaces every instance by one of another name', arguments: [], apply: () => this.deploy() };
  }
}
