/**
 * A task of a topology of two sources, `left` and `right`, without brokers: what it hands on, what it leaves out, and its changelogs.
 * What it sends to a topic that it reads itself waits there until it is told to go on.
 */
import fc from 'fast-check';
import { StateStore, type Stamped } from '../../../../sim-core/messaging/streams/state-store.ts';
import type { RecordKey, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { built, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';

/** Times are whole numbers here. */
export type Came = StreamRecord & { readonly topic: 'left' | 'right' };

export const came = fc.array(
  fc.record<Came>({
    topic: fc.constantFrom('left', 'right'),
    key: fc.option(fc.constantFrom(1, '1', 2), { nil: undefined, freq: 8 }),
    value: fc.option(fc.integer({ min: 0, max: 99 }), { freq: 8 }),
    timestamp: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 40 },
);

type Change = Pick<StreamRecord, 'value'> & Pick<Stamped, 'timestamp'>;

/** It can die: its stores are restored from what their changelogs say. */
export class SmallTask {
  readonly results: StreamRecord[] = [];
  readonly dropped: [RecordKey | undefined, string][] = [];
  readonly changelogs = new Map<string, Map<RecordKey, Change>>();
  /** By topic. */
  readonly waiting = new Map<string, StreamRecord[]>();
  stores = new Map<string, StateStore>();
  private readonly topology: Topology;
  private operators: ReturnType<typeof built> = new Map();

  constructor(topology: Topology) {
    this.topology = topology;
    this.start();
  }

  start(): void {
    this.stores = new Map();
    for (const name of this.topology.stores) {
      const changelog = this.changelogs.get(name) ?? new Map<RecordKey, Change>();
      this.changelogs.set(name, changelog);
      const store = new StateStore(name, (key, value, timestamp) => {
        // A compacted log has the last change of each key where it came.
        changelog.delete(key);
        changelog.set(key, { value, timestamp });
      });
      for (const [key, { value, timestamp }] of changelog) store.restore(key, value, timestamp);
      this.stores.set(name, store);
    }
    this.operators = built(this.topology, {
      store: (name) => this.stores.get(name)!,
      send: (topic, record) => void this.queueOf(topic).push(record),
      drop: ({ key }, reason) => void this.dropped.push([key, reason]),
    });
  }

  /** What comes of a record. */
  take({ topic, ...record }: StreamRecord & { readonly topic: string }): StreamRecord[] {
    const before = this.results.length;
    this.operators.get(topic)!(record);
    return this.results.slice(before);
  }

  /**
   * Reads a record that waits in a topic of its own, if one does; says whether one did. Each key has a partition of its own: the first
   * of one of the keys is read.
   */
  goOn(topic: string, ofKeys = 0): boolean {
    const queue = this.waiting.get(topic) ?? [];
    if (queue.length === 0) return false;
    const keys = [...new Set(queue.map(({ key }) => key))];
    const first = queue.findIndex(({ key }) => key === keys[ofKeys % keys.length]);
    const [record] = queue.splice(first, 1);
    this.take({ topic, ...record });
    return true;
  }

  private queueOf(topic: string): StreamRecord[] {
    if (this.topology.sources[topic] === undefined) return this.results;
    const queue = this.waiting.get(topic) ?? [];
    this.waiting.set(topic, queue);
    return queue;
  }
}

/** The task that has taken all of the input; before the records of those numbers it died. */
export function ran(topology: Topology, input: readonly Came[], deaths: readonly number[] = []): SmallTask {
  const task = new SmallTask(topology);
  input.forEach((record, index) => {
    if (deaths.includes(index)) task.start();
    task.take(record);
  });
  return task;
}

export const pair = (left: unknown, right: unknown): string => `${left as string},${right as string}`;

export const inOrder = (records: readonly StreamRecord[]): string[] =>
  records.map((record) => JSON.stringify(record)).sort();
