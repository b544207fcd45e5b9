/** Orders in Avro: a record whose fields are found by name, by the writer's schema and the reader's. */
import { avroDecoder, encodeAvro, parseAvro, type AvroValue, type Schema } from '../../../../sim-core/index.ts';
import type { Field } from '../versions.ts';
import type { Format } from './format.ts';
import { narrowed, widening } from './wire-values.ts';

export const avro: Format = (version) => {
  const widened = widening(version);
  const type = parseAvro({ type: 'record', name: 'Order', fields: version.map(fieldOf) });
  const decoders = new Map<Schema, (bytes: Uint8Array) => AvroValue>();
  return {
    schema: { format: 'avro', schema: type },
    encode: (values) => encodeAvro(type, widened(values)),
    decode(bytes, writtenBy) {
      let decoder = decoders.get(writtenBy);
      if (decoder === undefined) {
        decoder = avroDecoder(writtenBy.schema as typeof type, type);
        decoders.set(writtenBy, decoder);
      }
      return narrowed(decoder(bytes) as Readonly<Record<string, number | string | bigint>>);
    },
  };
};

function fieldOf({ name, type, default: fallback, symbols }: Field): object {
  const avroType = type === 'status' ? { type: 'enum', name: 'Status', symbols } : type === 'text' ? 'string' : type;
  return { name, type: avroType, ...(fallback === undefined ? {} : { default: fallback }) };
}
