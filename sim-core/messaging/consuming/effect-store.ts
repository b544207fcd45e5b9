/**
 * The database in which consumers have their effects, and a table of the ids of messages that they have processed (the
 * inbox of an idempotent consumer; Hohpe & Woolf, Enterprise Integration Patterns, "Idempotent Receiver"). Each statement
 * is a query of the database: it takes a connection and its time.
 *
 * A statement by itself is its own transaction. With a session it belongs to that: an insert takes the id's place in the
 * unique index, and whoever inserts the same id waits until that transaction has ended, as in PostgreSQL ("Index Uniqueness
 * Checks"), then finds a duplicate or has the place; effects are seen with the commit, or never. A session whose client has
 * died is rolled back when the database hears of it.
 *
 * An id is remembered for `retention`, whenever it came again. Does not model the connection that an open transaction keeps,
 * deadlocks, or what deleting old ids costs.
 */
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import type { Database } from '../../storage/database.ts';
import { Query, type QueryOutcome } from '../../storage/queries.ts';
import { DeduplicationWindow } from '../channels/deduplication-window.ts';
import type { EffectLedger } from './ledger.ts';
import type { Received } from './received.ts';

/** A transaction of one message. */
export class StoreSession {
  readonly message: Received;
  /** Effects that wait for the commit. */
  effects = 0;
  isOver = false;

  constructor(message: Received) {
    this.message = message;
  }
}

/**
 * `find` whether the id is there; `insert` it; `apply` the effect; `commit` or `roll back`, with a session. Answered is
 * whether the id was found, or whether the statement had an effect: an insert in a session has none where the id is there,
 * and ends the session; by itself it writes over what is there, as a `save` of an object mapper does.
 */
export interface EffectStatement {
  readonly statement: 'find' | 'insert' | 'apply' | 'commit' | 'roll back';
  readonly message: Received;
  readonly session?: StoreSession;
}

/** Who has an id's place in the index, and who waits for it. */
interface Lock {
  session: StoreSession;
  readonly waiting: StoreQuery[];
}

export class EffectStore implements Endpoint<EffectStatement, boolean> {
  readonly name: string;
  readonly database: Database;
  readonly ledger: EffectLedger;
  private readonly ids: DeduplicationWindow<number>;
  private readonly locks = new Map<number, Lock>();

  constructor(database: Database, options: { readonly ledger: EffectLedger; readonly retention: Duration }) {
    this.name = database.name;
    this.database = database;
    this.ledger = options.ledger;
    this.ids = new DeduplicationWindow(options.retention);
  }

  /** Ids that are remembered. */
  get remembered(): number {
    return this.ids.size;
  }

  receive(call: Call<EffectStatement, boolean>): void {
    const { statement, session } = call.query;
    if (session?.isOver === true) {
      if (statement === 'roll back') call.reply(false);
      else call.refuse('error');
      return;
    }
    if (statement === 'roll back') {
      if (session !== undefined) this.end(session);
      call.reply(true);
      return;
    }
    const query = new StoreQuery(this, call);
    if (statement === 'insert' && session !== undefined && !this.lock(session, query)) return;
    this.database.admit(query);
  }

  /** Does a statement that has been worked at, and answers it. */
  do(statement: EffectStatement): boolean {
    const { message, session } = statement;
    const { now } = this.database.sim;
    switch (statement.statement) {
      case 'find':
        return this.ids.has(message.id, now);
      case 'insert':
        if (session === undefined) {
          this.ids.accept(message.id, now);
          return true;
        }
        if (!this.ids.has(message.id, now)) return true;
        this.end(session);
        return false;
      case 'apply':
        if (session === undefined) this.ledger.applied(message);
        else session.effects++;
        return true;
      default:
        this.commit(session);
        return true;
    }
  }

  /** Ends a transaction; who waits for its id is next. */
  end(session: StoreSession): void {
    session.isOver = true;
    const { id } = session.message;
    const lock = this.locks.get(id);
    if (lock === undefined) return;
    if (lock.session !== session) {
      // It was waiting, and its query is not answered: nobody is there to hear it.
      const place = lock.waiting.findIndex((query) => query.statement.session === session);
      if (place >= 0) lock.waiting.splice(place, 1)[0].refuse('error');
      return;
    }
    const next = lock.waiting.shift();
    if (next === undefined) {
      this.locks.delete(id);
      return;
    }
    lock.session = next.statement.session!;
    this.database.admit(next);
  }

  /** Whether the session has the id's place at once. */
  private lock(session: StoreSession, query: StoreQuery): boolean {
    const lock = this.locks.get(session.message.id);
    if (lock === undefined) {
      this.locks.set(session.message.id, { session, waiting: [] });
      return true;
    }
    lock.waiting.push(query);
    return false;
  }

  private commit(session: StoreSession | undefined): void {
    if (session === undefined) return;
    this.ids.accept(session.message.id, this.database.sim.now);
    for (let left = session.effects; left > 0; left--) this.ledger.applied(session.message);
    this.end(session);
  }
}

class StoreQuery extends Query {
  readonly statement: EffectStatement;
  private readonly store: EffectStore;

  constructor(store: EffectStore, call: Call<EffectStatement, boolean>) {
    const { statement, message } = call.query;
    super(store.database, call as Call<unknown, unknown>, statement, message.id, 1);
    this.store = store;
    this.statement = call.query;
  }

  /** A session that was rolled back meanwhile has no effect. */
  reply(): void {
    if (this.statement.session?.isOver === true) super.refuse('error');
    else this.call.reply(this.store.do(this.statement));
  }

  override refuse(outcome: QueryOutcome): void {
    const { session } = this.statement;
    if (session !== undefined && !session.isOver) this.store.end(session);
    super.refuse(outcome);
  }
}
