/**
 * The consumer of orders: reads the topic in batches, asks the registry for schemas that it does not know, decodes each record by
 * the version that is deployed to it, and goes on. A record that it cannot decode it sets aside, as an error handler with a dead
 * letter topic does; without one it would stop there. The experimenter compares what it read with what was meant.
 */
import {
  BackgroundRequests,
  CallFailed,
  DecodeFailed,
  Link,
  register,
  RegistryClient,
  sleep,
  spawn,
  unframed,
  type Behaviour,
  type Component,
  type Duration,
  type Fact,
  type FactChannel,
  type Schema,
  type SchemaRegistry,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Format } from './formats/format.ts';
import type { Side } from './producer.ts';
import { orderConsumed } from './tally.ts';
import type { Topic, TopicCommand, TopicRecord } from './topic.ts';
import { misreadField, type Version } from './versions.ts';

const BATCH = 500;

export interface OrderConsumerOptions {
  readonly topic: Topic;
  readonly registry: SchemaRegistry;
  readonly format: Format;
  readonly first: Version;
  readonly pollEvery: Duration;
}

export class OrderConsumer implements Component, Side {
  readonly name = 'billing';
  readonly kind = 'consumer';
  readonly help = 'Reads orders by its version of the schema; sets aside what it cannot decode';
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: OrderConsumerOptions;
  private readonly requests: BackgroundRequests;
  private readonly consumed: FactChannel<Fact<typeof orderConsumed>>;
  private readonly topic: Link<TopicCommand, readonly TopicRecord[]>;
  private readonly client: RegistryClient;
  private readonly counts = { read: 0, failed: 0, misread: 0 };
  private deployed: Version;
  private offset = 0;
  private lastReason = '';

  constructor(sim: Simulation, options: OrderConsumerOptions) {
    this.sim = sim;
    this.options = options;
    this.deployed = options.first;
    this.requests = new BackgroundRequests(sim);
    this.consumed = sim.facts.channel(orderConsumed);
    register(sim, this);
    this.topic = new Link(sim, options.topic, { from: this.name, delay: nearby });
    this.client = new RegistryClient(sim, options.registry, this.name, nearby);
    spawn(sim, this.name, this.live());
  }

  get version(): Version {
    return this.deployed;
  }

  deploy(version: Version): void {
    this.deployed = version;
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { offset: this.offset, ...this.counts };
    return this.lastReason === '' ? state : { ...state, 'last error': this.lastReason };
  }

  violations(): readonly string[] {
    const { read, failed, misread } = this.counts;
    const sum = read + failed + misread;
    return sum === this.offset ? [] : [`${this.name}: ${this.offset} records taken, ${sum} counted`];
  }

  private *live(): Behaviour {
    for (;;) {
      yield* sleep(this.sim, this.options.pollEvery);
      const request = this.requests.next();
      const records = yield* this.topic.call({ command: 'read', from: this.offset, count: BATCH }, request);
      for (const record of records) yield* this.take(record);
    }
  }

  private *take(record: TopicRecord): Behaviour {
    const { bytes } = record;
    const { id, body } = unframed(bytes, this.options.format(this.deployed).schema.format === 'protobuf');
    let schema = this.client.cached(id);
    while (schema === undefined) schema = yield* this.ask(id);
    const { outcome, reason } = this.read(record, body, schema);
    this.counts[outcome]++;
    this.offset++;
    if (reason !== '') this.lastReason = reason;
    const age = this.sim.now - record.appended;
    if (this.consumed.heard) {
      this.consumed.emit({ request: record.request, outcome, reason, bytes: bytes.length, age });
    }
  }

  /** A registry that does not answer is asked again: nothing is read past a record whose schema is not known. */
  private *ask(id: number): Behaviour<Schema | undefined> {
    try {
      return yield* this.client.schemaOf(id, this.requests.next());
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      yield* sleep(this.sim, this.options.pollEvery);
      return undefined;
    }
  }

  private read(
    { meant }: TopicRecord,
    body: Uint8Array,
    schema: Schema,
  ): { outcome: 'read' | 'failed' | 'misread'; reason: string } {
    const { format } = this.options;
    try {
      const values = format(this.deployed).decode(body, schema);
      const wrong = misreadField(this.deployed, meant.version, meant.order, values);
      if (wrong === undefined) return { outcome: 'read', reason: '' };
      return { outcome: 'misread', reason: `${wrong} was read as ${JSON.stringify(values[wrong] ?? null)}` };
    } catch (error) {
      if (!(error instanceof DecodeFailed)) throw error;
      return { outcome: 'failed', reason: error.message };
    }
  }
}
