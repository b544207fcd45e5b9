/**
 * A consumer over the death of its server: what its file says of it, and what becomes of its copies when it is as that says.
 */
import type { Fates } from '../../../messaging/fates.ts';
import type { MessageStore } from './message-store.ts';
import type { StreamPosition } from './position.ts';
import type { UnacknowledgedMessages, UnacknowledgedState } from './unacknowledged.ts';

/** What is written down of a consumer. */
export interface ConsumerState {
  /** The number of the next delivery. */
  readonly delivery: number;
  /** The first message that it has not looked at. */
  readonly first: number;
  readonly unacknowledged: UnacknowledgedState;
}

export interface ConsumerParts {
  readonly store: MessageStore<unknown>;
  readonly position: StreamPosition<unknown>;
  readonly unacknowledged: UnacknowledgedMessages;
  readonly books: Fates;
}

/** Makes a consumer what was written down, and tells its books. */
export function restore(parts: ConsumerParts, { first, unacknowledged }: ConsumerState): void {
  const { store, books } = parts;
  const before = whereabouts(parts);
  parts.position.restart(first);
  parts.unacknowledged.restore(unacknowledged, (sequence) => store.get(sequence) !== undefined);
  const after = whereabouts(parts);
  for (const sequence of new Set([...before.keys(), ...after.keys()]))
    rebook(books, before.get(sequence) ?? NONE, after.get(sequence) ?? NONE);
}

/** Copies of one message. A nak of what was not waited for made a second one. */
interface Copies {
  readonly ready: number;
  readonly inFlight: number;
}

const NONE: Copies = { ready: 0, inFlight: 0 };

function whereabouts({ store, position, unacknowledged }: ConsumerParts): Map<number, Copies> {
  const found = new Map<number, Copies>();
  // What was rejected after it had gone is due all the same.
  const gone = unacknowledged.before(Infinity).filter((sequence) => store.get(sequence) === undefined);
  for (const sequence of [...gone, ...[...store.all()].map((message) => message.sequence)]) {
    const message = store.get(sequence);
    const isAhead = message !== undefined && position.isAhead(message);
    const isDue = unacknowledged.isDue(sequence);
    const inFlight = Number(!isDue && unacknowledged.get(sequence) !== undefined);
    found.set(sequence, { ready: Number(isAhead) + Number(isDue), inFlight });
  }
  return found;
}

/** Whoever forgets that a message had ended makes another copy of it. */
function rebook(books: Fates, before: Copies, after: Copies): void {
  let ready = after.ready - before.ready;
  let inFlight = after.inFlight - before.inFlight;
  for (; ready > 0 && inFlight < 0; ready--, inFlight++) books.move('in-flight', 'ready');
  for (; ready < 0 && inFlight > 0; ready++, inFlight--) books.move('ready', 'in-flight');
  for (; ready > 0; ready--) books.take('ready');
  for (; inFlight > 0; inFlight--) books.take('in-flight');
  for (; ready < 0; ready++) books.move('ready', 'lost');
  for (; inFlight < 0; inFlight++) books.move('in-flight', 'lost');
}
