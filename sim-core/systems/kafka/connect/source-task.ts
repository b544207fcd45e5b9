/**
 * A task of a source connector (WorkerSourceTask of apache/kafka, with a connector like JDBC's in incrementing mode): reads the rows
 * that a table has got, writes each to a topic, and every flush interval writes to a topic of offsets how far the log has them.
 *
 * At least once: one that dies begins where the offsets say, and what it had written since is written again. It goes on when all rows
 * of a round are acknowledged; a real task reads on meanwhile. A task whose schema the registry refuses fails, and does nothing more
 * until it is restarted.
 *
 * One that is given another schema stops in order: it ends its round and flushes its offset (finalOffsetCommit), so that it writes
 * nothing twice. While brokers do not answer it waits for that; a real one is cancelled after `task.shutdown.graceful.timeout.ms`, which
 * is not modelled, and neither are exactly-once sources (KIP-618).
 */
import type { Distribution } from '../../../kernel/distributions/distribution.ts';
import type { EventHandle } from '../../../kernel/event-table.ts';
import { defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../../kernel/process.ts';
import { Completion } from '../../../kernel/signal.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { sleep } from '../../../kernel/combine.ts';
import { SECOND, type Duration, type Time } from '../../../kernel/time.ts';
import type { RecordFields } from '../../../messaging/streams/stream-record.ts';
import { BackgroundRequests } from '../../../network/background-requests.ts';
import { CallFailed } from '../../../network/call.ts';
import { register, type Component, type Intervention } from '../../../network/component.ts';
import { Link } from '../../../network/link.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import type { StoredRow, Table, TableCommand } from '../../../storage/table.ts';
import type { SchemaRegistry } from '../../schema-registry/schema-registry.ts';
import type { Cluster } from '../cluster.ts';
import type { BrokerQuery, BrokerReply } from '../messages.ts';
import { MetadataClient } from '../metadata-client.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { Producer } from '../producer.ts';
import { ChangelogReader } from '../streams/changelog-reader.ts';
import type { ValuedRecord } from '../valued-record.ts';
import { Writer } from '../transactions/writer.ts';
import { AvroConverter } from './avro-converter.ts';

export interface SourceTaskOptions {
  readonly name: string;
  readonly cluster: Cluster;
  readonly table: Table;
  readonly registry: SchemaRegistry;
  /** Writes to the topic and to that of offsets. */
  readonly producer: Producer;
  readonly link: (from: string) => Link<ProducerQuery, void>;
  readonly subject: string;
  /** Versions of the schema, in JSON, of what it writes: it begins with the first, others can be deployed. */
  readonly schemas: readonly unknown[];
  /** Where a row goes, and by which key. */
  readonly partitionOf: (key: number) => string;
  readonly keyColumn: string;
  readonly timeColumn: string;
  /** The request that a row comes of. */
  readonly requestColumn: string;
  /** `offset.storage.topic`: the partition that keeps its offset. */
  readonly offsets: string;
  /** `offset.flush.interval.ms`. */
  readonly flushInterval: Duration;
  readonly pollInterval: Duration;
  readonly batchRows: number;
  readonly requestTimeout: Duration;
  readonly retryBackoff: Duration;
  readonly delay: Distribution;
}

const OFFSET_BYTES = 60;

/** A task failed for good, or was restarted. */
export const connectTaskFailed = defineReading('kafka.connect.task', 'Whether a connector’s task has failed changed', {
  task: 'text',
  isFailed: 'flag',
});

export const connectSignals = [
  defineSignal({
    name: 'kafka.connect.tasks.failed',
    kind: 'gauge',
    unit: '{task}',
    help: 'Tasks of connectors that have failed: they do nothing until somebody restarts them',
    fact: connectTaskFailed,
    value: (fact: Fact<typeof connectTaskFailed>) => Number(fact.isFailed),
    of: (fact: Fact<typeof connectTaskFailed>) => fact.task,
  }),
];

export class SourceTask implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = connectSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: SourceTaskOptions;
  private readonly requests: BackgroundRequests;
  private readonly links = new Map<string, Link<BrokerQuery, BrokerReply>>();
  private readonly table: Link<TableCommand, readonly StoredRow[]>;
  private readonly converter: AvroConverter;
  private readonly writer: Writer;
  private readonly reader: ChangelogReader;
  private readonly restartKind: number;
  private readonly failures: FactChannel<Fact<typeof connectTaskFailed>>;
  private schema: unknown;
  private failure: string | undefined = undefined;
  private process: Process | undefined = undefined;
  private upAt: Time = 0;
  private restart: EventHandle = -1;
  /** It has another schema than the one that it began with. */
  private isReconfigured = false;
  private offset = 0;
  private lastFlush: Time = 0;

  constructor(sim: Simulation, options: SourceTaskOptions) {
    const { name, cluster, table, registry, producer, delay, requestTimeout, retryBackoff, schemas } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `Writes the rows of ${table.name} to a topic, and how far it is to another`;
    this.requests = new BackgroundRequests(sim);
    this.interventions = {
      kill: {
        help: 'Kills the task; it is up again after so many seconds',
        arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 10 }],
        apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
      },
      deploy: {
        help: `Stops the task in order and restarts it with another version of its schema; there are ${schemas.length}. One that is down comes up with it`,
        arguments: [{ name: 'version', help: 'from 1 on', min: 1, max: schemas.length, default: schemas.length }],
        apply: ([version]) => this.deploy(Math.round(version)),
      },
    };
    register(sim, this);
    cluster.attach({ name, attach: (link) => this.links.set(link.to, link) }, delay, requestTimeout);
    const metadata = new MetadataClient(
      sim,
      name,
      { metadata: cluster.metadata, retryBackoff },
      this.requests,
      () => {},
    );
    for (const link of this.links.values()) metadata.attach(link);
    this.table = new Link(sim, table, { from: name, delay });
    this.converter = new AvroConverter(sim, registry, name, delay);
    this.writer = new Writer(sim, producer, options.link(name));
    const restoring = {
      isolation: 'uncommitted',
      fetchWaitMax: 0,
      fetchBytesMax: 1_048_576,
      retryBackoff,
      restoreTime: 0,
    } as const;
    const { links, requests } = this;
    this.reader = new ChangelogReader(sim, name, restoring, { links, metadata, requests });
    [this.schema] = schemas;
    this.failures = sim.facts.channel(connectTaskFailed);
    this.restartKind = sim.eventKind(`${name} is up again`);
  }

  start(): void {
    this.restart = -1;
    this.process = spawn(this.sim, this.name, this.live());
  }

  /** Dies, and is up again after so long; killed again meanwhile, at the later end. */
  kill(downtime: Duration): void {
    this.process?.cancel();
    this.process = undefined;
    this.writer.end();
    this.reader.end();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.upAt = Math.max(this.upAt, this.sim.now + downtime);
    this.restart = this.sim.scheduleAt(this.upAt, () => this.start(), undefined, this.restartKind);
  }

  /** Restarts in order with a version of the schema, counted from 1; one that is down comes up with it when it would anyway. */
  deploy(version: number): void {
    this.schema = this.options.schemas[version - 1];
    if (this.process === undefined) return;
    if (this.process.ended) this.start();
    else this.isReconfigured = true;
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { 'rows written': this.offset };
    if (this.failure !== undefined) return { ...state, failed: this.failure };
    return this.process === undefined ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [];
  }

  private *live(): Behaviour {
    do {
      this.isReconfigured = false;
      this.fail(undefined);
      yield* this.run();
    } while (this.isReconfigured);
  }

  private *run(): Behaviour {
    const { batchRows, pollInterval, flushInterval } = this.options;
    const id = yield* this.schemaId();
    if (id === undefined) return;
    this.offset = yield* this.readOffset();
    this.lastFlush = this.sim.now;
    while (!this.isReconfigured) {
      const request = this.requests.next();
      const rows = yield* this.table.call({ command: 'after', identity: this.offset, count: batchRows }, request);
      if (rows.length > 0 && (yield* this.write(id, rows))) this.offset = rows[rows.length - 1].identity;
      if (this.sim.now - this.lastFlush >= flushInterval) yield* this.flushOffset();
      if (rows.length < batchRows) yield* sleep(this.sim, pollInterval);
    }
    yield* this.flushOffset();
  }

  private fail(failure: string | undefined): void {
    this.failure = failure;
    if (this.failures.heard) this.failures.emit({ task: this.name, isFailed: failure !== undefined });
  }

  /** A registry that does not answer is asked again; undefined if it refuses the schema. */
  private *schemaId(): Behaviour<number | undefined> {
    const { subject, retryBackoff } = this.options;
    for (;;) {
      try {
        const registration = yield* this.converter.register(subject, this.schema, this.requests.next());
        if (registration.outcome === 'registered') return registration.id;
        this.fail(`${subject} is refused: ${registration.reasons.join('; ')}`);
        return undefined;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        yield* sleep(this.sim, retryBackoff);
      }
    }
  }

  private *readOffset(): Behaviour<number> {
    const done = new Completion<void>(this.sim);
    let offset = 0;
    const into = {
      apply: ({ value }: ValuedRecord): void => {
        offset = value as number;
      },
      clear: (): void => {
        offset = 0;
      },
    };
    this.reader.restore(this.options.offsets, 0, into, () => done.complete());
    yield* done.wait();
    return offset;
  }

  /** Whether all of them are in the log. */
  private *write(id: number, rows: readonly StoredRow[]): Behaviour<boolean> {
    const { partitionOf, keyColumn, timeColumn, requestColumn } = this.options;
    this.writer.begin();
    for (const { row } of rows) {
      const key = row[keyColumn] as number;
      const value = this.converter.fromData(id, row as RecordFields);
      const record = {
        key,
        value,
        timestamp: row[timeColumn] as number,
        bytes: value.length,
        partition: partitionOf(key),
      };
      this.writer.send(record, row[requestColumn] as number);
    }
    return yield* this.acknowledged();
  }

  private *flushOffset(): Behaviour {
    const { offsets: partition, name: key } = this.options;
    this.lastFlush = this.sim.now;
    this.writer.begin();
    const record = { key, value: this.offset, timestamp: this.sim.now, bytes: OFFSET_BYTES, partition };
    this.writer.send(record, this.requests.next().id);
    yield* this.acknowledged();
  }

  private *acknowledged(): Behaviour<boolean> {
    const done = new Completion<boolean>(this.sim);
    this.writer.settle((isGood) => done.complete(isGood));
    return yield* done.wait();
  }
}
