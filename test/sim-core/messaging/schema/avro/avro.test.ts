/** Avro's bytes and its resolution of schemas, against avsc, and its verdicts, against Apache Avro's own. */
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroIncompatibilities } from '../../../../../sim-core/messaging/schema/avro/avro-compatibility.ts';
import { avroDecoder } from '../../../../../sim-core/messaging/schema/avro/avro-decoder.ts';
import { encodeAvro } from '../../../../../sim-core/messaging/schema/avro/avro-encoder.ts';
import {
  AVRO_PRIMITIVES,
  parseAvro,
  type AvroType,
  type AvroValue,
} from '../../../../../sim-core/messaging/schema/avro/avro-schema.ts';
import { edited, schemas, schemaWithValue, valuesOf, type Json } from './schemas.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

const theirs = (schema: Json): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true });

/** As avsc has values: its longs are numbers, its maps objects, its bytes Buffers. */
function asTheirs(value: AvroValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, asTheirs(item)]));
  if (Array.isArray(value)) return value.map(asTheirs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTheirs(item as AvroValue)]));
}

/**
 * Without the names of primitive branches, and with bytes as text: where two branches of a reader's union would do, avsc takes
 * the first, and Java and this project the one of the writer's own type.
 */
function withoutBranches(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutBranches);
  const entries = Object.entries(value).map(([key, item]) => [key, withoutBranches(item)] as const);
  if (entries.length === 1 && AVRO_PRIMITIVES.some((name) => name === entries[0][0])) return entries[0][1];
  return Object.fromEntries(entries);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the bytes', () => {
  it('are those that avsc writes, and are read again', () => {
    fc.assert(
      fc.property(schemaWithValue, ([schema, value]) => {
        const type = parseAvro(schema);
        const bytes = encodeAvro(type, value);
        expect(hex(bytes)).toBe(hex(theirs(schema).toBuffer(asTheirs(value))));
        expect(avroDecoder(type)(bytes)).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it('of 64 bits are read again, which avsc cannot', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const type = parseAvro('long');
        expect(avroDecoder(type)(encodeAvro(type, value))).toBe(value);
      }),
    );
  });

  it.each<[Json, AvroValue, string]>([
    // The specification's own examples.
    ['long', 64n, '8001'],
    ['long', -64n, '7f'],
    ['string', 'foo', '06666f6f'],
    [{ type: 'array', items: 'long' }, [3n, 27n], '04063600'],
    [['null', 'string'], null, '00'],
    [['null', 'string'], { string: 'a' }, '020261'],
  ])('of %j are those of the specification', (schema, value, bytes) => {
    expect(hex(encodeAvro(parseAvro(schema), value))).toBe(bytes);
  });

  it('of a list in blocks with their sizes are read', () => {
    const bytes = Uint8Array.from([0x03, 0x04, 0x02, 0x04, 0x02, 0x06, 0x00]);
    expect(avroDecoder(parseAvro({ type: 'array', items: 'int' }))(bytes)).toEqual([1, 2, 3]);
  });

  it('of a value that does not fit are not written', () => {
    expect(() => encodeAvro(parseAvro('int'), 2 ** 31)).toThrow('2147483648 is no int');
    const record = parseAvro({ type: 'record', name: 'R', fields: [{ name: 'x', type: 'int' }] });
    expect(() => encodeAvro(record, {})).toThrow('R has a field x');
  });
});

/** avsc reads by a pair of schemas, or refuses the pair. */
function resolverOf(reader: Json, writer: Json): ((bytes: Uint8Array) => unknown) | undefined {
  const type = theirs(reader);
  try {
    const resolver = type.createResolver(theirs(writer));
    return (bytes) => type.fromBuffer(Buffer.from(bytes), resolver);
  } catch {
    return undefined;
  }
}

describe('a reader of another version', () => {
  const pairs = fc
    .tuple(schemas, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }))
    .map(([writer, choices]) => ({ writer, reader: edited(writer, choices) }));

  // avsc does not round an integer that it reads as a float, and puts U+FFFD where bytes that it reads as a string are no text.
  const bounds = { bits: 24, byteMax: 0x7f };

  it('reads what avsc reads by the same pair, and refuses the pairs that it refuses', () => {
    fc.assert(
      fc.property(
        pairs.chain((pair) => fc.tuple(fc.constant(pair), valuesOf(parseAvro(pair.writer), bounds))),
        ([{ writer, reader }, written]) => {
          const types = { writer: parseAvro(writer), reader: parseAvro(reader) };
          const resolver = resolverOf(reader, writer);
          const found = avroIncompatibilities(types.reader, types.writer);
          expect(found.length === 0, found.join('\n')).toBe(resolver !== undefined);
          if (resolver === undefined) return;
          const bytes = encodeAvro(types.writer, written);
          const value = avroDecoder(types.writer, types.reader)(bytes);
          expect(withoutBranches(asTheirs(value))).toEqual(withoutBranches(resolver(bytes)));
        },
      ),
      { numRuns: 200 },
    );
  });

  const read = (writer: Json, reader: Json, value: AvroValue): AvroValue => {
    const type = parseAvro(writer);
    return avroDecoder(type, parseAvro(reader))(encodeAvro(type, value));
  };
  const record = (...fields: Json[]): Json => ({ type: 'record', name: 'R', fields });
  const enumOf = (symbols: string[], more = {}): Json => ({ type: 'enum', name: 'E', symbols, ...more });

  it('loses a renamed field in silence if the new name has a default', () => {
    const writer = record({ name: 'mail', type: 'string' });
    const reader = record({ name: 'email', type: 'string', default: '' });
    expect(avroIncompatibilities(parseAvro(reader), parseAvro(writer))).toEqual([]);
    expect(read(writer, reader, { mail: 'a@b' })).toEqual({ email: '' });
  });

  it('is helped with an unknown symbol by the default of the enum, not by that of the field', () => {
    const writer = record({ name: 'e', type: enumOf(['A', 'B']) });
    const ofField = record({ name: 'e', type: enumOf(['A']), default: 'A' });
    const ofEnum = record({ name: 'e', type: enumOf(['A'], { default: 'A' }) });
    expect(() => read(writer, ofField, { e: 'B' })).toThrow('neither B nor a default');
    expect(read(writer, ofField, { e: 'A' })).toEqual({ e: 'A' });
    expect(read(writer, ofEnum, { e: 'B' })).toEqual({ e: 'A' });
  });

  it('fails at the branch that it does not know, when that comes', () => {
    expect(read(['null', 'string'], 'string', { string: 'a' })).toBe('a');
    expect(() => read(['null', 'string'], 'string', null)).toThrow('null is not read as string');
  });

  it('reads a schema that speaks of itself', () => {
    const list = (...more: Json[]): Json =>
      record({ name: 'value', type: 'int' }, { name: 'next', type: ['null', 'R'] }, ...more);
    const value = { value: 1, next: { R: { value: 2, next: null } } };
    expect(read(list(), list({ name: 'x', type: 'long', default: 5 }), value)).toEqual({
      value: 1,
      x: 5n,
      next: { R: { value: 2, x: 5n, next: null } },
    });
  });

  it('takes defaults of every kind', () => {
    const reader = record(
      { name: 'bytes', type: 'bytes', default: '\u00ff' },
      { name: 'list', type: { type: 'array', items: 'long' }, default: [1] },
      { name: 'map', type: { type: 'map', values: 'int' }, default: { a: 1 } },
      { name: 'union', type: ['int', 'null'], default: 3 },
    );
    expect(read(record(), reader, {})).toEqual({
      bytes: Uint8Array.of(255),
      list: [1n],
      map: new Map([['a', 1]]),
      union: { int: 3 },
    });
  });
});

describe('a schema', () => {
  it.each<[Json, string]>([
    ['nothing', 'type is "nothing"'],
    [{ type: 'fixed', name: 'X', size: -1 }, 'size of a fixed is -1'],
    [
      [
        { type: 'fixed', name: 'X', size: 1 },
        { type: 'fixed', name: 'X', size: 2 },
      ],
      'a name that is defined once',
    ],
  ])('%j is refused with what is wrong', (schema, message) => {
    expect(() => parseAvro(schema)).toThrow(message);
  });
});

const vectors = sharedVectors<{
  rows: { reader: Json; writer: Json; compatible: boolean }[];
}>('avro_compat.json');

it.skipIf(vectors.isLeftOut)(
  "judges the pairs of ../shared/data/vectors/avro_compat.json as Apache Avro's SchemaCompatibility does",
  () => {
    const { rows } = vectors.read();
    expect(rows.length).toBeGreaterThan(0);
    const types = new Map<string, AvroType>();
    const parsed = (schema: Json): AvroType => {
      const text = JSON.stringify(schema);
      return types.get(text) ?? types.set(text, parseAvro(schema)).get(text)!;
    };
    for (const { reader, writer, compatible } of rows) {
      const found = avroIncompatibilities(parsed(reader), parsed(writer));
      expect(found.length === 0, `${JSON.stringify(reader)} of ${JSON.stringify(writer)}`).toBe(compatible);
    }
  },
);
