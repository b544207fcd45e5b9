/**
 * Where a producer sends a record. A key says it by its hash; a record without a key goes where those before it went
 * until a batch's worth of bytes has gone there, and then to another partition (KIP-480, KIP-794). The other one is drawn
 * with a chance that falls with the batches waiting for it, so that a slow broker gets fewer.
 *
 * Does not model the availability timeout of brokers, or choosing by racks.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { partitionOfKey } from './murmur2.ts';

/** Keys of simulations are numbers and plain texts; the bytes of a number are those of its digits. */
function bytesOf(key: number | string): Uint8Array {
  const digits = String(key);
  const bytes = new Uint8Array(digits.length);
  for (let i = 0; i < digits.length; i++) bytes[i] = digits.charCodeAt(i);
  return bytes;
}

/** The partition of a key, of so many. */
export const partitionOf = (key: number | string, partitions: number): number =>
  partitionOfKey(bytesOf(key), partitions);

export class Partitioner {
  private readonly partitions: number;
  private readonly random: RandomStream;
  private readonly batchSize: number;
  /** By key: a key's partition is asked for with every record. */
  private readonly known = new Map<number | string, number>();
  private current = -1;
  private bytesThere = 0;

  constructor(partitions: number, batchSize: number, random: RandomStream) {
    if (!Number.isInteger(partitions) || partitions < 1) {
      throw new RangeError(`partitions is ${partitions}; it must be an integer of at least 1`);
    }
    this.partitions = partitions;
    this.batchSize = batchSize;
    this.random = random;
  }

  /**
   * The partition of a record of so many bytes. `waiting`: the batches that wait for each partition, asked for when
   * another one is drawn.
   */
  choose(key: number | string | undefined, bytes: number, waiting: (partition: number) => number): number {
    if (key !== undefined) return this.ofKey(key);
    if (this.current < 0 || this.bytesThere >= this.batchSize) {
      this.current = this.draw(waiting);
      this.bytesThere = 0;
    }
    this.bytesThere += bytes;
    return this.current;
  }

  /** The partition of a key. */
  private ofKey(key: number | string): number {
    let partition = this.known.get(key);
    if (partition === undefined) {
      partition = partitionOf(key, this.partitions);
      this.known.set(key, partition);
    }
    return partition;
  }

  private draw(waiting: (partition: number) => number): number {
    const weights = stickyWeights(Array.from({ length: this.partitions }, (_, partition) => waiting(partition)));
    let left = this.random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let partition = 0; partition < weights.length; partition++) {
      left -= weights[partition];
      if (left < 0) return partition;
    }
    return weights.length - 1;
  }
}

/** Weights of the next sticky partition by the batches that wait for each: queues of 0, 3 and 1 weigh 4, 1 and 3. */
export function stickyWeights(waiting: readonly number[]): number[] {
  const longest = Math.max(...waiting);
  return waiting.map((batches) => longest + 1 - batches);
}
