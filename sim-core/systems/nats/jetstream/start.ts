/** The message that a new consumer begins with, by its deliver policy. */
import type { ConsumerConfiguration } from './configuration.ts';
import type { MessageStore } from './message-store.ts';

export interface Start {
  /** The first message to look at. */
  readonly first: number;
  /** Messages to deliver before that, of which there is one a subject. */
  readonly skipTo: number[];
}

export function startOf(store: MessageStore<unknown>, { deliverPolicy = 'all', filter }: ConsumerConfiguration): Start {
  if (store.firstSequence === 0) return { first: 1, skipTo: [] };
  const lasts = store.lastOfSubjects(filter);
  const within = (sequence: number): number =>
    sequence > store.lastSequence ? store.lastSequence + 1 : Math.max(sequence, store.firstSequence);
  if (deliverPolicy === 'last_per_subject' && lasts.length > 0) return { first: within(lasts[0]), skipTo: lasts };
  return { first: within(wanted()), skipTo: [] };

  function wanted(): number {
    if (deliverPolicy === 'all') return store.firstSequence;
    if (deliverPolicy === 'last') return filter === undefined ? store.lastSequence : (lasts.at(-1) ?? 0);
    if (deliverPolicy === 'last_per_subject') return store.lastSequence;
    if (deliverPolicy === 'new') return store.lastSequence + 1;
    if ('fromSequence' in deliverPolicy) return deliverPolicy.fromSequence;
    for (const { sequence, storedAt } of store.all()) if (storedAt >= deliverPolicy.fromTime) return sequence;
    return store.lastSequence + 1;
  }
}
