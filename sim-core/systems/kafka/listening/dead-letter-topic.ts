/**
 * A topic of dead letters as a monitor sees it (`messaging/dead-letter/watch.ts`). A log keeps what was read, so that its depth is
 * what the group that redrives has not committed: all of it while there is none.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Time } from '../../../kernel/time.ts';
import { messageEnqueued } from '../../../messaging/channels/facts.ts';
import type { HandlingFailure } from '../../../messaging/consuming/received.ts';
import type { WatchedQueue } from '../../../messaging/dead-letter/watch.ts';
import type { RecordBook } from '../record-book.ts';
import type { Topic } from '../topic.ts';
import { failureOf } from './retry-headers.ts';

/** What handling fails by, and nothing where no failure is written on a record. */
const REASONS = [
  'poison',
  'transient',
  'timeout',
  'overloaded',
  'refused',
  'unavailable',
  'error',
  'none',
] as const satisfies readonly (HandlingFailure | 'none')[];

export class DeadLetterTopic implements WatchedQueue {
  readonly name: string;
  readonly inFlight = 0;
  readonly reasons = REASONS;
  private readonly topic: Pick<Topic, 'name' | 'partitions'>;
  private readonly book: RecordBook;
  private readonly committedOf: (partition: string) => number;

  /** `committedOf`: up to where a partition was redriven. */
  constructor(
    sim: Simulation,
    topic: Pick<Topic, 'name' | 'partitions'>,
    book: RecordBook,
    committedOf: (partition: string) => number,
  ) {
    this.name = topic.name;
    this.topic = topic;
    this.book = book;
    this.committedOf = committedOf;
    const enqueued = sim.facts.channel(messageEnqueued);
    book.follow({
      appended: ({ request, headers }, partition) => {
        if (!enqueued.heard || !topic.partitions.includes(partition)) return;
        enqueued.emit({ queue: topic.name, request, reason: failureOf(headers) ?? 'none' });
      },
    });
  }

  get ready(): number {
    return this.fates.total - this.topic.partitions.reduce((sum, id) => sum + this.committedOf(id), 0);
  }

  /** The first of each partition: those behind it came later. */
  get copies(): Iterable<{ readonly enqueued: Time }> {
    return this.topic.partitions.flatMap((partition) => {
      const from = this.committedOf(partition);
      const first = this.book.line(partition).find(({ lastOffset }) => lastOffset >= from);
      return first === undefined ? [] : [{ enqueued: first.appendedAt }];
    });
  }

  get fates(): { readonly total: number } {
    const ends = this.topic.partitions.map((partition) => (this.book.line(partition).at(-1)?.lastOffset ?? -1) + 1);
    return { total: ends.reduce((sum, end) => sum + end, 0) };
  }
}
