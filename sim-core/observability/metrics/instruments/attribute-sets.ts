/**
 * The streams of one instrument, one for each set of attributes that was recorded, no more of them than a limit. Beyond it a
 * measurement goes to a stream of its own whose only attribute says so: the total stays right, and who it was is lost. That one
 * counts towards the limit (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits).
 */
import type { Attributes } from '../../signals/telemetry.ts';

/** What the specification has an SDK take where nobody says otherwise. */
export const CARDINALITY_LIMIT = 2000;

export const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

export interface AttributeSetsOptions {
  /** Streams at most, that of the overflow included: an integer of at least 1. */
  readonly limit: number;
  /** Names of the attributes that tell streams apart; all of them without it. What else is recorded, the streams do not have. */
  readonly keep?: readonly string[] | undefined;
}

export class AttributeSets<Stream> {
  private readonly limit: number;
  private readonly keep: readonly string[] | undefined;
  private readonly create: (attributes: Attributes) => Stream;
  private readonly byKey = new Map<string, { readonly attributes: Attributes; readonly stream: Stream }>();
  /** Streams by the very object that was recorded with: most callers have few, and keep them. */
  private known = new WeakMap<Attributes, Stream>();

  constructor({ limit, keep }: AttributeSetsOptions, create: (attributes: Attributes) => Stream) {
    if (!(Number.isInteger(limit) && limit >= 1)) {
      throw new RangeError(`cardinality limit: ${limit} is not an integer of at least 1`);
    }
    this.limit = limit;
    this.keep = keep;
    this.create = create;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** The stream of a set of attributes, or that of the overflow. */
  of(attributes: Attributes): Stream {
    const known = this.known.get(attributes);
    if (known !== undefined) return known;
    const kept = this.keep === undefined ? attributes : only(attributes, this.keep);
    const key = keyOf(kept);
    const found = this.byKey.get(key)?.stream ?? this.add(key, kept);
    this.known.set(attributes, found);
    return found;
  }

  /** What of a measurement's attributes its stream does not have. */
  left(attributes: Attributes): Attributes {
    const { keep } = this;
    if (keep === undefined) return NO_ATTRIBUTES;
    return only(
      attributes,
      Object.keys(attributes).filter((name) => !keep.includes(name)),
    );
  }

  /** In the order in which they were first recorded. */
  forEach(visit: (attributes: Attributes, stream: Stream) => void): void {
    for (const { attributes, stream } of this.byKey.values()) visit(attributes, stream);
  }

  /** Forgets them all. */
  clear(): void {
    this.byKey.clear();
    this.known = new WeakMap();
  }

  private add(key: string, attributes: Attributes): Stream {
    // The last place is kept for the overflow.
    if (this.byKey.size < this.limit - 1) {
      const stream = this.create(attributes);
      this.byKey.set(key, { attributes, stream });
      return stream;
    }
    const overflow = this.byKey.get(OVERFLOW_KEY);
    if (overflow !== undefined) return overflow.stream;
    const stream = this.create(OVERFLOW);
    this.byKey.set(OVERFLOW_KEY, { attributes: OVERFLOW, stream });
    return stream;
  }
}

const NO_ATTRIBUTES: Attributes = {};

/** One text for one set of attributes, whatever the order of its names; `1` and `'1'` are two values. */
export function keyOf(attributes: Attributes): string {
  const names = Object.keys(attributes);
  if (names.length > 1) names.sort();
  let key = '';
  for (const name of names) {
    const value = attributes[name];
    key += `${name}\u0000${typeof value === 'string' ? 's' : 'p'}${String(value)}\u0001`;
  }
  return key;
}

const OVERFLOW_KEY = keyOf(OVERFLOW);

function only(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(names.filter((name) => name in attributes).map((name) => [name, attributes[name]]));
}
