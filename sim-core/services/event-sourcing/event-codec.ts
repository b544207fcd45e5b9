/**
 * Events of several versions, read by the code of one of them. An event is written by the schema of its time, in Avro, with the
 * number of that version before it, and is never rewritten. An upcaster makes of the values of one version those of the next; old
 * events go through a chain of them. Where a link of it is missing Avro's own resolution is all there is: the old record is read as
 * one of the new schema by the names of its fields, which fails, or gives a default in place of what was written.
 * Source: https://docs.axoniq.io/axon-framework-reference/development/events/event-versioning.
 */
import { avroDecoder } from '../../messaging/schema/avro/avro-decoder.ts';
import { encodeAvro } from '../../messaging/schema/avro/avro-encoder.ts';
import type { AvroType, AvroValue } from '../../messaging/schema/avro/avro-schema.ts';
import { DecodeFailed } from '../../messaging/schema/bytes.ts';
import { framed, unframed } from '../../messaging/schema/registry/wire-format.ts';

export type EventValues = Readonly<Record<string, AvroValue>>;

/** Makes of the values of a version those of the next one. */
export type Upcaster = (values: EventValues) => EventValues;

export interface EventCodecOptions {
  /** The schema of each version, from the first one on. */
  readonly schemas: readonly AvroType[];
  /** The version that the code is written for: an integer from 1 on. */
  readonly version: number;
  /** From version 1 to 2, from 2 to 3 and so on; undefined where nobody has written it. */
  readonly upcasters: readonly (Upcaster | undefined)[];
}

export class EventCodec {
  readonly version: number;
  private readonly options: EventCodecOptions;
  /** By the version that was written. */
  private readonly readers = new Map<number, (body: Uint8Array) => EventValues>();

  constructor(options: EventCodecOptions) {
    const { schemas, version } = options;
    if (!(Number.isInteger(version) && version >= 1 && version <= schemas.length)) {
      throw new RangeError(`version is ${version}; it must be an integer from 1 to ${schemas.length}`);
    }
    this.options = options;
    this.version = version;
  }

  /** By the code's own version. */
  encode(values: EventValues): Uint8Array {
    return framed(this.version, encodeAvro(this.options.schemas[this.version - 1], values));
  }

  /** The values as the code's version has them; throws `DecodeFailed` if it cannot read them. */
  decode(bytes: Uint8Array): EventValues {
    const { id, body } = unframed(bytes, false);
    let read = this.readers.get(id);
    if (read === undefined) this.readers.set(id, (read = this.readerOf(id)));
    return read(body);
  }

  private readerOf(written: number): (body: Uint8Array) => EventValues {
    const { schemas, upcasters } = this.options;
    const schema = schemas[written - 1];
    if (schema === undefined) throw new DecodeFailed(`an event of version ${written}, and there are ${schemas.length}`);
    const chain = upcasters.slice(written - 1, Math.max(written, this.version) - 1);
    const isWhole = chain.length === this.version - written && !chain.includes(undefined);
    if (!isWhole) return avroDecoder(schema, schemas[this.version - 1]) as (body: Uint8Array) => EventValues;
    const decode = avroDecoder(schema) as (body: Uint8Array) => EventValues;
    return (body) => chain.reduce((values, upcast) => upcast!(values), decode(body));
  }
}
