/**
 * The subscriptions of a join by a foreign key: which rows of the left table refer to a row of the right one, each with the hash of its
 * value (SubscriptionReceiveProcessorSupplier and CombinedKeySchema of apache/kafka). Keys of the store are both keys, the foreign
 * one first, so that those of a row of the right table stand together; here an index that is made of the store finds them.
 */
import type { Time } from '../../kernel/time.ts';
import { compare } from '../groups/assignor.ts';
import type { StateStore } from './state-store.ts';
import type { RecordKey } from './stream-record.ts';

export interface Subscription {
  readonly primary: RecordKey;
  readonly hash: string;
}

export class SubscriptionStore {
  private readonly store: StateStore;
  /** By foreign key, and then by both. */
  private readonly index = new Map<RecordKey, Map<string, Subscription>>();

  /** `store`: as it is when its task begins. */
  constructor(store: StateStore) {
    this.store = store;
    for (const [combined, hash] of store.entries()) {
      const [foreign, primary] = JSON.parse(combined as string) as [RecordKey, RecordKey];
      this.subscribersOf(foreign).set(combined as string, { primary, hash: hash as string });
    }
  }

  put(foreign: RecordKey, subscription: Subscription, timestamp: Time): void {
    const combined = combinedKey(foreign, subscription.primary);
    this.subscribersOf(foreign).set(combined, subscription);
    this.store.put(combined, subscription.hash, timestamp);
  }

  delete(foreign: RecordKey, primary: RecordKey, timestamp: Time): void {
    const combined = combinedKey(foreign, primary);
    this.index.get(foreign)?.delete(combined);
    this.store.put(combined, null, timestamp);
  }

  /** In the order of their keys, as a range of a sorted store comes: not in that in which they came. */
  of(foreign: RecordKey): Subscription[] {
    return [...(this.index.get(foreign) ?? [])].sort(([a], [b]) => compare(a, b)).map(([, one]) => one);
  }

  private subscribersOf(foreign: RecordKey): Map<string, Subscription> {
    let found = this.index.get(foreign);
    if (found === undefined) this.index.set(foreign, (found = new Map()));
    return found;
  }
}

const combinedKey = (foreign: RecordKey, primary: RecordKey): string => JSON.stringify([foreign, primary]);
