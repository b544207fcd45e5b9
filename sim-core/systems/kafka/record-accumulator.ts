/**
 * What a producer has gathered: by partition the batches that are filled, wait or are in flight, in a memory of so many
 * bytes, and the callers who find none. After Kafka's RecordAccumulator and BufferPool: a batch takes its whole size from the
 * start, and may leave when it is full, has lingered, is sent again, or memory is short.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { BlockedCallers } from './blocked-callers.ts';
import { PartitionQueue, ProducerBatch, type Entry } from './producer-batch.ts';
import type { ProducerOptions } from './producer-options.ts';
import type { ProducerReports } from './producer-reports.ts';

export interface AccumulatorOwner {
  /** Something may be sent. */
  ready(): void;
  /** A batch's delivery time is over. */
  expired(batch: ProducerBatch): void;
  /** A caller has waited for memory for too long. */
  refused(entry: Entry, partition: string): void;
}

export class RecordAccumulator {
  readonly queues: readonly PartitionQueue[];
  private readonly sim: Simulation;
  private readonly options: ProducerOptions;
  private readonly owner: AccumulatorOwner;
  private readonly reports: ProducerReports;
  private readonly byPartition: ReadonlyMap<string, PartitionQueue>;
  private readonly blocked: BlockedCallers;
  private readonly lingerKind: number;
  private readonly expiryKind: number;
  private used = 0;
  private isHurried = false;

  /** `producerId`: of an idempotent producer. */
  constructor(
    sim: Simulation,
    options: ProducerOptions,
    producerId: number | undefined,
    owner: AccumulatorOwner,
    reports: ProducerReports,
  ) {
    const { name, topic, maxBlock } = options;
    this.sim = sim;
    this.options = options;
    this.owner = owner;
    this.reports = reports;
    this.queues = topic.partitions.map((partition) => new PartitionQueue(partition, producerId));
    this.byPartition = new Map(this.queues.map((queue) => [queue.partition, queue]));
    this.lingerKind = sim.eventKind(`${name}: a batch has lingered`);
    this.expiryKind = sim.eventKind(`${name}: a batch is given up`);
    this.blocked = new BlockedCallers(
      sim,
      name,
      maxBlock,
      (entry, partition) => owner.refused(entry, partition),
      (waiting) => reports.blocked(waiting),
    );
    tellCapacity(sim, {
      kind: 'room',
      name: `${name} buffer`,
      units: () => options.bufferMemory,
      held: () => this.used,
    });
  }

  queueOf(partition: string): PartitionQueue {
    return this.byPartition.get(partition)!;
  }

  /** Takes a record into a batch, or has its caller wait for memory. */
  add(entry: Entry, queue: PartitionQueue): void {
    if (this.blocked.count === 0 && this.place(entry, queue)) return;
    this.blocked.add(entry, queue.partition);
    this.owner.ready();
  }

  /** Nothing lingers from now on, or again. */
  hurry(isHurried: boolean): void {
    this.isHurried = isHurried;
  }

  isReady(queue: PartitionQueue): boolean {
    const { now } = this.sim;
    const batch = queue.next(now);
    if (batch === undefined) return false;
    const { linger, batchSize } = this.options;
    const { entries, attempts, createdAt } = batch;
    const isFull = queue.waiting.length > 1 || !batch.hasRoom(entries[0].record.bytes, batchSize);
    return isFull || attempts > 0 || now - createdAt >= linger || this.blocked.count > 0 || this.isHurried;
  }

  /** A batch is done with: appended, or given up. */
  finish(batch: ProducerBatch): void {
    this.close(batch);
    this.queueOf(batch.partition).finish(batch);
    this.use(-this.memoryOf(batch.entries[0].record.bytes));
    this.blocked.letIn((entry, partition) => this.place(entry, this.queueOf(partition)));
  }

  /** Everything is gone with its process: the records that it had. */
  drop(): readonly Entry[] {
    const batches = this.queues.flatMap((queue) => queue.drop());
    for (const batch of batches) this.close(batch);
    this.isHurried = false;
    this.use(-this.used);
    return [...batches.flatMap((batch) => batch.entries), ...this.blocked.drop()];
  }

  state(): Readonly<Record<string, number>> {
    const count = (of: (queue: PartitionQueue) => number): number =>
      this.queues.reduce((sum, queue) => sum + of(queue), 0);
    return {
      'batches waiting': count(({ waiting }) => waiting.length),
      'batches in flight': count(({ inFlight }) => inFlight.size),
      'bytes buffered': this.used,
      'callers waiting for memory': this.blocked.count,
    };
  }

  /** Broken invariants, where so many records are undecided. */
  violations(undecided: number): readonly string[] {
    const { name, bufferMemory } = this.options;
    const broken: string[] = [];
    let held = this.blocked.count;
    let memory = 0;
    for (const { waiting, inFlight } of this.queues) {
      for (const { entries, isDone } of [...waiting, ...inFlight]) {
        if (isDone) broken.push(`${name}: a batch that is done with is kept`);
        held += entries.length;
        memory += this.memoryOf(entries[0].record.bytes);
      }
    }
    if (held !== undecided) broken.push(`${name}: ${undecided} records are undecided, it holds ${held}`);
    if (memory !== this.used) broken.push(`${name}: its memory does not add up`);
    if (this.used > bufferMemory) broken.push(`${name}: it takes more memory than it has`);
    return broken;
  }

  private memoryOf(recordBytes: number): number {
    return Math.max(this.options.batchSize, recordBytes + 61);
  }

  /** Puts a record into a batch; false if there is no memory for one. */
  private place(entry: Entry, queue: PartitionQueue): boolean {
    const { batchSize, bufferMemory } = this.options;
    const { bytes } = entry.record;
    let batch = queue.last;
    if (batch === undefined || !batch.hasRoom(bytes, batchSize)) {
      if (this.used + this.memoryOf(bytes) > bufferMemory) return false;
      const isNext = batch !== undefined;
      batch = this.open(queue);
      this.use(this.memoryOf(bytes));
      batch.add(entry);
      // The one before it is full.
      if (isNext) this.owner.ready();
    } else batch.add(entry);
    if (!batch.hasRoom(bytes, batchSize) || this.isHurried) this.owner.ready();
    return true;
  }

  private open(queue: PartitionQueue): ProducerBatch {
    const { sim, owner } = this;
    const { linger, deliveryTimeout } = this.options;
    const batch = new ProducerBatch(queue.partition, sim.now);
    queue.waiting.push(batch);
    batch.lingered = sim.schedule(linger, () => owner.ready(), undefined, this.lingerKind);
    batch.expiry = sim.schedule(deliveryTimeout, (late) => owner.expired(late), batch, this.expiryKind);
    return batch;
  }

  private close(batch: ProducerBatch): void {
    batch.isDone = true;
    this.sim.cancel(batch.lingered);
    this.sim.cancel(batch.expiry);
  }

  private use(bytes: number): void {
    this.used += bytes;
    this.reports.memory(this.used);
  }
}
