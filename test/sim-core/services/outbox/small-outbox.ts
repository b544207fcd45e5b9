/** An outbox in a database, whose transactions a test writes by hand, and a topic that takes events or refuses them. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, us, type Duration } from '../../../../sim-core/kernel/time.ts';
import type { Call, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { insertEvent, outboxTables } from '../../../../sim-core/services/outbox/outbox-table.ts';
import { Relay, type RelayWork } from '../../../../sim-core/services/outbox/relay.ts';
import type { RelationalOptions } from '../../../../sim-core/storage/relational/options.ts';
import { RelationalDatabase } from '../../../../sim-core/storage/relational/relational-database.ts';
import type { SqlReply, SqlRequest, SqlSession } from '../../../../sim-core/storage/relational/statements.ts';

/** A transaction with one event: when it begins, writes and commits, in milliseconds. */
export interface Written {
  readonly id: number;
  readonly begins: number;
  readonly writes: number;
  readonly commits: number;
  /** When it writes something else first, if it does. */
  readonly writesOther?: number;
}

export class SmallOutbox {
  readonly sim = new Simulation();
  readonly database: RelationalDatabase;
  /** Ids of the events that were published, in order. */
  readonly published: number[] = [];
  /** Ids that the topic refuses, each once. */
  readonly refused = new Set<number>();
  private readonly topic: Endpoint<number, void>;
  private readonly clients: Link<SqlRequest, SqlReply>;

  constructor(options: Partial<RelationalOptions> = {}) {
    const { sim } = this;
    this.database = new RelationalDatabase(sim, {
      name: 'database',
      tables: [...outboxTables, { name: 'others' }],
      connections: 10,
      queueMax: 10,
      cores: 4,
      demand: constant(us(10)),
      rowTime: 0,
      decodeTime: us(1),
      flushTime: us(10),
      checkpointInterval: s(10),
      replayTimePerByte: 0,
      abortShare: 0,
      hasSlot: true,
      ...options,
    });
    this.clients = this.wayToDatabase('clients');
    this.topic = { name: 'topic', receive: (call) => this.take(call) };
  }

  wayToDatabase(from: string): Link<SqlRequest, SqlReply> {
    return new Link<SqlRequest, SqlReply>(this.sim, this.database, { from, delay: constant(0) });
  }

  write({ id, begins, writes, commits, writesOther }: Written): void {
    const session: SqlSession = {};
    const at = (time: number, ask: Omit<SqlRequest, 'application' | 'session'>): void => {
      const send = (): void => this.clients.send({ application: 'orders', session, ...ask }, new RequestContext(id, 0));
      this.sim.scheduleAt(ms(time), send, undefined);
    };
    const event = { id, aggregateType: 'a', aggregateId: id % 2, eventType: 'e', payload: '{}' };
    at(begins, { statements: [{ do: 'get', table: 'outbox', key: id }] });
    if (writesOther !== undefined) {
      at(writesOther, { statements: [{ do: 'insert', table: 'others', key: id, row: {} }] });
    }
    at(writes, { statements: [insertEvent(event)] });
    at(commits, { statements: [], ends: 'commit' });
  }

  /** A relay whose events are acknowledged after `ackTime`. */
  relay(work: RelayWork, ackTime: Duration = us(100), name = 'relay'): Relay {
    const link = new Link<number, void>(this.sim, this.topic, { from: name, delay: constant(ackTime / 2) });
    return new Relay(this.sim, { name, help: 'A relay', publisher: { link, kill: () => {} }, work });
  }

  private take(call: Call<number, void>): void {
    const { id } = call.request;
    if (this.refused.delete(id)) {
      call.refuse('error');
      return;
    }
    this.published.push(id);
    call.reply();
  }
}
