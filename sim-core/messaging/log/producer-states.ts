/**
 * What a partition remembers of its producers: the sequences by which it knows a batch that it has already, and the
 * transactions that are open in it.
 *
 * After Kafka's ProducerStateManager (apache/kafka 1eb7644). A batch follows the last one of its producer and epoch, or is
 * refused; one with the same range as one of the last five is acknowledged and not appended again. Of an unknown producer
 * any first sequence is taken, since its state may have been retained away. A lower epoch is fenced, a higher one begins
 * at 0.
 *
 * A reader that wants only committed records reads below the last stable offset: the high watermark, or the first offset
 * of the earliest transaction that is open or whose marker is not below the high watermark yet. Everybody's records
 * beyond it wait, those without a transaction too.
 */
import type { Marker, ProducerStamp } from './record-batch.ts';

/** Sequences are signed 32-bit integers without the sign, and begin again at 0. */
const SEQUENCE_MAX = 2_147_483_647;

/** Batches of a producer that are remembered. More requests in flight than these cannot be told from doubles. */
export const REMEMBERED_BATCHES = 5;

export type AppendVerdict =
  | { readonly verdict: 'append' }
  | { readonly verdict: 'duplicate'; readonly firstOffset: number }
  | { readonly verdict: 'refuse'; readonly error: 'out-of-order-sequence' | 'invalid-producer-epoch' };

interface RememberedBatch {
  readonly first: number;
  readonly last: number;
  readonly firstOffset: number;
}

interface ProducerState {
  epoch: number;
  batches: RememberedBatch[];
  /** First offset of the open transaction, if there is one. */
  openSince: number | undefined;
}

/** A transaction that has ended: its records' first offset and its marker's. */
export interface EndedTransaction {
  readonly producer: number;
  readonly first: number;
  readonly last: number;
  readonly marker: Marker;
}

/** Of what a coordinator writes for a producer, which is not numbered: only the epoch is looked at. */
export const NO_SEQUENCE = -1;

const APPEND: AppendVerdict = { verdict: 'append' };
const NONE: readonly EndedTransaction[] = [];

export class ProducerStates {
  private readonly producers = new Map<number, ProducerState>();
  /** Ended, and the high watermark is not past the marker. */
  private unreplicated: EndedTransaction[] = [];
  private abortedOnes: EndedTransaction[] = [];

  /** What is to be done with a batch of so many records. */
  judge(stamp: ProducerStamp, records: number): AppendVerdict {
    const state = this.producers.get(stamp.id);
    if (state === undefined) return APPEND;
    if (stamp.epoch < state.epoch) return { verdict: 'refuse', error: 'invalid-producer-epoch' };
    if (stamp.sequence === NO_SEQUENCE) return APPEND;
    if (stamp.epoch > state.epoch) return stamp.sequence === 0 ? APPEND : outOfOrder();
    const last = lastSequence(stamp.sequence, records);
    const known = state.batches.find((batch) => batch.first === stamp.sequence && batch.last === last);
    if (known !== undefined) return { verdict: 'duplicate', firstOffset: known.firstOffset };
    const before = state.batches.length > 0 ? state.batches[state.batches.length - 1].last : -1;
    return stamp.sequence === nextSequence(before, 1) ? APPEND : outOfOrder();
  }

  /** A batch has been appended. */
  append(stamp: ProducerStamp, records: number, firstOffset: number): void {
    const state = this.stateOf(stamp.id, stamp.epoch);
    if (stamp.isTransactional) state.openSince ??= firstOffset;
    if (stamp.sequence === NO_SEQUENCE) return;
    state.batches.push({ first: stamp.sequence, last: lastSequence(stamp.sequence, records), firstOffset });
    if (state.batches.length > REMEMBERED_BATCHES) state.batches.shift();
  }

  /**
   * What is to be done with a marker: it ends what is open under a lower epoch than its own (KIP-890). One that has come
   * before finds its own epoch; one that is late finds a transaction that was begun after it, or a higher epoch.
   */
  judgeMarker(producer: number, epoch: number): 'append' | 'duplicate' {
    const state = this.producers.get(producer);
    return state === undefined || state.epoch < epoch ? 'append' : 'duplicate';
  }

  /** A marker has been appended at an offset: the producer's transaction, if it has records here, has ended. */
  end(producer: number, epoch: number, marker: Marker, offset: number): EndedTransaction | undefined {
    const state = this.stateOf(producer, epoch);
    if (state.openSince === undefined) return undefined;
    const ended: EndedTransaction = { producer, first: state.openSince, last: offset, marker };
    state.openSince = undefined;
    this.unreplicated.push(ended);
    if (marker === 'abort') this.abortedOnes.push(ended);
    return ended;
  }

  /** The earliest offset whose transaction is not decided, or not known to be by every replica. */
  firstUnstable(highWatermark: number): number | undefined {
    this.unreplicated = this.unreplicated.filter(({ last }) => last >= highWatermark);
    let first: number | undefined = undefined;
    const consider = (offset: number): void => {
      if (first === undefined || offset < first) first = offset;
    };
    for (const ended of this.unreplicated) consider(ended.first);
    for (const { openSince } of this.producers.values()) if (openSince !== undefined) consider(openSince);
    return first;
  }

  lastStable(highWatermark: number): number {
    return Math.min(highWatermark, this.firstUnstable(highWatermark) ?? Infinity);
  }

  /** Aborted transactions that have something from an offset on and below another: what a reader is told to leave out. */
  abortedIn(from: number, below: number): readonly EndedTransaction[] {
    const found = this.abortedOnes.filter(({ first, last }) => last >= from && first < below);
    return found.length === 0 ? NONE : found;
  }

  /** Whether a batch is its producer's last: by it the next one is known. */
  isLast({ id, epoch }: ProducerStamp, firstOffset: number): boolean {
    const state = this.producers.get(id);
    const last = state?.batches[state.batches.length - 1];
    return state?.epoch === epoch && last?.firstOffset === firstOffset;
  }

  /** The log begins at an offset from now on: what ended before it is asked for by nobody. */
  retain(start: number): void {
    this.abortedOnes = this.abortedOnes.filter(({ last }) => last >= start);
  }

  private stateOf(id: number, epoch: number): ProducerState {
    let state = this.producers.get(id);
    if (state === undefined || state.epoch !== epoch) {
      state = { epoch, batches: [], openSince: state?.openSince };
      this.producers.set(id, state);
    }
    return state;
  }
}

const outOfOrder = (): AppendVerdict => ({ verdict: 'refuse', error: 'out-of-order-sequence' });

/** The sequence so many records on. */
export function nextSequence(sequence: number, records: number): number {
  return (sequence + records) % (SEQUENCE_MAX + 1);
}

const lastSequence = (first: number, records: number): number => nextSequence(first, records - 1);
