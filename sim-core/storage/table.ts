/**
 * A table of rows with an identity that counts them, behind one connection: statements are done one after the other, in the order in
 * which they come, each in its time. What waits is bounded by its clients alone. An insert adds a row, whatever there is; an upsert
 * replaces the row of its key. It is durable: transactions and indexes are not modelled.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import { register, type Component, type Intervention } from '../network/component.ts';
import { defineSignal } from '../statistics/signal.ts';

export type TableRow = Readonly<Record<string, number | string>>;

export type TableCommand =
  | { readonly command: 'insert'; readonly row: TableRow }
  | { readonly command: 'upsert'; readonly key: number | string; readonly row: TableRow }
  /** Rows that were inserted after the one of an identity, so many at most, in order. */
  | { readonly command: 'after'; readonly identity: number; readonly count: number };

export interface StoredRow {
  readonly identity: number;
  readonly row: TableRow;
}

/** A table's rows changed in number. */
export const tableRows = defineReading('table.rows', 'The rows of a table changed in number', {
  table: 'text',
  rows: 'number',
});

export const tableSignals = [
  defineSignal({
    name: 'db.table.rows',
    kind: 'gauge',
    unit: '{row}',
    help: 'Rows of all tables',
    fact: tableRows,
    value: (fact: Fact<typeof tableRows>) => fact.rows,
    of: (fact: Fact<typeof tableRows>) => fact.table,
  }),
];

export class Table implements Endpoint<TableCommand, readonly StoredRow[]>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help = 'A table; does one statement after the other';
  readonly signals = tableSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly statementTime: Distribution;
  private readonly times: KeyedStream;
  private readonly doneKind: number;
  private readonly changed: FactChannel<Fact<typeof tableRows>>;
  private readonly stored: StoredRow[] = [];
  private readonly places = new Map<number | string, number>();
  private slowness = 1;
  private freeAt: Time = 0;
  private waiting = 0;

  constructor(sim: Simulation, name: string, statementTime: Distribution) {
    this.sim = sim;
    this.name = name;
    this.statementTime = statementTime;
    this.times = sim.keyedRandom(`${name}: time of a statement`);
    this.doneKind = sim.eventKind(`${name} has done a statement`);
    this.changed = sim.facts.channel(tableRows);
    this.interventions = {
      slow: {
        help: 'A statement takes so many times as long from now on; 1 is as it was',
        arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 10 }],
        apply: ([factor]) => {
          this.slowness = factor;
        },
      },
    };
    register(sim, this);
  }

  /** All rows, for checks. */
  get rows(): readonly StoredRow[] {
    return this.stored;
  }

  receive(call: Call<TableCommand, readonly StoredRow[]>): void {
    const { now } = this.sim;
    const time = this.statementTime.sample(this.times.of(call.request.id)) * this.slowness;
    this.freeAt = Math.max(now, this.freeAt) + Math.max(0, Math.round(time));
    this.waiting++;
    this.sim.scheduleAt(this.freeAt, (done) => this.finish(done), call, this.doneKind, call.request.id);
  }

  state(): Readonly<Record<string, number | string>> {
    return { rows: this.stored.length, 'statements waiting': this.waiting };
  }

  violations(): readonly string[] {
    return [];
  }

  private finish(call: Call<TableCommand, readonly StoredRow[]>): void {
    this.waiting--;
    const { query } = call;
    if (query.command === 'after') {
      // Identities are places, counted from 1.
      return call.reply(this.stored.slice(query.identity, query.identity + query.count));
    }
    const place = query.command === 'upsert' ? this.places.get(query.key) : undefined;
    if (place === undefined) {
      if (query.command === 'upsert') this.places.set(query.key, this.stored.length);
      this.stored.push({ identity: this.stored.length + 1, row: query.row });
      if (this.changed.heard) this.changed.emit({ table: this.name, rows: this.stored.length });
    } else this.stored[place] = { identity: place + 1, row: query.row };
    call.reply([]);
  }
}
