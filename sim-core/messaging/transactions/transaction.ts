/**
 * What the coordinator of a transactional producer decides, as plain functions over a state that it keeps in its log:
 * TransactionMetadata and TransactionCoordinator of apache/kafka (00c29d0), with the epochs of KIP-890
 * (`transaction.version=2`).
 *
 *     empty --add--> ongoing --end--> prepare-commit --markers--> complete-commit --add--> ongoing …
 *                       |                 (or abort)                  (or abort)
 *                       +--another begins, or its time is over: prepare-abort
 *
 * Every end raises the producer's epoch by one, and the markers carry the new one: whatever comes late of the old epoch is
 * refused by whoever has the marker. The producer that ended the transaction is told the new epoch; one that was fenced is
 * not. That an epoch runs out and the producer gets another id is not modelled.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Marker } from '../log/record-batch.ts';

export type TransactionStatus =
  | 'empty'
  | 'ongoing'
  | 'prepare-commit'
  | 'prepare-abort'
  | 'complete-commit'
  | 'complete-abort';

export interface Transaction {
  /** `transactional.id`. */
  readonly id: string;
  readonly producer: number;
  readonly epoch: number;
  /** The epoch with which the producer itself ended its last transaction: by it the request is known when it comes again. */
  readonly endedEpoch: number;
  readonly status: TransactionStatus;
  /** Those that take part, and get a marker: partitions, and those that keep the groups whose offsets are in it. */
  readonly participants: readonly string[];
  readonly startedAt: Time;
  /** `transaction.timeout.ms`. */
  readonly timeout: Duration;
}

/** Who asks: an epoch that is not the present one is another life's. */
export interface ProducerIdentity {
  readonly id: number;
  readonly epoch: number;
}

export type TransactionError = 'concurrent-transactions' | 'producer-fenced' | 'invalid-transaction-state';

/** What comes of a request: an error, the state as it is, or another state that has to be written first. */
export type Verdict =
  | { readonly error: TransactionError }
  | { readonly error?: undefined; readonly next?: Transaction; readonly answer?: TransactionError };

const refused = (error: TransactionError): Verdict => ({ error });

const preparing = ({ status }: Transaction): boolean => status === 'prepare-commit' || status === 'prepare-abort';

/** A producer begins its life; one that was there before under its name is fenced, and what it left open is aborted. */
export function initialise(
  known: Transaction | undefined,
  id: string,
  newProducer: () => number,
  timeout: Duration,
): Verdict {
  if (known === undefined) {
    const producer = newProducer();
    const fresh = { id, producer, epoch: 0, endedEpoch: -1, participants: [], startedAt: -1, timeout };
    return { next: { ...fresh, status: 'empty' } };
  }
  if (preparing(known)) return refused('concurrent-transactions');
  // It is told to ask again: by then the transaction is aborted, and it gets the epoch after the fence's.
  if (known.status === 'ongoing') return { next: fence(known), answer: 'concurrent-transactions' };
  const epoch = known.epoch + 1;
  return { next: { ...known, epoch, endedEpoch: -1, status: 'empty', participants: [], startedAt: -1, timeout } };
}

/** Partitions, or a group, take part from now on. */
export function addParticipants(
  known: Transaction,
  producer: ProducerIdentity,
  added: readonly string[],
  now: Time,
): Verdict {
  if (!isPresent(known, producer)) return refused('producer-fenced');
  if (preparing(known)) return refused('concurrent-transactions');
  const { status, participants } = known;
  const isOngoing = status === 'ongoing';
  const others = added.filter((name) => !isOngoing || !participants.includes(name));
  if (others.length === 0) return {};
  const all = isOngoing ? [...participants, ...others] : others;
  return { next: { ...known, status: 'ongoing', participants: all, startedAt: isOngoing ? known.startedAt : now } };
}

/** The producer ends its transaction. */
export function end(known: Transaction, producer: ProducerIdentity, marker: Marker): Verdict {
  if (known.producer === producer.id && known.endedEpoch === producer.epoch) return endedBefore(known, marker);
  if (!isPresent(known, producer)) return refused('producer-fenced');
  if (known.status !== 'ongoing') return refused('invalid-transaction-state');
  return { next: { ...prepared(known, marker), endedEpoch: known.epoch } };
}

/** Nobody asked for it: the transaction is aborted, and its producer fenced. */
export const fence = (known: Transaction): Transaction => ({ ...prepared(known, 'abort'), endedEpoch: -1 });

/** All who take part have the marker. */
export function completed(known: Transaction): Transaction {
  return { ...known, status: markerOf(known) === 'commit' ? 'complete-commit' : 'complete-abort', participants: [] };
}

/** What is written to those who take part, once the decision is in the log. */
export const markerOf = ({ status }: Transaction): Marker | undefined =>
  status === 'prepare-commit' ? 'commit' : status === 'prepare-abort' ? 'abort' : undefined;

function prepared(known: Transaction, marker: Marker): Transaction {
  return { ...known, epoch: known.epoch + 1, status: `prepare-${marker}` };
}

/** It has come before: its answer was lost. */
function endedBefore(known: Transaction, marker: Marker): Verdict {
  if (known.status === `prepare-${marker}` || known.status === `complete-${marker}`) return {};
  return refused('invalid-transaction-state');
}

const isPresent = (known: Transaction, { id, epoch }: ProducerIdentity): boolean =>
  known.producer === id && known.epoch === epoch;
