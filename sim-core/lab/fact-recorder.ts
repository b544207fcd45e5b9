/**
 * Keeps the facts of a run in tables, a column a field. Facts that belong to a request are kept for a sample of the
 * requests, at first all of them: whenever the tables are full the sample is halved. Which requests are in it depends
 * on a hash of their number alone, so two variants keep the same requests and each one's facts are all there or none.
 *
 * Facts that belong to no request are kept until their table is full, and have no part in the sample's size. `told`
 * counts everything.
 */
import type { FactBatch, FactChannel, FactKind, Facts } from '../kernel/fact.ts';
import { SAMPLE_HASHES, sampleHash, type FactTable, type RecordedFacts } from './recording.ts';
import { RowStore } from './row-store.ts';

/** Rows kept at most of all kinds that belong to requests together. */
const SAMPLED_ROWS_MAX = 200_000;
/** Rows kept at most of a kind that belongs to no request. */
const UNSAMPLED_ROWS_MAX = 50_000;

type AnyFact = Readonly<Record<string, number | string | boolean>>;

export class FactRecorder {
  private readonly tables: Table[] = [];
  private readonly texts = new Map<string, number>();
  private oneIn = 1;
  private threshold = SAMPLE_HASHES;
  /** Rows of facts that belong to requests. */
  private rows = 0;

  private readonly facts: Facts;

  /** Reads every kind of fact of a simulation, but for readings of meters, which series hold. */
  constructor(facts: Facts) {
    this.facts = facts;
    facts.onChannel((channel) => {
      if (!channel.kind.reading) this.read(channel as unknown as FactChannel<AnyFact>);
    });
  }

  finish(): RecordedFacts {
    this.facts.handOver();
    return {
      tables: this.tables.map((table) => table.finish()),
      texts: [...this.texts.keys()],
      sampledOneIn: this.oneIn,
      told: Object.fromEntries(this.tables.map(({ kind, told }) => [kind.name, told])),
    };
  }

  private read(channel: FactChannel<AnyFact>): void {
    const table = new Table(channel.kind, this.texts);
    this.tables.push(table);
    channel.read((batch) => {
      table.told += batch.count;
      if (table.ofRequests) this.addSampled(table, batch);
      else table.add(batch, Math.min(batch.count, UNSAMPLED_ROWS_MAX - table.rows));
    });
  }

  private addSampled(table: Table, batch: FactBatch<AnyFact>): void {
    const before = table.rows;
    table.add(batch, batch.count, this.threshold);
    this.rows += table.rows - before;
    if (this.rows > SAMPLED_ROWS_MAX) this.halve();
  }

  private halve(): void {
    this.oneIn *= 2;
    this.threshold /= 2;
    this.rows = 0;
    for (const table of this.tables) {
      if (!table.ofRequests) continue;
      table.keepRequests((request) => sampleHash(request) < this.threshold);
      this.rows += table.rows;
    }
  }
}

/** Columns of every table, before those of its fields. */
const TIME = 0;
const EVENT = 1;
const FIELDS = 2;

class Table {
  readonly kind: FactKind<AnyFact>;
  /** Whether its facts belong to requests, each named by the field `request`. */
  readonly ofRequests: boolean;
  told = 0;
  rows = 0;
  private readonly fields: readonly string[];
  private readonly texts: Map<string, number>;
  private readonly store: RowStore;
  /** The last text of each column and its number: neighbours are often alike. */
  private readonly lastTexts: (string | undefined)[];
  private readonly lastNumbers: number[];

  constructor(kind: FactKind<AnyFact>, texts: Map<string, number>) {
    this.kind = kind;
    this.texts = texts;
    this.fields = Object.keys(kind.schema);
    this.ofRequests = kind.schema.request === 'request';
    this.store = new RowStore(FIELDS + this.fields.length);
    this.lastTexts = this.fields.map(() => undefined);
    this.lastNumbers = this.fields.map(() => 0);
  }

  /** Writes down the first `count` facts of a batch, but for those of requests whose hash is not below the threshold. */
  add({ facts, times, events }: FactBatch<AnyFact>, count: number, threshold = SAMPLE_HASHES): void {
    const { store } = this;
    for (let i = 0; i < count; i++) {
      const fact = facts[i];
      if (threshold < SAMPLE_HASHES && sampleHash(fact.request as number) >= threshold) continue;
      const at = store.claim();
      const { block } = store;
      block[at + TIME] = times[i];
      block[at + EVENT] = events[i];
      this.writeFields(block, at + FIELDS, fact);
      this.rows++;
    }
  }

  private writeFields(block: Float64Array, at: number, fact: AnyFact): void {
    const { fields } = this;
    let place = 0;
    // Whatever the kind, engines read an object's own fields in their order without looking for each by its name.
    for (const field in fact) {
      if (field !== fields[place]) break;
      const value = fact[field];
      block[at + place] = typeof value === 'number' ? value : this.numberOf(place, value);
      place++;
    }
    // A fact that was told in another order than its schema's.
    for (; place < fields.length; place++) {
      const value = fact[fields[place]];
      block[at + place] = typeof value === 'number' ? value : this.numberOf(place, value);
    }
  }

  /** Drops the rows of the requests that are not kept. */
  keepRequests(kept: (request: number) => boolean): void {
    const place = FIELDS + this.fields.indexOf('request');
    this.store.keep((block, at) => kept(block[at + place]));
    this.rows = this.store.rows;
  }

  finish(): FactTable {
    const { kind, rows, store } = this;
    const all = Array.from({ length: store.width }, () => new Float64Array(rows));
    store.moveInto(all);
    const columns = Object.fromEntries(this.fields.map((field, i) => [field, all[FIELDS + i]]));
    const { name, help, schema } = kind;
    return { kind: name, help, schema, rows, times: all[TIME], events: all[EVENT], columns };
  }

  private numberOf(place: number, value: string | boolean): number {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value === this.lastTexts[place]) return this.lastNumbers[place];
    let known = this.texts.get(value);
    if (known === undefined) {
      known = this.texts.size;
      this.texts.set(value, known);
    }
    this.lastTexts[place] = value;
    this.lastNumbers[place] = known;
    return known;
  }
}
