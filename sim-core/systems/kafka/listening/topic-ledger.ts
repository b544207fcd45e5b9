/**
 * A ledger that sees for itself where records are: a message is in somebody's hands while a record of it is in a topic, and the group
 * that reads that topic has not committed beyond it; in a topic that no group reads, for good. What an error handler lets fall, or
 * commits and has not sent on, is lost, whatever it believes.
 *
 * A message is what its producer was given a request for, and all records of the request are copies of it.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import { EffectLedger } from '../../../messaging/consuming/ledger.ts';
import type { ConsumerGroup } from '../consumer-group.ts';
import type { RecordBook } from '../record-book.ts';

interface Kept {
  readonly offset: number;
  readonly request: number;
}

export class TopicLedger extends EffectLedger {
  /** By partition: what is kept of it, by offset. */
  private readonly kept = new Map<string, Kept[]>();

  constructor(sim: Simulation, name: string, book: RecordBook) {
    super(sim, name);
    book.follow({
      appended: ({ request }, partition, offset) => {
        const kept = this.kept.get(partition) ?? [];
        this.kept.set(partition, kept);
        kept.push({ offset, request });
        this.taken(request);
      },
      cut: ({ request }, partition, offset) => {
        const kept = this.kept.get(partition)!;
        // What was committed before it was cut off had left already.
        if (kept.at(-1)?.offset === offset) {
          kept.pop();
          this.released(request);
        } else {
          const at = kept.findIndex((each) => each.offset === offset);
          if (at >= 0) this.released(kept.splice(at, 1)[0].request);
        }
      },
    });
  }

  /** A group reads some of the topics: what it commits beyond is not kept by them any more. */
  readBy(group: ConsumerGroup): void {
    group.follow((partition, offset) => {
      const kept = this.kept.get(partition) ?? [];
      while (kept.length > 0 && kept[0].offset < offset) this.released(kept.shift()!.request);
    });
  }
}
