/**
 * An exporter of a collector: a queue of batches and consumers who send them to a backend, each one batch at a time, and try
 * again after a failure that may pass. A consumer that waits for its next attempt takes up nothing else meanwhile, so with a
 * backend that is down a queue begins to grow as soon as every consumer holds a batch, and long before anything is given up.
 *
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/exporterhelper
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { Fifo } from '../../kernel/fifo.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import { Gate } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { CollectorLedger } from './collector-ledger.ts';
import { collectorRetried } from './collector-signals.ts';
import { countOf } from './export-batches.ts';
import type { ExportRequest, ExportResponse } from './export-request.ts';
import { RetryOnFailure, type RetryOnFailureOptions } from './retry-on-failure.ts';
import { SendingQueue, type SendingQueueOptions } from './sending-queue.ts';

/** Attempts whose waits are drawn apart from each other. */
const ATTEMPTS = 4096;

export interface ExporterOptions {
  /** The way to the backend; its timeout is that of one attempt: 5 s is the collector's default. */
  readonly link: Link<ExportRequest, ExportResponse>;
  /** Batches that are sent at once: an integer of at least 1. */
  readonly numConsumers: number;
  readonly queue: SendingQueueOptions;
  /** `block_on_overflow`: a batch that finds no room waits for it, and everything behind it; else it is dropped. */
  readonly blocksWhenFull: boolean;
  readonly retry: RetryOnFailureOptions;
}

/** The process that it is in. */
export interface ExporterHost {
  readonly ledger: CollectorLedger;
  readonly requests: BackgroundRequests;
  /** Waits until a batch is encoded. */
  encoded(batch: ExportRequest): Wait<void>;
  /** What it holds has changed. */
  changed(): void;
}

export class Exporter {
  private readonly sim: Simulation;
  private readonly options: ExporterOptions;
  private readonly host: ExporterHost;
  private readonly queue: SendingQueue;
  private readonly consumers = new Set<Process>();
  private readonly draws: KeyedStream;
  private readonly retried: FactChannel<Fact<typeof collectorRetried>>;
  /** Batches that wait for room in the queue: what came at once, since everything behind it waits. */
  private blocked = new Fifo<ExportRequest>();
  private blockedItems = 0;
  private blockedBytes = 0;
  /** Open while nothing waits for room. */
  readonly unblocked: Gate;

  constructor(sim: Simulation, options: ExporterOptions, host: ExporterHost) {
    const { collector, kind } = host.ledger;
    const { numConsumers } = options;
    if (!(Number.isInteger(numConsumers) && numConsumers >= 1)) {
      throw new RangeError(`${collector}: numConsumers is ${numConsumers}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    this.host = host;
    this.queue = new SendingQueue(options.queue);
    this.unblocked = new Gate(sim, true);
    this.draws = sim.keyedRandom(`${collector}/${kind} retries`);
    this.retried = sim.facts.channel(collectorRetried);
    tellCapacity(sim, {
      kind: 'room',
      name: `${collector} queue of ${kind}`,
      units: () => options.queue.queueSize,
      held: () => this.queue.size,
    });
  }

  /** Batches that wait for a consumer. */
  get size(): number {
    return this.queue.size;
  }

  get sending(): number {
    return this.queue.sending;
  }

  /** Items that it answers for. */
  get held(): number {
    return this.queue.held.items + this.blockedItems;
  }

  get bytesInMemory(): number {
    return this.queue.bytesInMemory + this.blockedBytes;
  }

  /** Queues a batch; where there is no room it is dropped, or waits for some. */
  offer(batch: ExportRequest): void {
    const { blocked, queue, host } = this;
    if (blocked.size === 0 && queue.offer(batch)) this.wake();
    else if (this.options.blocksWhenFull) this.block(batch);
    else host.ledger.drop(countOf(batch), 'queue_full');
    host.changed();
  }

  /** The process died: what is in its memory is gone. */
  crash(): void {
    for (const consumer of this.consumers) consumer.cancel();
    this.consumers.clear();
    this.host.ledger.drop(this.queue.crash() + this.blockedItems, 'crash');
    this.blocked = new Fifo();
    this.blockedItems = 0;
    this.blockedBytes = 0;
    this.unblocked.set(true);
  }

  /** Consumers take what waits: as many as there may be. */
  wake(): void {
    while (this.queue.size > 0 && this.consumers.size < this.options.numConsumers) {
      const name = `${this.host.ledger.collector} exporter`;
      const consumer: Process = new Process(
        this.sim,
        name,
        this.consume(() => consumer),
      );
      this.consumers.add(consumer);
      consumer.startNow();
    }
  }

  violations(): string[] {
    const { collector } = this.host.ledger;
    return this.queue.sending > this.options.numConsumers ? [`${collector}: more batches are sent than consumers`] : [];
  }

  private *consume(self: () => Process): Behaviour {
    const { queue, host } = this;
    while (queue.size > 0) {
      const batch = queue.dispatch();
      this.unblock();
      host.changed();
      yield* this.send(batch);
      queue.done(batch);
      host.changed();
    }
    this.consumers.delete(self());
  }

  private *send(batch: ExportRequest): Behaviour {
    const { ledger, requests } = this.host;
    const items = countOf(batch);
    const request = requests.next();
    const retry = new RetryOnFailure(this.options.retry, this.sim.now);
    for (let attempt = 0; ; attempt++) {
      yield* this.host.encoded(batch);
      try {
        const { rejected } = yield* this.options.link.call(batch, request);
        ledger.export(items - rejected, request.id);
        ledger.drop(rejected, 'rejected');
        return;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (error.failure === 'error') return ledger.drop(items, 'permanent_error');
      }
      const waited = retry.next(this.sim.now, this.draws.of(request.id * ATTEMPTS + (attempt % ATTEMPTS)));
      if (waited === undefined) return ledger.drop(items, 'retries_exhausted');
      yield waited;
      this.tellRetry(request, waited);
    }
  }

  private block(batch: ExportRequest): void {
    this.blocked.add(batch);
    this.blockedItems += countOf(batch);
    this.blockedBytes += batch.bytes;
    this.unblocked.set(false);
  }

  private unblock(): void {
    const { blocked, queue } = this;
    while (blocked.size > 0 && queue.offer(blocked.first!)) {
      const batch = blocked.take();
      this.blockedItems -= countOf(batch);
      this.blockedBytes -= batch.bytes;
    }
    if (blocked.size === 0 && !this.unblocked.open) this.unblocked.set(true);
  }

  private tellRetry(request: RequestContext, waited: Duration): void {
    const { collector, kind } = this.host.ledger;
    if (this.retried.heard) this.retried.emit({ collector, request: request.id, kind, waited });
  }
}
