/**
 * A store of logs in the way of Grafana Loki: lines stand in streams, one for each set of labels, and a stream is cut into chunks.
 * Labels and the times of chunks are all that is indexed. A query reads every chunk of the streams that it names in the time
 * that it names, whole, and looks at each line, whether it looks for a word or for a trace's id
 * (https://grafana.com/docs/loki/latest/get-started/architecture/, https://grafana.com/docs/loki/latest/query/bp-query/). So a label
 * that tells many apart makes many streams of one small chunk each, and none makes every query read all.
 *
 * It keeps each line, for scenarios that ask what a line says; `pipeline/backends/log-streams.ts` keeps but volumes, for those that ask what
 * much of it costs to keep for long and to read.
 *
 * With a retention it deletes what is older, as Loki's compactor does: chunks as wholes, once their newest line is too old
 * (https://grafana.com/docs/loki/latest/operations/storage/retention/). A chunk takes lines until it is full, or until its first line is
 * as old as a chunk may be. Without one it keeps whatever it takes. Leaves out compression, replicas, the cache of queries, Loki's bloom filters, that a chunk
 * which is taken out of the index stays in storage for `retention_delete_delay`, two hours there (it is gone at once here), and that it
 * takes two lines of one time and one text for one.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { utf8Length } from '../../messaging/schema/utf8.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import { arrivalsOf, type Arrived } from '../pipeline/arrivals.ts';
import type { ExportRequest, ExportResponse } from '../pipeline/export-request.ts';
import type { Labels } from '../signals/labels.ts';
import { keepsFor } from '../signals/retention.ts';
import type { LogRecord } from '../signals/telemetry.ts';
import { logsKept, logStored, logStoreSignals } from './log-facts.ts';
import { findPii } from './pii/detectors.ts';

export interface LogStoreOptions {
  readonly name: string;
  /** What a record is stored under. */
  readonly labels: (record: LogRecord) => Labels;
  /** The line that is stored. */
  readonly lineOf: (record: LogRecord) => string;
  /** A chunk is closed when it has so many bytes: Loki's `chunk_target_size`, 1.5 MB there. */
  readonly chunkBytes: number;
  /** Bytes that a query looks through in a second. */
  readonly scanRate: number;
  /** For ever without it. */
  readonly retention?: LogRetention;
}

export interface LogRetention {
  /** How old a chunk's newest line is, at least, when the chunk is deleted. */
  readonly period: Duration;
  /** How long a chunk takes lines from its first one on: Loki's `max_chunk_age`, two hours there. */
  readonly chunkAge: Duration;
  /** From one look at what is too old to the next: Loki's `compaction_interval`, ten minutes there. */
  readonly sweepEvery: Duration;
}

export interface LogQuery {
  /** Streams that have these labels; all without any. */
  readonly labels: Labels;
  readonly from: Time;
  readonly to: Time;
  /** Whether a record is looked for. */
  readonly matches: (record: LogRecord) => boolean;
}

export interface LogAnswer {
  /** In the order of their times. */
  readonly records: readonly LogRecord[];
  readonly bytesScanned: number;
  readonly duration: Duration;
}

interface Chunk {
  readonly records: LogRecord[];
  bytes: number;
  from: Time;
  to: Time;
}

interface Stream {
  readonly labels: Labels;
  readonly chunks: Chunk[];
}

/** In its state: lines in which the detectors find something in the body or in an attribute. */
export const PERSONAL_DATA = 'lines that look like personal data';

const looksPersonal = ({ body, attributes }: LogRecord): boolean =>
  [body, ...Object.values(attributes)].some((value) => typeof value === 'string' && findPii(value).length > 0);

export class LogStore implements Endpoint<ExportRequest<'logs'>, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help = 'Keeps lines of logs in chunks, found by their labels and times alone';
  readonly signals = logStoreSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: LogStoreOptions;
  private readonly streams = new Map<string, Stream>();
  private readonly told: FactChannel<Fact<typeof logStored>>;
  private readonly arrived: Arrived<'logs'> | undefined;
  private readonly listeners: ((record: LogRecord) => void)[] = [];
  private readonly kept: FactChannel<Fact<typeof logsKept>>;
  private stored = { lines: 0, bytes: 0 };
  private deleted = { lines: 0, bytes: 0 };
  private personal = 0;

  constructor(sim: Simulation, options: LogStoreOptions) {
    const { name, chunkBytes, scanRate } = options;
    if (!(chunkBytes > 0)) throw new RangeError(`${name}: chunkBytes is ${chunkBytes}; it must be above 0`);
    if (!(scanRate > 0)) throw new RangeError(`${name}: scanRate is ${scanRate}; it must be above 0`);
    for (const [field, time] of Object.entries(options.retention ?? {})) {
      if (!(time > 0)) throw new RangeError(`${name}: retention.${field} is ${time} ns; it must be above 0`);
    }
    this.sim = sim;
    this.name = name;
    this.options = options;
    this.told = sim.facts.channel(logStored);
    this.arrived = arrivalsOf(sim, 'logs');
    this.kept = sim.facts.channel(logsKept);
    register(sim, this);
    if (options.retention !== undefined) this.sweepLater(options.retention, sim.eventKind(`${name} deletes chunks`));
  }

  receive(call: Call<ExportRequest<'logs'>, ExportResponse>): void {
    for (const record of call.query.items) this.store(record);
    this.arrived?.(call.query.items);
    this.tellKept();
    call.reply({ rejected: 0 });
  }

  /** For experimenters: calls back with each record that is stored. */
  onStored(listener: (record: LogRecord) => void): void {
    this.listeners.push(listener);
  }

  query({ labels, from, to, matches }: LogQuery): LogAnswer {
    const wanted = Object.entries(labels);
    const records: LogRecord[] = [];
    let bytesScanned = 0;
    for (const stream of this.streams.values()) {
      if (!wanted.every(([name, value]) => stream.labels[name] === value)) continue;
      for (const chunk of stream.chunks) {
        if (chunk.to < from || chunk.from > to) continue;
        bytesScanned += chunk.bytes;
        for (const record of chunk.records) {
          if (record.time >= from && record.time <= to && matches(record)) records.push(record);
        }
      }
    }
    records.sort((a, b) => a.time - b.time);
    return { records, bytesScanned, duration: Math.round((bytesScanned / this.options.scanRate) * SECOND) };
  }

  /** The line that is stored of a record. */
  lineOf(record: LogRecord): string {
    return this.options.lineOf(record);
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      ...this.stored,
      streams: this.streams.size,
      chunks: this.chunks.length,
      [PERSONAL_DATA]: this.personal,
      ...(this.options.retention !== undefined && { 'lines deleted': this.deleted.lines }),
      ...keepsFor(this.options.retention?.period),
    };
  }

  violations(): readonly string[] {
    const { chunks } = this;
    const lines = chunks.reduce((sum, { records }) => sum + records.length, 0);
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    const { stored, deleted } = this;
    if (lines === stored.lines - deleted.lines && bytes === stored.bytes - deleted.bytes) return [];
    return [`${this.name}: took in ${stored.lines} lines, deleted ${deleted.lines} and has ${lines}`];
  }

  private get chunks(): readonly Chunk[] {
    return [...this.streams.values()].flatMap((stream) => stream.chunks);
  }

  private sweepLater(retention: LogRetention, kind: number): void {
    const sweep = (): void => {
      this.deleteBefore(this.sim.now - retention.period);
      this.sim.schedule(retention.sweepEvery, sweep, undefined, kind);
    };
    this.sim.schedule(retention.sweepEvery, sweep, undefined, kind);
  }

  private deleteBefore(time: Time): void {
    for (const { chunks } of this.streams.values()) {
      for (let i = chunks.length - 1; i >= 0; i--) {
        if (chunks[i].to >= time) continue;
        this.deleted.lines += chunks[i].records.length;
        this.deleted.bytes += chunks[i].bytes;
        chunks.splice(i, 1);
      }
    }
    this.tellKept();
  }

  private tellKept(): void {
    if (this.kept.heard) this.kept.emit({ store: this.name, bytes: this.stored.bytes - this.deleted.bytes });
  }

  private isClosed({ bytes, from }: Chunk, time: Time): boolean {
    const { chunkBytes, retention } = this.options;
    return bytes >= chunkBytes || (retention !== undefined && time >= from + retention.chunkAge);
  }

  private store(record: LogRecord): void {
    const bytes = utf8Length(this.options.lineOf(record)) + 1;
    const { chunks } = this.streamOf(this.options.labels(record));
    let chunk: Chunk | undefined = chunks[chunks.length - 1];
    if (chunk === undefined || this.isClosed(chunk, record.time)) {
      chunk = { records: [], bytes: 0, from: record.time, to: record.time };
      chunks.push(chunk);
    }
    chunk.records.push(record);
    chunk.bytes += bytes;
    chunk.from = Math.min(chunk.from, record.time);
    chunk.to = Math.max(chunk.to, record.time);
    this.stored.lines++;
    if (looksPersonal(record)) this.personal++;
    this.stored.bytes += bytes;
    if (this.told.heard) this.told.emit({ severity: record.severity, bytes });
    for (const listener of this.listeners) listener(record);
  }

  private streamOf(labels: Labels): Stream {
    const key = JSON.stringify(labels);
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = { labels, chunks: [] };
      this.streams.set(key, stream);
    }
    return stream;
  }
}
