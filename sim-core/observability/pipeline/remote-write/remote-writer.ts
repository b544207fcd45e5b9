/**
 * Remote write, as Prometheus and its agent do it: samples are written to a log on disk, from which they are read into the queues of
 * shards, and sent from there to a store elsewhere. A shard that is full holds up the reading for all. Nothing is given up because it
 * was tried for long: what is lost was not read when the log was truncated, two hours after it was written.
 *
 *     scrapes --> write-ahead log --> shard 1 … n --> store
 *
 * https://prometheus.io/docs/practices/remote_write/. The samples of a process go by one shard here, in turn; in Prometheus those of a
 * series do, by a hash. When the number of shards changes, the requests under way are finished, and what waits in the old shards is
 * handed to the new ones, where Prometheus sends it first.
 *
 * A crash loses what was not sent, though all of it is on disk: from its start on Prometheus sends what is newer than that
 * (`SetStartTime` in `tsdb/wlog/watcher.go`, https://github.com/prometheus/prometheus/issues/8809). What would have been scraped
 * meanwhile never was, and is counted as lost. What it knew of rates, by which it has its shards, is gone too.
 */
import { Fifo } from '../../../kernel/fifo.ts';
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { hours, ms, s, SECOND, type Duration, type Time } from '../../../kernel/time.ts';
import { BackgroundRequests } from '../../../network/background-requests.ts';
import { CallFailed, type Call, type CallFailure, type Endpoint } from '../../../network/call.ts';
import { register, type Component, type Intervention } from '../../../network/component.ts';
import type { Link } from '../../../network/link.ts';
import type { RequestContext } from '../../../network/request-context.ts';
import type { ExportRequest, ExportResponse, TelemetryBundle } from '../export-request.ts';
import { DesiredShards, SHARD_UPDATE, type ShardBounds } from './desired-shards.ts';
import {
  remoteWriteLoad,
  remoteWriteSignals,
  samplesLost,
  samplesRetried,
  samplesSent,
} from './remote-write-signals.ts';
import { Shard } from './shard.ts';

export interface RemoteWriterOptions extends ShardBounds {
  readonly name: string;
  /** The way to the store; its timeout is that of one attempt: 30 s is the default of `remote_timeout`. */
  readonly link: Link<ExportRequest, ExportResponse>;
  /** Samples that a shard holds. */
  readonly capacity: number;
  readonly maxSamplesPerSend: number;
  readonly batchSendDeadline: Duration;
  readonly minBackoff: Duration;
  readonly maxBackoff: Duration;
  /** Whether what is over a rate limit is sent again; Prometheus drops it unless it is told otherwise. */
  readonly retryOnRateLimit: boolean;
  /** How long the log keeps what is not read. */
  readonly walKept: Duration;
}

/** The defaults of `queue_config`. https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write */
export const REMOTE_WRITE = {
  minShards: 1,
  maxShards: 50,
  capacity: 10_000,
  maxSamplesPerSend: 2000,
  batchSendDeadline: s(5),
  minBackoff: ms(30),
  maxBackoff: s(5),
  retryOnRateLimit: false,
  walKept: hours(2),
};

export class RemoteWriter implements Endpoint<TelemetryBundle, undefined>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = remoteWriteSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RemoteWriterOptions;
  private readonly log = new Fifo<TelemetryBundle>();
  private desired: DesiredShards;
  private readonly requests: BackgroundRequests;
  /** The number of each process, by which it has its shard. */
  private readonly numbers = new Map<string, number>();
  private shards: Shard[] = [];
  /** How many shards there are to be, once nothing is under way. */
  private wanted: number | undefined = undefined;
  private newest: Time = 0;
  private highestSent: Time = 0;
  /** When the process began: what is older it does not send. */
  private startedAt: Time = 0;
  private lastAnswer: Time = 0;
  private downUntil: Time = 0;
  private readonly counts = { appended: 0, inLog: 0, inShards: 0, sending: 0, sent: 0, rejected: 0, lost: 0 };
  private readonly sentTold: FactChannel<Fact<typeof samplesSent>>;
  private readonly retriedTold: FactChannel<Fact<typeof samplesRetried>>;
  private readonly lostTold: FactChannel<Fact<typeof samplesLost>>;
  private readonly loadTold: FactChannel<Fact<typeof remoteWriteLoad>>;

  constructor(sim: Simulation, options: RemoteWriterOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = 'Keeps samples in a log on disk and sends them on from there, by as many shards as it takes';
    this.interventions = { crash: this.crashing() };
    this.desired = new DesiredShards(options);
    this.requests = new BackgroundRequests(sim);
    this.sentTold = sim.facts.channel(samplesSent);
    this.retriedTold = sim.facts.channel(samplesRetried);
    this.lostTold = sim.facts.channel(samplesLost);
    this.loadTold = sim.facts.channel(remoteWriteLoad);
    this.start(options.minShards);
    const kind = sim.eventKind(`${this.name} counts its shards`);
    const update = (): void => {
      this.update();
      sim.schedule(SHARD_UPDATE, update, undefined, kind);
    };
    sim.schedule(SHARD_UPDATE, update, undefined, kind);
    register(sim, this);
  }

  /** Samples that were appended and are neither sent nor lost. */
  get pending(): number {
    const { inLog, inShards, sending } = this.counts;
    return inLog + inShards + sending;
  }

  /** How far what was sent is behind what came, of what this process has to send. */
  get lag(): Duration {
    return Math.max(0, this.newest - Math.max(this.highestSent, this.startedAt));
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  get shardCount(): number {
    return this.shards.length;
  }

  get lost(): number {
    return this.counts.lost;
  }

  /** What was scraped has come. */
  receive(call: Call<TelemetryBundle, undefined>): void {
    if (!this.isUp) {
      this.counts.appended += call.query.count;
      this.lose(call.query.count, 'not_scraped');
      return call.refuse('unavailable');
    }
    this.append(call.query);
    call.reply(undefined);
  }

  /** The process dies, and is up again after `downtime` without what it had not sent; what was just being sent may have come. */
  crash(downtime: Duration): void {
    const { counts, options, pending } = this;
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const shard of this.shards) shard.kill();
    while (this.log.size > 0) this.log.take();
    [counts.inLog, counts.inShards, counts.sending] = [0, 0, 0];
    if (pending > 0) this.lose(pending, 'restart');
    this.startedAt = this.downUntil;
    this.desired = new DesiredShards(options);
    this.wanted = undefined;
    this.start(options.minShards);
    this.tell();
  }

  /** Samples were scraped. */
  append(bundle: TelemetryBundle): void {
    const { counts } = this;
    counts.appended += bundle.count;
    counts.inLog += bundle.count;
    this.newest = Math.max(this.newest, bundle.time);
    this.desired.received(bundle.count);
    this.log.add(bundle);
    this.truncate();
    this.read();
    this.tell();
  }

  state(): Readonly<Record<string, number | string>> {
    const { inLog, sent, lost } = this.counts;
    return { shards: this.shards.length, 'samples in the log': inLog, 'samples sent': sent, 'samples lost': lost };
  }

  violations(): readonly string[] {
    const { appended, sent, rejected, lost } = this.counts;
    if (appended === sent + rejected + lost + this.pending) return [];
    return [
      `${this.name}: of ${appended} samples ${sent} are sent, ${rejected} rejected, ${lost} lost, ${this.pending} pending`,
    ];
  }

  /** Reads from the log into the shards, in order, until one is full. */
  private read(): void {
    const { log, counts, options } = this;
    while (log.size > 0 && this.wanted === undefined) {
      const bundle = log.first!;
      const shard = this.shardOf(bundle);
      if (shard.samples > 0 && shard.samples + bundle.count > options.capacity) return;
      log.take();
      counts.inLog -= bundle.count;
      counts.inShards += bundle.count;
      shard.add(bundle);
    }
  }

  /** What is older than the log keeps, and was not read, is lost. */
  private truncate(): void {
    const { log, counts, options } = this;
    let samples = 0;
    while (log.size > 0 && log.first!.time < this.sim.now - options.walKept) samples += log.take().count;
    counts.inLog -= samples;
    if (samples > 0) this.lose(samples, 'wal_truncated');
  }

  private shardOf({ resource }: TelemetryBundle): Shard {
    const name = resource['service.instance.id'];
    let number = this.numbers.get(name);
    if (number === undefined) this.numbers.set(name, (number = this.numbers.size));
    return this.shards[number % this.shards.length];
  }

  private start(count: number): void {
    const { maxSamplesPerSend, batchSendDeadline } = this.options;
    const host = {
      maxSamplesPerSend,
      batchSendDeadline,
      send: (bundles: readonly TelemetryBundle[]) => this.send(bundles),
      hasRoom: () => this.goOn(),
    };
    this.shards = Array.from({ length: count }, () => new Shard(this.sim, host));
  }

  private *send(bundles: readonly TelemetryBundle[]): Behaviour {
    const { counts, options, sim } = this;
    const samples = bundles.reduce((sum, { count }) => sum + count, 0);
    const bytes = bundles.reduce((sum, bundle) => sum + bundle.bytes, 0);
    const query: ExportRequest = { kind: 'metrics', items: [], bundles, bytes };
    const began = sim.now;
    const request = this.requests.next();
    counts.inShards -= samples;
    counts.sending += samples;
    let backoff = options.minBackoff;
    for (;;) {
      const answer = yield* this.attempt(query, request);
      const isFinal =
        typeof answer !== 'string' || answer === 'error' || (answer === 'refused' && !options.retryOnRateLimit);
      if (isFinal) {
        counts.sending -= samples;
        if (typeof answer === 'string') this.lose(samples, answer === 'error' ? 'permanent_error' : 'rate_limited');
        else this.took(samples, answer.rejected, request.id);
        for (const { time } of bundles) this.highestSent = Math.max(this.highestSent, time);
        break;
      }
      yield backoff;
      backoff = Math.min(options.maxBackoff, 2 * backoff);
      if (this.retriedTold.heard) this.retriedTold.emit({ writer: this.name, request: request.id, samples });
    }
    this.desired.sent(samples, sim.now - began);
    this.lastAnswer = sim.now;
    this.tell();
  }

  private *attempt(query: ExportRequest, request: RequestContext): Behaviour<ExportResponse | CallFailure> {
    try {
      return yield* this.options.link.call(query, request);
    } catch (error) {
      if (error instanceof CallFailed) return error.failure;
      throw error;
    }
  }

  private took(samples: number, rejected: number, request: number): void {
    this.counts.sent += samples - rejected;
    this.counts.rejected += rejected;
    if (this.sentTold.heard) this.sentTold.emit({ writer: this.name, request, samples, rejected });
  }

  private lose(samples: number, reason: string): void {
    this.counts.lost += samples;
    if (this.lostTold.heard) this.lostTold.emit({ writer: this.name, samples, reason });
  }

  /** A shard is done with a request. */
  private goOn(): void {
    if (this.wanted === undefined) this.read();
    else if (this.shards.every(({ isSending }) => !isSending)) this.reshard(this.wanted);
    this.tell();
  }

  /** Nothing is resharded while nothing is answered. */
  private update(): void {
    const { shards, sim, options } = this;
    if (!this.isUp) return;
    const next = this.desired.tick(shards.length, this.lag);
    this.tell();
    if (next === shards.length || sim.now - this.lastAnswer > 2 * options.batchSendDeadline) return;
    this.wanted = next;
    for (const shard of shards) shard.isStopping = true;
    this.goOn();
  }

  private reshard(count: number): void {
    const waiting = this.shards.flatMap((shard) => shard.empty());
    this.start(count);
    this.wanted = undefined;
    for (const bundle of waiting) this.shardOf(bundle).add(bundle);
    this.read();
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the process, which loses what was not sent; it scrapes and sends again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 300 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }

  private tell(): void {
    if (!this.loadTold.heard) return;
    const { name: writer, shards, desired, pending, lag } = this;
    this.loadTold.emit({ writer, shards: shards.length, desired: desired.desired, pending, lag });
  }
}
