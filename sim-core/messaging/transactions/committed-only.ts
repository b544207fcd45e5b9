/**
 * What a reader that wants committed records only makes of what it fetched: the batches of transactions that were aborted
 * are left out, by the index that the broker sends along, and markers are shown to nobody. As in Kafka's client: a
 * producer's batches are left out from the first offset of its aborted transaction on, up to its marker.
 */
import type { EndedTransaction } from '../log/producer-states.ts';
import type { LogRecord, RecordBatch } from '../log/record-batch.ts';

export function committedOnly<R extends LogRecord>(
  batches: readonly RecordBatch<R>[],
  aborted: readonly EndedTransaction[],
): RecordBatch<R>[] {
  return batches.filter(({ producer, firstOffset, marker }) => {
    if (marker !== undefined) return false;
    if (producer === undefined || !producer.isTransactional) return true;
    return !aborted.some(
      ({ producer: id, first, last }) => id === producer.id && first <= firstOffset && firstOffset < last,
    );
  });
}
