/**
 * A polling relay's work: asks the database for what is not published, publishes it, waits until all of it is acknowledged, and
 * then has the database keep account of that. A full batch is followed by the next at once, any other after the interval.
 *
 * Dead between the acknowledgement and the account of it, it publishes a batch again. `marksFirst` has it the other way
 * round, and then that batch is published by nobody.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed, type Call } from '../../network/call.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { Link } from '../../network/link.ts';
import type { SqlReply, SqlRequest, Statement } from '../../storage/relational/statements.ts';
import { eventOf, progressAt, progressOf, readProgress, type RelayProgress } from './outbox-table.ts';
import type { PollingRule } from './polling-rules.ts';
import type { RelayWork } from './relay.ts';

export interface PollingOptions {
  /** How the database knows it, and its way there. */
  readonly application: string;
  readonly database: Link<SqlRequest, SqlReply>;
  readonly rule: PollingRule;
  readonly interval: Duration;
  /** Rows that it takes at once, at most. */
  readonly batch: number;
  /** Keeps account of a batch before it is published. */
  readonly marksFirst: boolean;
}

export class Polling implements RelayWork {
  private readonly options: PollingOptions;
  private readonly requests: BackgroundRequests;
  private polls = 0;

  constructor(options: PollingOptions) {
    this.options = options;
    this.requests = new BackgroundRequests(options.database.sim);
  }

  *run(publish: Parameters<RelayWork['run']>[0]): Behaviour {
    const { rule, interval, batch, marksFirst } = this.options;
    let progress: RelayProgress | undefined = undefined;
    for (;;) {
      let taken = 0;
      try {
        progress ??= progressOf((yield* this.ask(readProgress))[0]);
        const rows = yield* this.ask(rule.select(progress, batch));
        this.polls++;
        if (marksFirst && rows.length > 0) yield* this.ask(rule.done(rows));
        taken = yield* publish(rows.map(eventOf));
        const published = rows.slice(0, taken);
        if (!marksFirst && taken > 0) yield* this.ask(rule.done(published));
        if (taken > 0) progress = progressAt(published[taken - 1]);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        // Whether it was written down is not known: what is durable says where to go on.
        progress = undefined;
      }
      if (taken < batch) yield interval;
    }
  }

  state(): Readonly<Record<string, number>> {
    return { polls: this.polls };
  }

  private ask(statement: Statement): Call<SqlRequest, SqlReply> {
    const { application, database } = this.options;
    return database.call({ application, statements: [statement] }, this.requests.next());
  }
}
