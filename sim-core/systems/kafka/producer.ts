/**
 * A producer in an application: takes records from callers, gathers them by partition into batches, sends these to the
 * partitions' leaders, and answers each caller when its record is acknowledged or given up.
 *
 * A batch may leave when it is full, when its first record has lingered, when memory is short, or as a retry. Then the
 * broker is sent the first batch of every partition that it leads, full or not, so that a batch may leave early with
 * another (RecordAccumulator, apache/kafka 1eb7644). A broker has at most so many requests in flight.
 *
 * A caller that finds no memory waits, and is refused in the end. What failed for a while is sent again, after longer and
 * longer pauses, until its delivery time is over. An idempotent producer numbers what it sends, so that a broker knows a
 * batch again; a plain one may append it twice, or out of order if more than one request is in flight. Compression,
 * `max.request.size` and the jitter of the pauses are not modelled.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Waiter } from '../../kernel/wait.ts';
import { Partitioner } from '../../messaging/log/partitioner.ts';
import { CallFailed, type Call, type CallFailure, type Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { MetadataClient } from './metadata-client.ts';
import type { BrokerQuery, BrokerReply, ProduceResult } from './messages.ts';
import type { Entry, PartitionQueue, ProducerBatch, ProducerQuery } from './producer-batch.ts';
import type { ProducerOptions } from './producer-options.ts';
import { ProducerReports } from './producer-reports.ts';
import { producerSignals } from './producer-signals.ts';
import { RecordAccumulator } from './record-accumulator.ts';
import { SentRecord } from './record-book.ts';
import { ProducerTransactions } from './transactions/producer-transactions.ts';
import { TransactionalProducer } from './transactions/transactional-producer.ts';
import { ValuedRecord } from './valued-record.ts';

/** Errors after which a batch is sent again. */
const RETRIABLE: ReadonlySet<string> = new Set([
  'not-leader',
  'not-enough-replicas',
  'not-enough-replicas-after-append',
  'timeout',
  'unavailable',
  'overloaded',
]);

export class Producer implements Endpoint<ProducerQuery, void>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = producerSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: ProducerOptions;
  private readonly requests: BackgroundRequests;
  private readonly partitioner: Partitioner;
  private readonly accumulator: RecordAccumulator;
  private readonly links = new Map<string, Link<BrokerQuery, BrokerReply>>();
  private readonly inFlight = new Map<string, number>();
  private readonly metadata: MetadataClient;
  /** Undefined without a transactional id. */
  readonly transactional: TransactionalProducer | undefined;
  private readonly transactions: ProducerTransactions | undefined;
  private whenEmpty: (() => void) | undefined = undefined;
  private lives = 0;
  private records = 0;
  private undecided = 0;
  private readonly retryKind: number;
  private readonly reports: ProducerReports;

  constructor(sim: Simulation, options: ProducerOptions) {
    const { name, topic, acks, isIdempotent, maxInFlight, batchSize, transactional } = options;
    if (isIdempotent && (acks !== 'all' || maxInFlight > 5)) {
      throw new RangeError(
        `${name}: an idempotent producer has acks=all and at most 5 requests in flight, got acks=${acks} and ${maxInFlight}`,
      );
    }
    if (transactional !== undefined && !isIdempotent)
      throw new RangeError(`${name}: a transactional producer is idempotent`);
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `Publishes to ${topic.name} with acks=${acks}${isIdempotent ? ', idempotent' : ''}`;
    this.requests = new BackgroundRequests(sim);
    this.partitioner = new Partitioner(topic.partitions.length, batchSize, sim.random(`${name}/partitions`));
    const id = isIdempotent ? this.requests.next().id : undefined;
    this.reports = new ProducerReports(sim, name);
    const owner = {
      ready: () => this.sendReady(),
      expired: (batch: ProducerBatch) => this.expire(batch),
      refused: (entry: Entry, partition: string) => this.refuse(entry, partition, 'overloaded'),
    };
    this.accumulator = new RecordAccumulator(sim, options, id, owner, this.reports);
    this.retryKind = sim.eventKind(`${name}: a batch may be sent again`);
    this.metadata = new MetadataClient(sim, name, options, this.requests, () => this.sendReady());
    if (transactional !== undefined) {
      const changed = (): void => this.sendReady();
      this.transactions = new ProducerTransactions(
        sim,
        name,
        transactional,
        this.links,
        this.metadata,
        this.requests,
        changed,
      );
      this.transactional = new TransactionalProducer(this.transactions, {
        numberAs: (identity) => this.accumulator.queues.forEach((queue) => queue.beginTransaction(identity)),
        flush: (then) => this.flush(then),
        giveUpWaiting: () => this.giveUpWaiting(),
      });
    }
    register(sim, this);
  }

  /** Adds the way to a broker. Its timeout is `request.timeout.ms`. */
  attach(link: Link<BrokerQuery, BrokerReply>): void {
    this.links.set(link.to, link);
    this.inFlight.set(link.to, 0);
    this.metadata.attach(link);
  }

  receive(call: Call<ProducerQuery, void>): void {
    // As in Kafka's client, nothing is taken between transactions, or after something of one has failed.
    if (this.transactions !== undefined && this.transactions.phase !== 'open') return call.refuse('error');
    const { query, request } = call;
    const record = this.recordOf(query, request.id);
    this.options.book.sent(record);
    this.undecided++;
    const partition = typeof query === 'object' ? query.partition : undefined;
    this.accumulator.add(
      { record, call },
      partition === undefined ? this.queueFor(record) : this.accumulator.queueOf(partition),
    );
  }

  /** Sends what it has, and what it is given, without lingering; or lingers again. */
  hurry(isHurried: boolean): void {
    this.accumulator.hurry(isHurried);
    if (isHurried) this.sendReady();
  }

  /** Calls back when all that it was given is decided. */
  private flush(then: () => void): void {
    this.whenEmpty = then;
    this.hurry(true);
    this.lookIfEmpty();
  }

  /** Its process dies: what it had and did not know the end of is gone. */
  kill(): void {
    this.lives++;
    this.whenEmpty = undefined;
    this.transactions?.ends();
    for (const broker of this.inFlight.keys()) this.inFlight.set(broker, 0);
    this.undecided = 0;
    for (const { call } of this.accumulator.drop()) call.refuse('unavailable');
  }

  state(): Readonly<Record<string, number | string>> {
    return this.accumulator.state();
  }

  violations(): readonly string[] {
    return this.accumulator.violations(this.undecided);
  }

  private recordOf(query: ProducerQuery, request: number): SentRecord {
    const { recordBytes, isKeyed } = this.options;
    const { now } = this.sim;
    if (typeof query === 'object') return new ValuedRecord(request, query, now, this.records++);
    return new SentRecord(request, isKeyed ? query : undefined, recordBytes, now, this.records++);
  }

  private queueFor({ key, bytes }: SentRecord): PartitionQueue {
    const { queues } = this.accumulator;
    return queues[this.partitioner.choose(key, bytes, (index) => queues[index].waiting.length)];
  }

  /** Sends whatever may be sent. */
  private sendReady(): void {
    for (let again = true; again;) {
      again = false;
      for (const queue of this.accumulator.queues) {
        if (!this.accumulator.isReady(queue) || !this.maySend(queue)) continue;
        const leader = this.metadata.leaderOf(queue.partition);
        if (leader === undefined) this.metadata.refresh();
        else if (this.inFlight.get(leader)! < this.options.maxInFlight) {
          this.send(leader);
          again = true;
        }
      }
    }
    this.transactions?.add();
    // It can only be aborted.
    if (this.transactions?.isBroken === true) this.giveUpWaiting();
  }

  /** A partition has to take part in the transaction first. */
  private maySend({ partition, waiting }: PartitionQueue): boolean {
    return this.transactions === undefined || (waiting.length > 0 && this.transactions.includes(partition));
  }

  /** One request to a broker: the first batch of every partition that it leads. */
  private send(broker: string): void {
    const { acks } = this.options;
    const batches: ProducerBatch[] = [];
    for (const queue of this.accumulator.queues) {
      if (this.metadata.leaderOf(queue.partition) !== broker || !this.maySend(queue)) continue;
      const batch = queue.next(this.sim.now);
      if (batch === undefined) continue;
      this.sim.cancel(batch.lingered);
      queue.send(batch);
      batches.push(batch);
      this.reports.batch(batch);
    }
    this.inFlight.set(broker, this.inFlight.get(broker)! + 1);
    this.reports.request(broker, batches.length);
    const query: BrokerQuery = {
      kind: 'produce',
      acks,
      batches: batches.map((batch) => ({ partition: batch.partition, draft: batch.draft() })),
    };
    const { lives } = this;
    const waiter: Waiter = {
      resume: ({ result }) => {
        if (lives === this.lives) this.hear(broker, batches, result as readonly ProduceResult[]);
      },
      fail: (error) => {
        if (!(error instanceof CallFailed)) throw error;
        if (lives === this.lives) this.lose(broker, batches, error.failure);
      },
    };
    this.links.get(broker)!.call(query, this.requests.next()).begin(waiter);
    // Nobody says where they are: a real producer is told the offset -1.
    if (acks === '0') for (const batch of batches) this.succeed(batch, -1);
  }

  private hear(broker: string, batches: readonly ProducerBatch[], results: readonly ProduceResult[]): void {
    this.inFlight.set(broker, this.inFlight.get(broker)! - 1);
    for (const { partition, error, firstOffset } of results) {
      const batch = batches.find((sent) => sent.partition === partition)!;
      if (error === undefined) this.succeed(batch, firstOffset);
      else this.fail(batch, error);
    }
    this.sendReady();
  }

  private lose(broker: string, batches: readonly ProducerBatch[], failure: CallFailure): void {
    this.inFlight.set(broker, this.inFlight.get(broker)! - 1);
    for (const batch of batches) this.fail(batch, failure);
    this.sendReady();
  }

  private succeed(batch: ProducerBatch, firstOffset: number): void {
    if (batch.isDone) return;
    const { partition, entries } = batch;
    this.accumulator.finish(batch);
    entries.forEach(({ record, call }, index) => {
      this.undecided--;
      this.options.book.acknowledged(record, partition, this.options.acks);
      this.reports.record(record, partition, 'ok');
      const { query } = call;
      if (typeof query === 'object') query.acknowledged?.(firstOffset < 0 ? -1 : firstOffset + index);
      call.reply();
    });
    this.lookIfEmpty();
  }

  private lookIfEmpty(): void {
    if (this.undecided > 0 || this.whenEmpty === undefined) return;
    const then = this.whenEmpty;
    this.whenEmpty = undefined;
    this.hurry(false);
    then();
  }

  private fail(batch: ProducerBatch, error: string): void {
    const { partition } = batch;
    this.reports.failure(partition, error);
    if (error === 'not-leader' || error === 'timeout' || error === 'unavailable') this.metadata.refresh();
    // Nobody waits for it: whether it was taken only the book wants to know.
    if (batch.isDone) {
      if (this.options.acks === '0')
        for (const { record } of batch.entries) this.options.book.notAppended(record, partition);
      return;
    }
    const queue = this.accumulator.queueOf(partition);
    const isOutOfOrder = error === 'out-of-order-sequence';
    const isPassing = isOutOfOrder ? !this.isGap(queue, batch) : RETRIABLE.has(error);
    if (!isPassing || this.transactions?.isBroken === true) {
      this.giveUp(batch, 'error');
      return;
    }
    const { retryBackoff, retryBackoffMax } = this.options;
    let pause = retryBackoff;
    for (let attempt = 1; attempt < batch.attempts && pause < retryBackoffMax; attempt++) pause *= 2;
    batch.notBefore = this.sim.now + Math.min(pause, retryBackoffMax);
    queue.putBack(batch);
    this.sim.scheduleAt(batch.notBefore, () => this.sendReady(), undefined, this.retryKind);
  }

  /** Whether nothing will fill the gap before a batch: then sequences begin anew, or a transaction is lost. */
  private isGap(queue: PartitionQueue, batch: ProducerBatch): boolean {
    if (!queue.isFirstUndecided(batch)) return false;
    queue.break();
    return this.transactions !== undefined;
  }

  private expire(batch: ProducerBatch): void {
    this.giveUp(batch, 'timeout');
    this.sendReady();
  }

  private giveUp(batch: ProducerBatch, failure: CallFailure): void {
    const queue = this.accumulator.queueOf(batch.partition);
    // What was sent and not answered may be in the log or not: the sequences after it cannot be trusted.
    if (batch.attempts > 0) queue.break();
    this.transactions?.fail();
    this.accumulator.finish(batch);
    for (const entry of batch.entries) this.refuse(entry, batch.partition, failure);
    this.lookIfEmpty();
  }

  private giveUpWaiting(): void {
    for (const { waiting } of this.accumulator.queues) while (waiting.length > 0) this.giveUp(waiting[0], 'error');
  }

  private refuse({ record, call }: Entry, partition: string, failure: CallFailure): void {
    this.undecided--;
    record.isRefused = true;
    this.reports.record(record, partition, failure);
    call.refuse(failure);
  }
}
