/**
 * An archive of telemetry: metrics in resolutions and logs in places, what keeping them costs, and how long it takes to answer a
 * question from what is kept. One series is kept in full and stands for all: they take the same room, and a question reads so many
 * of them.
 *
 * Once a day it makes coarser resolutions, and deletes what is over. Does not model compression that gets worse with fewer samples,
 * indexes, nor replicas.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import { keepsFor } from '../signals/retention.ts';
import { archiveKept, archiveRestored, archiveSignals } from './archive-signals.ts';
import { DAY, LogArchive, type LogArchiveOptions } from './log-archive.ts';
import { MetricArchive, type MetricAnswer, type MetricArchiveOptions } from './metric-archive.ts';

/** What is written at once: samples of the series, in order, and bytes of logs. */
export interface ArchiveWrite {
  /** Up to when it was written down. */
  readonly until: Time;
  readonly samples: Float64Array;
  readonly logBytes: number;
}

export type ArchiveQuestion =
  | {
      readonly about: 'maximum' | 'mean' | 'p99';
      readonly from: Time;
      readonly to: Time;
      /** How fine it has to be told. */
      readonly width: Duration;
    }
  | { readonly about: 'log line'; readonly at: Time };

export interface ArchiveAnswer {
  /** Nothing where nothing is kept that it could be told from; of a log line 1. */
  readonly value: number | undefined;
  /** How finely it is known when that was. */
  readonly width: Duration;
}

export interface TelemetryArchiveOptions {
  readonly name: string;
  readonly metrics: MetricArchiveOptions;
  /** Series that there are, and that a question reads. */
  readonly series: number;
  readonly seriesRead: number;
  /** Size of a number that is kept. */
  readonly numberBytes: number;
  /** Numbers, and bytes of logs, that are read in a second. */
  readonly numbersRead: number;
  readonly logsRead: number;
  readonly logs: LogArchiveOptions;
  /** How long a restore takes. */
  readonly restore: Distribution;
  /** For a gigabyte and a month of 30 days, on disk and in the archive. */
  readonly prices: { readonly disk: number; readonly cold: number };
}

const GIGABYTE = 1e9;

export class TelemetryArchive implements Endpoint<ArchiveWrite, undefined>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help = 'Keeps metrics in several resolutions and logs in several places, each for so long';
  readonly signals = archiveSignals;
  readonly interventions = {};
  /** Where questions are sent. */
  readonly questions: Endpoint<ArchiveQuestion, ArchiveAnswer>;
  private readonly sim: Simulation;
  private readonly options: TelemetryArchiveOptions;
  private readonly metrics: MetricArchive;
  private readonly logs: LogArchive;
  private readonly restores: KeyedStream;
  private readonly keptTold: FactChannel<Fact<typeof archiveKept>>;
  private readonly restoredTold: FactChannel<Fact<typeof archiveRestored>>;
  private readonly answerKind: number;

  constructor(sim: Simulation, options: TelemetryArchiveOptions) {
    const { name } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.metrics = new MetricArchive(options.metrics);
    this.logs = new LogArchive(options.logs);
    this.restores = sim.keyedRandom(`${name}/restores`);
    this.keptTold = sim.facts.channel(archiveKept);
    this.restoredTold = sim.facts.channel(archiveRestored);
    this.answerKind = sim.eventKind(`${name} has an answer`);
    this.questions = { name, receive: (call) => this.answer(call) };
    const kind = sim.eventKind(`${name} compacts`);
    const compact = (): void => {
      this.metrics.compact(sim.now);
      this.tell();
      sim.schedule(DAY, compact, undefined, kind);
    };
    sim.schedule(DAY, compact, undefined, kind);
    register(sim, this);
  }

  receive(call: Call<ArchiveWrite, undefined>): void {
    const { until, samples, logBytes } = call.query;
    for (let i = 0; i < samples.length; i++) this.metrics.record(samples[i]);
    this.logs.write(logBytes, until - 1);
    call.reply(undefined);
  }

  state(): Readonly<Record<string, number | string>> {
    const { now } = this.sim;
    const { logs, metrics } = this.options;
    return {
      'gigabytes of metrics': this.metricBytes / GIGABYTE,
      'gigabytes of logs': this.logs.in('hot', now) / GIGABYTE,
      'gigabytes of logs in the archive': this.logs.in('cold', now) / GIGABYTE,
      ...keepsFor(Math.max(logs.kept, ...metrics.tiers.map(({ kept }) => kept))),
    };
  }

  violations(): readonly string[] {
    return [];
  }

  private get metricBytes(): number {
    const { series, numberBytes } = this.options;
    return this.metrics.numbers * series * numberBytes;
  }

  private answer(call: Call<ArchiveQuestion, ArchiveAnswer>): void {
    const { query } = call;
    const { value, width, took } = query.about === 'log line' ? this.readLogs(query.at, call) : this.readMetrics(query);
    this.sim.schedule(took, () => call.reply({ value, width }), undefined, this.answerKind);
  }

  private readMetrics(question: Exclude<ArchiveQuestion, { about: 'log line' }>): ArchiveAnswer & { took: Duration } {
    const { from, to, width, about } = question;
    const { seriesRead, numbersRead } = this.options;
    const answers: Record<typeof about, () => MetricAnswer | undefined> = {
      maximum: () => this.metrics.maximum(from, to, width),
      mean: () => this.metrics.mean(from, to, width),
      p99: () => this.metrics.quantile(0.99, from, to, width),
    };
    const answer = answers[about]();
    if (answer === undefined) return { value: undefined, width, took: 0 };
    const took = Math.round(((answer.read * seriesRead) / numbersRead) * SECOND);
    return { value: answer.value, width: answer.width, took };
  }

  private readLogs(at: Time, call: Call<ArchiveQuestion, ArchiveAnswer>): ArchiveAnswer & { took: Duration } {
    const place = this.logs.placeOf(at, this.sim.now);
    if (place === 'gone') return { value: undefined, width: DAY, took: 0 };
    const bytes = this.logs.bytesOf(at);
    const read = Math.round((bytes / this.options.logsRead) * SECOND);
    if (place === 'hot') return { value: 1, width: 1, took: read };
    const restored = Math.round(this.options.restore.sample(this.restores.of(call.request.nextWorkKey())));
    const { restoredTold } = this;
    if (restoredTold.heard) restoredTold.emit({ request: call.request.id, bytes, duration: restored });
    return { value: 1, width: 1, took: restored + read };
  }

  private tell(): void {
    if (!this.keptTold.heard) return;
    const { now } = this.sim;
    const { disk, cold } = this.options.prices;
    const tell = (place: string, bytes: number, price: number): void =>
      this.keptTold.emit({ place, bytes, cost: (bytes / GIGABYTE) * price });
    tell('metrics', this.metricBytes, disk);
    tell('hot', this.logs.in('hot', now), disk);
    tell('cold', this.logs.in('cold', now), cold);
  }
}
