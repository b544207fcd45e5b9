/**
 * A read model: rows that are kept for whoever asks, each made of the events of one or several streams, and how far that has got. A
 * row knows of each of its streams the version that it has. So an event that comes again is known and left out, and one that comes
 * before its turn is refused: delivered at least once and in any order the rows come out the same, as long as what is refused comes
 * again. Without that knowledge every delivery counts.
 *
 * The checkpoint says up to which position of the log events have been dealt with. Where a projection begins again is there.
 */
import type { EventValues } from './event-codec.ts';

/** An event as it is delivered to a read model. */
export interface EventDelivery {
  readonly stream: number;
  readonly version: number;
  readonly position: number;
  readonly values: EventValues;
}

/** What an event makes of a row, and whose row it is. */
export interface RowMaker<Row> {
  readonly empty: Row;
  keyOf(stream: number): number;
  apply(row: Row, delivery: EventDelivery): Row;
}

export interface ModelRow<Row> {
  readonly row: Row;
  /** How many events were applied. */
  readonly events: number;
  /** Of each of its streams the latest event that it has. */
  readonly latest: ReadonlyMap<number, Pick<EventDelivery, 'version' | 'position'>>;
}

export type DeliveryOutcome = 'applied' | 'repeated' | 'early';

export class ReadModel<Row> {
  checkpoint = 0;
  /** The latest life of a projection that has written here: see `ModelWrite`. */
  epoch = 0;
  private readonly maker: RowMaker<Row>;
  private readonly isIdempotent: boolean;
  private readonly rows = new Map<number, ModelRow<Row>>();

  constructor(maker: RowMaker<Row>, isIdempotent: boolean) {
    this.maker = maker;
    this.isIdempotent = isIdempotent;
  }

  get size(): number {
    return this.rows.size;
  }

  row(key: number): ModelRow<Row> {
    return this.rows.get(key) ?? { row: this.maker.empty, events: 0, latest: new Map() };
  }

  apply(delivery: EventDelivery): DeliveryOutcome {
    const { stream, version } = delivery;
    const key = this.maker.keyOf(stream);
    const { row, events, latest } = this.row(key);
    const before = latest.get(stream);
    const known = before?.version ?? 0;
    if (this.isIdempotent && version <= known) return 'repeated';
    if (this.isIdempotent && version > known + 1) return 'early';
    this.rows.set(key, {
      row: this.maker.apply(row, delivery),
      events: events + 1,
      latest: new Map(latest).set(stream, before !== undefined && version <= known ? before : delivery),
    });
    return 'applied';
  }

  /** Back to nothing. */
  clear(): void {
    this.rows.clear();
    this.checkpoint = 0;
  }
}
