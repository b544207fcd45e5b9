/**
 * A log-tailing relay's work, after Debezium on Kafka Connect: reads the database's log behind a place, publishes what was inserted
 * into the outbox, in the order of the commits, and goes on when all of it is acknowledged. Every so often it writes down, in a
 * store of its own, up to where that is so (`offset.flush.interval.ms`; Connect's default is a minute), and only then lets the
 * database forget what is before.
 *
 * Dead, it begins at the place that it wrote down, and publishes again what came since. `marksFirst` has it write a place
 * down before what leads there is published, and then that is published by nobody.
 */
import { fork, type Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { Link } from '../../network/link.ts';
import type { LogQuery } from '../../storage/relational/log-reader.ts';
import type { Decoded } from '../../storage/relational/logical-slot.ts';
import type { Lsn } from '../../storage/relational/write-ahead-log.ts';
import { eventOf, isOutbox, type PublishedEvent } from './outbox-table.ts';
import type { RelayWork } from './relay.ts';

export interface LogTailingOptions {
  readonly name: string;
  readonly log: Link<LogQuery, Decoded>;
  /** Transactions that it takes at once, at most. */
  readonly batch: number;
  /** How often it writes down where it is, and how long it takes until that is durable. */
  readonly storeInterval: Duration;
  readonly storeTime: Duration;
  /** Pause before it asks again a database that is not there. */
  readonly retryBackoff: Duration;
  readonly marksFirst: boolean;
}

export class LogTailing implements RelayWork {
  private readonly options: LogTailingOptions;
  private readonly requests: BackgroundRequests;
  /** What is written down: it outlives the process. */
  private stored: Lsn = 0;
  private place: Lsn = 0;

  constructor(options: LogTailingOptions) {
    this.options = options;
    this.requests = new BackgroundRequests(options.log.sim);
  }

  *run(publish: Parameters<RelayWork['run']>[0]): Behaviour {
    const { log, name, batch, retryBackoff, marksFirst } = this.options;
    this.place = this.stored;
    fork(`${name} writes down where it is`, this.writeDown());
    for (;;) {
      try {
        const query: LogQuery = { do: 'read', application: name, after: this.place, max: batch };
        const { transactions, position } = yield* log.call(query, this.requests.next());
        const changes = transactions.flatMap((transaction) => transaction.changes);
        if (marksFirst) yield* this.store(position);
        let events = changes.flatMap(({ table, key, row }): PublishedEvent[] =>
          isOutbox(table) && row !== undefined ? [eventOf({ key, row })] : [],
        );
        while (events.length > 0) events = events.slice(yield* publish(events));
        this.place = position;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        yield retryBackoff;
      }
    }
  }

  state(): Readonly<Record<string, number>> {
    return { 'place in the log': this.place, 'place written down': this.stored };
  }

  private *writeDown(): Behaviour {
    const { log, storeInterval } = this.options;
    for (;;) {
      yield storeInterval;
      if (this.place > this.stored) yield* this.store(this.place);
      // It may be that the database has forgotten it in a crash; a place that it knows already changes nothing.
      log.send({ do: 'confirm', place: this.stored }, this.requests.next());
    }
  }

  private *store(place: Lsn): Behaviour {
    yield this.options.storeTime;
    this.stored = place;
  }
}
