/**
 * The sending queue of a collector's exporter: batches that wait for one of its consumers, and those that the consumers have. In
 * memory it dies with the process. A persistent one writes each batch to disk before it is taken for accepted, and deletes it
 * when it is done with: after a crash all that waited waits again, and behind it what the consumers had, which may be sent twice.
 *
 * `sending_queue` of https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/exporterhelper. Its size counts
 * batches, of whatever size; those that consumers have are not in it, as in versions up to January 2025 (since
 * https://github.com/open-telemetry/opentelemetry-collector/pull/12399 they are). The order after a crash is that of its
 * `retrieveAndEnqueueNotDispatchedReqs`. Does not model the time that the disk takes.
 */
import { Fifo } from '../../kernel/fifo.ts';
import { countOf } from './export-batches.ts';
import type { ExportRequest } from './export-request.ts';

export interface SendingQueueOptions {
  /** Batches that may wait: an integer of at least 1. */
  readonly queueSize: number;
  /** Whether it is on disk. */
  readonly isPersistent: boolean;
}

export interface Contents {
  readonly batches: number;
  readonly items: number;
  readonly bytes: number;
}

export class SendingQueue {
  readonly options: SendingQueueOptions;
  private waiting = new Fifo<ExportRequest>();
  private readonly dispatched = new Set<ExportRequest>();
  private items = 0;
  private bytes = 0;

  constructor(options: SendingQueueOptions) {
    const { queueSize } = options;
    if (!(Number.isInteger(queueSize) && queueSize >= 1)) {
      throw new RangeError(`sending queue: queueSize is ${queueSize}; it must be an integer of at least 1`);
    }
    this.options = options;
  }

  /** Batches that wait. */
  get size(): number {
    return this.waiting.size;
  }

  get isFull(): boolean {
    return this.waiting.size >= this.options.queueSize;
  }

  /** Batches that consumers have. */
  get sending(): number {
    return this.dispatched.size;
  }

  /** All that it answers for: what waits, and what consumers have. */
  get held(): Contents {
    return { batches: this.waiting.size + this.dispatched.size, items: this.items, bytes: this.bytes };
  }

  /** Bytes of it that are in the process's memory: on disk is what waits in a persistent one. */
  get bytesInMemory(): number {
    if (!this.options.isPersistent) return this.bytes;
    let bytes = 0;
    for (const batch of this.dispatched) bytes += batch.bytes;
    return bytes;
  }

  /** Takes a batch in, if there is room. */
  offer(batch: ExportRequest): boolean {
    if (this.isFull) return false;
    this.waiting.add(batch);
    this.items += countOf(batch);
    this.bytes += batch.bytes;
    return true;
  }

  /** Hands the oldest one to a consumer; there must be one. */
  dispatch(): ExportRequest {
    const batch = this.waiting.take();
    this.dispatched.add(batch);
    return batch;
  }

  /** A consumer is done with what it was given, whatever became of it. */
  done(batch: ExportRequest): void {
    this.dispatched.delete(batch);
    this.items -= countOf(batch);
    this.bytes -= batch.bytes;
  }

  /** The process died: gives how many items went with it. */
  crash(): number {
    if (this.options.isPersistent) {
      for (const batch of this.dispatched) this.waiting.add(batch);
      this.dispatched.clear();
      return 0;
    }
    const lost = this.items;
    this.waiting = new Fifo();
    this.dispatched.clear();
    this.items = 0;
    this.bytes = 0;
    return lost;
  }
}
