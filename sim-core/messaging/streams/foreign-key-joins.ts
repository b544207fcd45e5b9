/**
 * The join of two tables by a foreign key, which the value of each left row says (KIP-213, and the package foreignkeyjoin of
 * apache/kafka: SubscriptionSend-, SubscriptionReceive-, SubscriptionJoin-, ForeignTableJoin- and ResponseJoinProcessorSupplier). A left
 * row is where its key is, and the right row that it refers to where its own is. So a change of a left row is sent to
 * there as a subscription, in a topic by foreign key, and the right value is sent back, in a topic by the left row's key: at once,
 * and whenever the right row changes.
 *
 * On its way a subscription or a response may be overtaken by another change of the left row. Both carry a hash of the value that it had,
 * and a response to another value than that which is there is dropped. An inner join sends no response of a right row that is
 * not there where the row's foreign key stayed as it was: if the one before it was dropped, the deletion of a result with it, and the
 * old result stays until the next change. A left join is sent one in any case.
 *
 * There it is two tasks, one of left rows and responses and one of right rows and subscriptions; here all four topics are a task's. The hash
 * has 128 bits, of SHA-256 and not of Murmur3. Versioned tables are not modelled. An outer join by a foreign key there is none.
 */
import type { Time } from '../../kernel/time.ts';
import type { RecordFields, RecordKey, RecordValue } from './stream-record.ts';
import { SubscriptionStore } from './subscription-store.ts';
import type { Operator, TaskContext } from './topology.ts';
import { hashOf, textOf, valueOf } from './value-text.ts';

/** What the right side does with a subscription: of SubscriptionWrapper. */
type Instruction =
  | 'DELETE_KEY_NO_PROPAGATE'
  | 'DELETE_KEY_AND_PROPAGATE'
  | 'PROPAGATE_NULL_IF_NO_FK_VAL_AVAILABLE'
  | 'PROPAGATE_ONLY_IF_FK_VAL_AVAILABLE';

/**
 * `foreignKey`: the key of the right row that a left row refers to; null if it refers to none. `of`: what comes of both values; of `left`
 * also without a right one, which is null.
 */
export type ForeignKeyJoin = {
  readonly stores: { readonly left: string; readonly right: string; readonly subscriptions: string };
  /** Both have to be sinks of the topology, and its sources by the operators that are called as they are. */
  readonly topics: { readonly subscriptions: string; readonly responses: string };
  readonly foreignKey: (value: RecordValue, key: RecordKey) => RecordKey | null;
} & (
  | { readonly kind: 'inner'; readonly of: (left: RecordValue, right: RecordValue) => RecordValue }
  | { readonly kind: 'left'; readonly of: (left: RecordValue, right: RecordValue | null) => RecordValue }
);

/** The join as an operator for each topic: of both tables, which it keeps, and of both of its own. Results come of responses. */
export function joinByForeignKey(
  join: ForeignKeyJoin,
): Readonly<Record<'left' | 'right' | 'subscriptions' | 'responses', Operator>> {
  const stores = new WeakMap<TaskContext, SubscriptionStore>();
  const subscriptionsOf = (task: TaskContext): SubscriptionStore => {
    const found = stores.get(task) ?? new SubscriptionStore(task.store(join.stores.subscriptions));
    stores.set(task, found);
    return found;
  };
  return {
    left: subscribing(join),
    right: telling(join, subscriptionsOf),
    subscriptions: answering(join, subscriptionsOf),
    responses: resolving(join),
  };
}

/** A change of a left row: it leaves the right row that it referred to, and subscribes to the one that it refers to now. */
const subscribing =
  ({ stores, topics, foreignKey, kind }: ForeignKeyJoin): Operator =>
  (_next, task) => {
    const rows = task.store(stores.left);
    return (record) => {
      const { key, value, timestamp } = record;
      if (key === undefined) return task.drop(record, 'no-key');
      const before = rows.get(key) ?? null;
      rows.put(key, value, timestamp);
      if (before === null && value === null) return;
      const old = before === null ? null : foreignKey(before, key);
      const now = value === null ? null : foreignKey(value, key);
      const hash = value === null ? {} : { hash: hashOf(value) };
      const send = (to: RecordKey | null, instruction: Instruction): void =>
        task.send(topics.subscriptions, {
          key: to ?? undefined,
          value: { ...hash, instruction, primary: textOf(key) },
          timestamp,
        });
      if (old !== null && old !== now && (now !== null || kind === 'left')) send(old, 'DELETE_KEY_NO_PROPAGATE');
      if (kind === 'left') return send(now, 'PROPAGATE_NULL_IF_NO_FK_VAL_AVAILABLE');
      if (now === null) {
        if (value !== null) task.drop(record, 'no-foreign-key');
        if (old !== null) send(old, 'DELETE_KEY_AND_PROPAGATE');
        return;
      }
      const isMoved = old !== null && old !== now;
      send(now, isMoved ? 'PROPAGATE_NULL_IF_NO_FK_VAL_AVAILABLE' : 'PROPAGATE_ONLY_IF_FK_VAL_AVAILABLE');
    };
  };

/** A change of a right row is a response to each left row that has subscribed to it. */
const telling =
  ({ stores, topics }: ForeignKeyJoin, subscriptionsOf: (task: TaskContext) => SubscriptionStore): Operator =>
  (_next, task) => {
    const rows = task.store(stores.right);
    const subscriptions = subscriptionsOf(task);
    return (record) => {
      const { key, value, timestamp } = record;
      if (key === undefined) return task.drop(record, 'no-key');
      rows.put(key, value, timestamp);
      for (const { primary, hash } of subscriptions.of(key)) {
        task.send(topics.responses, { key: primary, value: response(hash, value), timestamp });
      }
    };
  };

/** A subscription is kept, and answered with what the right table has just then. */
const answering =
  ({ stores, topics }: ForeignKeyJoin, subscriptionsOf: (task: TaskContext) => SubscriptionStore): Operator =>
  (_next, task) => {
    const rows = task.store(stores.right);
    const subscriptions = subscriptionsOf(task);
    return ({ key: foreign, value, timestamp }) => {
      const { hash, instruction, primary: text } = value as RecordFields & { instruction: Instruction };
      const primary = valueOf(text as string) as RecordKey;
      const deletes = instruction === 'DELETE_KEY_NO_PROPAGATE' || instruction === 'DELETE_KEY_AND_PROPAGATE';
      if (foreign !== undefined) {
        if (deletes) subscriptions.delete(foreign, primary, timestamp);
        else subscriptions.put(foreign, { primary, hash: hash as string }, timestamp);
      }
      const right = foreign === undefined ? undefined : rows.stamped(foreign);
      if (instruction === 'DELETE_KEY_NO_PROPAGATE') return;
      if (instruction === 'PROPAGATE_ONLY_IF_FK_VAL_AVAILABLE' && right === undefined) return;
      const latest: Time = Math.max(timestamp, right?.timestamp ?? timestamp);
      const told = deletes ? null : (right?.value ?? null);
      task.send(topics.responses, {
        key: primary,
        value: response(hash as string | undefined, told),
        timestamp: latest,
      });
    };
  };

/** A response to the value that the left row has now is a result; one without a right value is a deletion, but of a left join. */
const resolving =
  ({ stores, kind, of }: ForeignKeyJoin): Operator =>
  (next, task) => {
    const rows = task.store(stores.left);
    return ({ key, value, timestamp }) => {
      const { hash, foreign } = value as RecordFields;
      const left = rows.get(key!) ?? null;
      if (hash !== (left === null ? undefined : hashOf(left))) return;
      const right = foreign === undefined ? null : valueOf(foreign as string);
      const isThere = left !== null && (right !== null || kind === 'left');
      const join = of as (left: RecordValue, right: RecordValue | null) => RecordValue;
      next({ key, value: isThere ? join(left, right) : null, timestamp });
    };
  };

/** `hash`: undefined of a left row that is deleted. */
const response = (hash: string | undefined, foreign: RecordValue | null): RecordFields => ({
  ...(hash === undefined ? {} : { hash }),
  ...(foreign === null ? {} : { foreign: textOf(foreign) }),
});
