/**
 * An application that reads orders: what its consumers poll it decodes by the version that is deployed to it. It asks the registry
 * for schemas that it does not know, and nothing is read past a record whose schema is not known. A record that it cannot decode
 * it sets aside, as an error handler with a dead letter topic does; without one it would stop there. The experimenter compares
 * what it read with what was meant.
 */
import {
  BackgroundRequests,
  CallFailed,
  DecodeFailed,
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
  type KafkaConsumerGroupOptions,
  type Schema,
  type SchemaRegistry,
  type Simulation,
  type ValuedRecord,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Format } from './formats/format.ts';
import type { Meanings } from './meanings.ts';
import type { Side } from './producer.ts';
import { orderConsumed } from './tally.ts';
import { misreadField, type Version } from './versions.ts';

export interface OrderReaderOptions {
  readonly name: string;
  readonly help: string;
  readonly registry: SchemaRegistry;
  readonly format: Format;
  readonly first: Version;
  readonly meanings: Meanings;
  /** Before a registry is asked again that did not answer. */
  readonly retryBackoff: Duration;
}

type Outcome = 'read' | 'failed' | 'misread';
type Act = NonNullable<ReturnType<NonNullable<KafkaConsumerGroupOptions['actOf']>>>;

export class OrderReader implements Component, Side {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: OrderReaderOptions;
  private readonly requests: BackgroundRequests;
  private readonly consumed: FactChannel<Fact<typeof orderConsumed>>;
  private readonly client: RegistryClient;
  private readonly counts: Record<Outcome, number> = { read: 0, failed: 0, misread: 0 };
  /** Records that were given to it; those that wait for their schema; those whose consumer died meanwhile. */
  private taken = 0;
  private waiting = 0;
  private abandoned = 0;
  private deployed: Version;
  private lastReason = '';

  constructor(sim: Simulation, options: OrderReaderOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.deployed = options.first;
    this.requests = new BackgroundRequests(sim);
    this.consumed = sim.facts.channel(orderConsumed);
    register(sim, this);
    this.client = new RegistryClient(sim, options.registry, this.name, nearby);
  }

  get version(): Version {
    return this.deployed;
  }

  deploy(version: Version): void {
    this.deployed = version;
  }

  /** What its consumers do with a record. */
  readonly act: Act = ({ record }, done, isAlive) => {
    this.taken++;
    const { request, value, sentAt } = record as ValuedRecord;
    const bytes = value as Uint8Array;
    const { id, body } = unframed(bytes, this.options.format(this.deployed).schema.format === 'protobuf');
    const take = (schema: Schema): void => {
      const { outcome, reason } = this.read(request, body, schema);
      this.counts[outcome]++;
      if (reason !== '') this.lastReason = reason;
      const age = this.sim.now - sentAt;
      if (this.consumed.heard) {
        this.consumed.emit({ request, reader: this.name, outcome, reason, bytes: bytes.length, age });
      }
      done();
    };
    const schema = this.client.cached(id);
    if (schema !== undefined) return take(schema);
    this.waiting++;
    spawn(this.sim, `${this.name} asks for a schema`, this.ask(id, take, isAlive));
  };

  state(): Readonly<Record<string, number | string>> {
    const state = { ...this.counts };
    return this.lastReason === '' ? state : { ...state, 'last error': this.lastReason };
  }

  violations(): readonly string[] {
    const { read, failed, misread } = this.counts;
    const known = read + failed + misread + this.waiting + this.abandoned;
    return known === this.taken
      ? []
      : [`${this.name}: ${this.taken} records taken, of ${known} it is known what became`];
  }

  private *ask(id: number, take: (schema: Schema) => void, isAlive: () => boolean): Behaviour {
    while (isAlive()) {
      try {
        const schema = yield* this.client.schemaOf(id, this.requests.next());
        if (!isAlive()) break;
        this.waiting--;
        take(schema);
        return;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        yield* sleep(this.sim, this.options.retryBackoff);
      }
    }
    this.waiting--;
    this.abandoned++;
  }

  private read(request: number, body: Uint8Array, schema: Schema): { outcome: Outcome; reason: string } {
    const { format, meanings } = this.options;
    const { order, version } = meanings.of(request);
    try {
      const values = format(this.deployed).decode(body, schema);
      const wrong = misreadField(this.deployed, version, order, values);
      if (wrong === undefined) return { outcome: 'read', reason: '' };
      return { outcome: 'misread', reason: `${wrong} was read as ${JSON.stringify(values[wrong] ?? null)}` };
    } catch (error) {
      if (!(error instanceof DecodeFailed)) throw error;
      return { outcome: 'failed', reason: error.message };
    }
  }
}
