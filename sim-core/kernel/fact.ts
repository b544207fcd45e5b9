/**
 * Facts: what models say happened. A fact has a kind (`cache.lookup`), a schema of plain fields, and listeners that
 * the model never learns of. Kinds are module constants that hold no state; each simulation has its own channel a
 * kind, so that runs in one process never hear each other.
 *
 * A fact that nobody hears costs one field test: models write `if (lookups.heard) lookups.emit({ … })`, so the object
 * is not even made.
 */

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

/** One simulation's channel of one kind of fact. */
export class FactChannel<Shape> {
  readonly kind: FactKind<Shape>;
  /** Whether anybody listens: test this before making the fact. */
  heard = false;
  private readonly listeners: ((fact: Shape) => void)[] = [];

  constructor(kind: FactKind<Shape>) {
    this.kind = kind;
  }

  /** Tells every listener, in the order in which they began to listen. */
  emit(fact: Shape): void {
    const { listeners } = this;
    for (let i = 0; i < listeners.length; i++) listeners[i](fact);
  }

  listen(listener: (fact: Shape) => void): void {
    this.listeners.push(listener);
    this.heard = true;
  }
}

/** All the channels of one simulation. */
export class Facts {
  private readonly channels = new Map<FactKind, FactChannel<never>>();
  private readonly openers: ((channel: FactChannel<never>) => void)[] = [];

  /** The channel of a kind; models ask once, at construction, and keep it. */
  channel<Shape>(kind: FactKind<Shape>): FactChannel<Shape> {
    let channel = this.channels.get(kind);
    if (channel === undefined) {
      channel = new FactChannel<never>(kind as FactKind<never>);
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
}
