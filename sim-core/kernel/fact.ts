/**
 * Facts: what models say happened. A fact has a kind (`cache.lookup`), a schema of plain fields, and listeners that
 * the model never learns of. Kinds are module constants that hold no state; each simulation has its own channel a
 * kind, so that runs in one process never hear each other.
 *
 * A fact that nobody hears costs one field test: models write `if (lookups.heard) lookups.emit({ … })`, so the object
 * is not even made.
 */
import type { Time } from './time.ts';

/**
 * How a field is written down: `text` is interned, `flag` is 0 or 1, `time` and `duration` are integer nanoseconds. A fact
 * that belongs to a request has a field named `request`, of that type.
 */
export type FieldType = 'number' | 'text' | 'flag' | 'time' | 'duration' | 'request' | 'key';

type ValueOf<Type extends FieldType> = Type extends 'text' ? string : Type extends 'flag' ? boolean : number;

export type FactSchema = Readonly<Record<string, FieldType>>;
export type FactOf<Schema extends FactSchema> = { readonly [Field in keyof Schema]: ValueOf<Schema[Field]> };

/** A kind of fact: its name, a sentence for the reader, and its fields in the order in which they are recorded. */
export interface FactKind<Fact = unknown> {
  readonly name: string;
  readonly help: string;
  readonly schema: FactSchema;
  /** A reading of a meter, such as units in use: a series says all of it, and recordings keep no row for each. */
  readonly reading: boolean;
  /** Only for the type checker: what a fact of this kind looks like. */
  readonly shape?: Fact;
}

/** The fact that a kind describes. */
export type Fact<Kind> = Kind extends FactKind<infer Shape> ? Shape : never;

/** Declares a kind of fact. The type of its facts follows from the schema. */
export function defineFact<const Schema extends FactSchema>(
  name: string,
  help: string,
  schema: Schema,
): FactKind<FactOf<Schema>> {
  return { name, help, schema, reading: false };
}

/** As `defineFact`, for a reading of a meter: units in use, items waiting, time waited. */
export function defineReading<const Schema extends FactSchema>(
  name: string,
  help: string,
  schema: Schema,
): FactKind<FactOf<Schema>> {
  return { name, help, schema, reading: true };
}

/** Facts of one kind in the order in which they were told, from 0 to before `count`. */
export interface FactBatch<Shape> {
  readonly facts: readonly Shape[];
  /** When each was told, and by the event of which number. */
  readonly times: Float64Array;
  readonly events: Float64Array;
  readonly count: number;
}

/**
 * Facts that a channel keeps for its readers before it hands them over: few, for whatever is kept while young objects are
 * collected has to be moved.
 */
export const BATCH_MAX = 16;

/** What channels ask of their simulation: the present instant, and the number of the event that is running. */
interface Present {
  readonly now: Time;
  readonly event: number;
}

/** One simulation's channel of one kind of fact. */
export class FactChannel<Shape> implements FactBatch<Shape> {
  readonly kind: FactKind<Shape>;
  /** Whether anybody listens or reads: test this before making the fact. */
  heard = false;
  private readonly present: Present;
  private readonly listeners: ((fact: Shape) => void)[] = [];
  private readonly readers: ((batch: FactBatch<Shape>) => void)[] = [];
  readonly facts: Shape[] = [];
  readonly times = new Float64Array(BATCH_MAX);
  readonly events = new Float64Array(BATCH_MAX);
  count = 0;

  constructor(kind: FactKind<Shape>, present: Present) {
    this.kind = kind;
    this.present = present;
  }

  /** Tells every listener, in the order in which they began to listen, and keeps the fact for the readers. */
  emit(fact: Shape): void {
    const { listeners } = this;
    for (let i = 0; i < listeners.length; i++) listeners[i](fact);
    if (this.readers.length === 0) return;
    if (this.count === BATCH_MAX) this.handOver();
    const place = this.count++;
    this.facts[place] = fact;
    this.times[place] = this.present.now;
    this.events[place] = this.present.event;
  }

  listen(listener: (fact: Shape) => void): void {
    this.listeners.push(listener);
    this.heard = true;
  }

  /**
   * For those who only write down or add up: calls back with many facts at once, some time after they were told. A loop over
   * facts that are alike costs a fraction of as many calls among all else that a run does.
   */
  read(reader: (batch: FactBatch<Shape>) => void): void {
    this.handOver();
    this.readers.push(reader);
    this.heard = true;
  }

  /** Hands over what is kept. */
  handOver(): void {
    if (this.count === 0) return;
    for (const reader of this.readers) reader(this);
    this.count = 0;
  }
}

/** All the channels of one simulation. */
export class Facts {
  private readonly present: Present;
  private readonly channels = new Map<FactKind, FactChannel<never>>();
  private readonly openers: ((channel: FactChannel<never>) => void)[] = [];

  constructor(present: Present) {
    this.present = present;
  }

  /** The channel of a kind; models ask once, at construction, and keep it. */
  channel<Shape>(kind: FactKind<Shape>): FactChannel<Shape> {
    let channel = this.channels.get(kind);
    if (channel === undefined) {
      channel = new FactChannel<never>(kind as FactKind<never>, this.present);
      this.channels.set(kind, channel);
      for (const opened of this.openers) opened(channel);
    }
    return channel as unknown as FactChannel<Shape>;
  }

  /** Calls back for every channel there is and every one that is opened later, in order of opening. */
  onChannel(opened: (channel: FactChannel<never>) => void): void {
    this.openers.push(opened);
    for (const channel of this.channels.values()) opened(channel);
  }

  /** Has every channel hand over what it keeps: readers have heard all that was told then. */
  handOver(): void {
    for (const channel of this.channels.values()) channel.handOver();
  }
}
