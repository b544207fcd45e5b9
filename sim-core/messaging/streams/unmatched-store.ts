/**
 * Records of both sides of a windowed join that have met nothing yet: the outer join's store of KStreamKStreamJoin in apache/kafka,
 * a list of values by time, side and key (TimestampedKeyAndJoinSide), over a store that has a changelog. In order of their times,
 * at one time those of the right first; of one time and side in the order in which they came, there in that of the keys' bytes.
 */
import type { Time } from '../../kernel/time.ts';
import type { Stamped, StateStore } from './state-store.ts';
import type { RecordKey } from './stream-record.ts';

export type JoinSide = 'left' | 'right';

export interface Unmatched extends Stamped {
  readonly side: JoinSide;
  readonly key: RecordKey;
}

interface Entry extends Unmatched {
  readonly place: string;
}

export class UnmatchedStore {
  private readonly store: StateStore;
  private readonly inOrder: Entry[] = [];
  private readonly byName = new Map<string, Entry[]>();
  /** Tells records of one side, key and time apart. */
  private sequence = 0;

  constructor(store: StateStore) {
    this.store = store;
    const found = [...store.entries()].map(([place, value]): [number, Entry] => {
      const [timestamp, side, key, sequence] = JSON.parse(place as string) as [Time, JoinSide, RecordKey, number];
      return [sequence, { timestamp, side, key, value, place: place as string }];
    });
    for (const [sequence, entry] of found.sort(([a], [b]) => a - b)) {
      this.sequence = sequence + 1;
      this.add(entry);
    }
  }

  put(unmatched: Unmatched): void {
    const { timestamp, side, key, value } = unmatched;
    const place = JSON.stringify([timestamp, side, key, this.sequence++]);
    this.store.put(place, value, timestamp);
    this.add({ ...unmatched, place });
  }

  /** All of a side, key and time have met something. */
  remove(side: JoinSide, key: RecordKey, timestamp: Time): void {
    const name = nameOf({ side, key, timestamp });
    for (const entry of this.byName.get(name) ?? []) this.delete(entry);
    this.byName.delete(name);
  }

  /** Takes out those of a side's times before the one given for it, in order. */
  takeBefore(times: Readonly<Record<JoinSide, Time>>): Unmatched[] {
    const last = Math.max(times.left, times.right);
    const taken: Entry[] = [];
    for (const entry of this.inOrder) {
      if (entry.timestamp >= last) break;
      if (entry.timestamp < times[entry.side]) taken.push(entry);
    }
    for (const { side, key, timestamp } of taken) this.remove(side, key, timestamp);
    return taken;
  }

  private add(entry: Entry): void {
    this.inOrder.splice(this.inOrder.findLastIndex((other) => !isBefore(entry, other)) + 1, 0, entry);
    const name = nameOf(entry);
    const known = this.byName.get(name);
    if (known === undefined) this.byName.set(name, [entry]);
    else known.push(entry);
  }

  private delete(entry: Entry): void {
    this.store.put(entry.place, null, entry.timestamp);
    this.inOrder.splice(this.inOrder.indexOf(entry), 1);
  }
}

/** Tells the number 1 from the text. */
const nameOf = ({ side, key, timestamp }: Omit<Unmatched, 'value'>): string => JSON.stringify([timestamp, side, key]);

const isBefore = (one: Entry, other: Entry): boolean =>
  one.timestamp < other.timestamp ||
  (one.timestamp === other.timestamp && one.side === 'right' && other.side === 'left');
