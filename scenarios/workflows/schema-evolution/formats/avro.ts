/** Orders in Avro: a record whose fields are found by name, by the writer's schema and the reader's. */
import { avroDecoder, encodeAvro, parseAvro, type AvroValue, type Schema } from '../../../../sim-core/index.ts';
import type { Field, FieldValues } from '../versions.ts';
import type { Format } from './format.ts';

export const avro: Format = (version) => {
  const longs = version.filter(({ type }) => type === 'long').map(({ name }) => name);
  const type = parseAvro({ type: 'record', name: 'Order', fields: version.map(fieldOf) });
  const decoders = new Map<Schema, (bytes: Uint8Array) => AvroValue>();
  return {
    schema: { format: 'avro', schema: type },
    encode(values) {
      const written: Record<string, AvroValue> = { ...(values as Readonly<Record<string, number | string>>) };
      for (const name of longs) written[name] = BigInt(values[name] as number);
      return encodeAvro(type, written);
    },
    decode(bytes, writtenBy) {
      let decoder = decoders.get(writtenBy);
      if (decoder === undefined) {
        decoder = avroDecoder(writtenBy.schema as typeof type, type);
        decoders.set(writtenBy, decoder);
      }
      return numbered(decoder(bytes) as Readonly<Record<string, number | string | bigint>>);
    },
  };
};

/** With numbers for 64-bit integers: no amount is as large as 2^53. */
export function numbered(values: Readonly<Record<string, unknown>>): FieldValues {
  const numbers: Record<string, number | string> = {};
  for (const name in values) {
    const value = values[name];
    numbers[name] = typeof value === 'bigint' ? Number(value) : (value as number | string);
  }
  return numbers;
}

function fieldOf({ name, type, default: fallback, symbols }: Field): object {
  const avroType = type === 'status' ? { type: 'enum', name: 'Status', symbols } : type === 'text' ? 'string' : type;
  return { name, type: avroType, ...(fallback === undefined ? {} : { default: fallback }) };
}
