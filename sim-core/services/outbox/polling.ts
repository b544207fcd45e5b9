/**
 * A polling relay's work: asks the database for what is not published, publishes it, waits until all of it is acknowledged, and
 * then has the database keep account of that. A full batch is followed by the next at once, any other after the interval.
 *
 * Dead between the acknowledgement and the account of it, it publishes a batch again. `marksFirst` has it the other way
 * round, and then that batch is published by nobody.
 *
 * Where there are several relays each publishes what it finds, unless they claim it: then a transaction is open from the query to the
 * account, and a relay that dies leaves what it had to the others. With `marksFirst` the claim ends before anything is published.
 *
 * - `rows`: the query locks what it finds, and leaves out what others have locked (`FOR UPDATE SKIP LOCKED`). Nothing is published by two,
 *   and two of them publish at once: an aggregate's events by one may overtake those by the other. That is so where rows are marked
 *   or deleted. With a rule whose account is a position it is refused: who leaves locked rows out would write a position behind
 *   them, and if their relay did not publish them nobody would; if it did, it might set the position back.
 * - `turn`: the row of the relays' progress is locked first, and whoever has it is alone. The others wait in line for it.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed, type Call } from '../../network/call.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { Link } from '../../network/link.ts';
import type { StoredRow } from '../../storage/relational/rows.ts';
import type { SqlReply, SqlRequest, SqlSession, Statement } from '../../storage/relational/statements.ts';
import { eventOf, lockProgress, progressAt, progressOf, readProgress, type RelayProgress } from './outbox-table.ts';
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
  readonly claims: Claims;
}

export const CLAIMS = ['nothing', 'rows', 'turn'] as const;
export type Claims = (typeof CLAIMS)[number];
type Publish = Parameters<RelayWork['run']>[0];
type Say = (statement: Statement | undefined, ends?: 'commit') => Behaviour<SqlReply>;

export class Polling implements RelayWork {
  private readonly options: PollingOptions;
  private readonly requests: BackgroundRequests;
  private polls = 0;
  /** As it knows it; undefined if it has to ask. */
  private progress: RelayProgress | undefined = undefined;

  constructor(options: PollingOptions) {
    if (options.claims === 'rows' && options.rule.keepsPosition) {
      throw new RangeError(
        `${options.database.from}: claims is rows; with a rule that keeps account by a position it must be nothing or turn, for rows that are left out because another relay has locked them would be behind that position, and lost if it dies`,
      );
    }
    this.options = options;
    this.requests = new BackgroundRequests(options.database.sim);
  }

  *run(publish: Publish): Behaviour {
    const { interval, batch, claims } = this.options;
    this.progress = undefined;
    for (;;) {
      let taken = 0;
      try {
        taken = yield* claims === 'nothing' ? this.unclaimed(publish) : this.claimed(publish);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        // Whether it was written down is not known: what is durable says where to go on.
        this.progress = undefined;
      }
      if (taken < batch) yield interval;
    }
  }

  private *unclaimed(publish: Publish): Behaviour<number> {
    // Each statement is a transaction of its own.
    const say: Say = (statement) => this.ask({ statements: [statement!] });
    this.progress ??= progressOf((yield* say(readProgress))[0]);
    const { taken, last } = yield* this.batch(publish, this.progress, say);
    if (last !== undefined) this.progress = progressAt(last);
    return taken;
  }

  /** In one transaction: what it has locked is others' again when it ends, or when its client is gone. */
  private *claimed(publish: Publish): Behaviour<number> {
    const session: SqlSession = {};
    let isEnded = false;
    const ask = this.ask.bind(this);
    const say: Say = function* (statement, ends) {
      const reply = yield* ask({
        session,
        statements: statement === undefined ? [] : [statement],
        ...(ends && { ends }),
      });
      isEnded = ends !== undefined;
      return reply;
    };
    try {
      const [row] = yield* say(this.options.claims === 'turn' ? lockProgress : readProgress);
      const { taken } = yield* this.batch(publish, progressOf(row), say);
      if (!isEnded) yield* say(undefined, 'commit');
      return taken;
    } finally {
      const { application, database } = this.options;
      const bye = { application, session, statements: [], ends: 'rollback' } as const;
      if (!isEnded) database.send(bye, this.requests.next());
    }
  }

  /** How many rows were published, and the last of them. */
  private *batch(
    publish: Publish,
    progress: RelayProgress,
    say: Say,
  ): Behaviour<{ readonly taken: number; readonly last: StoredRow | undefined }> {
    const { rule, batch, marksFirst, claims } = this.options;
    const select = rule.select(progress, batch);
    const rows = yield* say(claims === 'rows' ? { ...select, skipLocked: true } : select);
    this.polls++;
    if (marksFirst && rows.length > 0) yield* say(rule.done(rows), 'commit');
    const taken: number = yield* publish(rows.map(eventOf));
    const published = rows.slice(0, taken);
    if (!marksFirst && taken > 0) yield* say(rule.done(published));
    return { taken, last: published.at(-1) };
  }

  state(): Readonly<Record<string, number>> {
    return { polls: this.polls };
  }

  private ask(query: Omit<SqlRequest, 'application'>): Call<SqlRequest, SqlReply> {
    const { application, database } = this.options;
    return database.call({ application, ...query }, this.requests.next());
  }
}
