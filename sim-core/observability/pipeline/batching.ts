/**
 * The collector's batch processor, as a rule without a clock: what comes of one kind is gathered, and goes on as one batch as
 * soon as there is enough of it, or when its time is over. A batch that would be larger than `sendBatchMaxSize` is cut.
 *
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/batchprocessor. Whoever handed something over
 * has had its answer by then: a batch that the exporter's queue has no room for is dropped, and nobody upstream hears of it.
 */
import { ms, type Duration, type Time } from '../../kernel/time.ts';
import { countOf, cut, merged } from './export-batches.ts';
import type { ExportRequest } from './export-request.ts';

export interface BatchingOptions {
  /** Items from which on a batch is sent at once: an integer of at least 1. */
  readonly sendBatchSize: number;
  /** Items of a batch at most: 0 for no bound, else at least `sendBatchSize`. */
  readonly sendBatchMaxSize: number;
  /** How long after the last batch the next one is sent whatever its size; 0 hands on everything as it comes. */
  readonly timeout: Duration;
}

export const BATCHING: BatchingOptions = { sendBatchSize: 8192, sendBatchMaxSize: 0, timeout: ms(200) };

export class Batching {
  private readonly options: BatchingOptions;
  private gathered: ExportRequest[] = [];
  /** The timer was last set then. */
  private since: Time = 0;
  count = 0;
  bytes = 0;

  constructor(options: BatchingOptions) {
    const { sendBatchSize, sendBatchMaxSize } = options;
    if (!(Number.isInteger(sendBatchSize) && sendBatchSize >= 1)) {
      throw new RangeError(`batching: sendBatchSize is ${sendBatchSize}; it must be an integer of at least 1`);
    }
    if (sendBatchMaxSize !== 0 && !(sendBatchMaxSize >= sendBatchSize)) {
      throw new RangeError(`batching: sendBatchMaxSize is ${sendBatchMaxSize}; it must be 0, or sendBatchSize or more`);
    }
    this.options = options;
  }

  /** Takes something in; gives the batches that go on at once. */
  add(request: ExportRequest, now: Time): ExportRequest[] {
    this.gathered.push(request);
    this.count += countOf(request);
    this.bytes += request.bytes;
    const { sendBatchSize, timeout } = this.options;
    const ready: ExportRequest[] = [];
    while (this.count > 0 && (timeout === 0 || this.count >= sendBatchSize)) ready.push(this.take());
    if (ready.length > 0) this.since = now;
    return ready;
  }

  /** When what is gathered goes on: the timer goes off again and again, whether there is something or not. */
  due(now: Time): Time {
    const { timeout } = this.options;
    return this.since + (Math.floor((now - this.since) / timeout) + 1) * timeout;
  }

  /** The timer has gone off; gives what is gathered, undefined if that is nothing. */
  flush(now: Time): ExportRequest | undefined {
    this.since = now;
    return this.count === 0 ? undefined : this.take();
  }

  /** Forgets what is gathered. */
  clear(): void {
    this.gathered = [];
    this.count = 0;
    this.bytes = 0;
  }

  private take(): ExportRequest {
    const { sendBatchMaxSize } = this.options;
    const all = merged(this.gathered);
    this.clear();
    if (sendBatchMaxSize === 0) return all;
    const count = countOf(all);
    if (count <= sendBatchMaxSize) return all;
    const [batch, rest] = cut(all, sendBatchMaxSize);
    this.gathered = [rest];
    this.count = count - sendBatchMaxSize;
    this.bytes = rest.bytes;
    return batch;
  }
}
