/**
 * A task of a stream processor: the operators of its topology and their stores, for the partitions of one number. What it writes
 * goes to its thread. Its stores stand on its worker's disk, with a checkpoint: how far in its changelog each is there.
 */
import type { StateStore } from '../../../messaging/streams/state-store.ts';
import type { StreamRecord } from '../../../messaging/streams/stream-record.ts';
import { built, type DropReason, type Emit, type Topology } from '../../../messaging/streams/topology.ts';
import type { Time } from '../../../kernel/time.ts';
import type { Fetched } from '../consumer-fetches.ts';
import { topicOf } from '../topic.ts';
import { ValuedRecord } from '../valued-record.ts';
import type { Restored } from './changelog-reader.ts';

/** A store on the disk of a worker, and how far its changelog is in it. */
export interface StoredState {
  readonly store: StateStore;
  /** The offset of the first record of the changelog that may not be in it. */
  checkpoint: number;
  /** The same for what is in memory, as far as brokers have acknowledged it, or a standby has read it. */
  written: number;
  /** Counts the crashes that it has come through. */
  life: number;
}

/** Where records of its changelog go; `told` of each. */
export const intoStore = ({ store }: StoredState, told: () => void): Restored => ({
  apply: ({ key, value, timestamp }) => {
    store.restore(key!, value, timestamp);
    told();
  },
  clear: () => store.clear(),
});

export interface TaskOwner {
  send(topic: string, record: StreamRecord): void;
  dropped(reason: DropReason, task: StreamTask): void;
}

export class StreamTask {
  readonly number: number;
  readonly stored: ReadonlyMap<string, StoredState>;
  /** The largest time that it has seen: Kafka Streams' stream time, the watermark of others. */
  streamTime: Time = -Infinity;
  /** By partition: the offset after the last record that it has processed. */
  readonly positions = new Map<string, number>();
  private readonly owner: TaskOwner;
  private readonly operators: ReadonlyMap<string, Emit>;

  constructor(number: number, topology: Topology, stored: ReadonlyMap<string, StoredState>, owner: TaskOwner) {
    this.number = number;
    this.stored = stored;
    this.owner = owner;
    this.operators = built(topology, {
      store: (name) => stored.get(name)!.store,
      send: (topic, record) => owner.send(topic, record),
      drop: (_record, reason) => owner.dropped(reason, this),
    });
  }

  process({ partition, offset, record }: Fetched): void {
    this.positions.set(partition, offset + 1);
    // A record that says nothing has no value that an operator could take.
    if (!(record instanceof ValuedRecord)) return this.owner.dropped('no-value', this);
    this.streamTime = Math.max(this.streamTime, record.timestamp);
    this.operators.get(topicOf(partition))!(record);
  }

  /** Records of its changelogs since the last checkpoint. */
  get sinceCheckpoint(): number {
    let sum = 0;
    for (const { checkpoint, written } of this.stored.values()) sum += written - checkpoint;
    return sum;
  }

  /** What is in memory is on the disk, and how far that is beside it. */
  checkpoint(): void {
    for (const stored of this.stored.values()) {
      stored.store.flush();
      stored.checkpoint = stored.written;
    }
  }
}
