/** Protobuf's bytes, against protobufjs, and what other types read in them, against protoc. */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeProto } from '../../../../../sim-core/messaging/schema/protobuf/proto-decoder.ts';
import { encodeProto } from '../../../../../sim-core/messaging/schema/protobuf/proto-encoder.ts';
import {
  checkProto,
  UNKNOWN_FIELDS,
  type ProtoDatum,
  type ProtoField,
  type ProtoFile,
  type ProtoValue,
} from '../../../../../sim-core/messaging/schema/protobuf/proto-schema.ts';
import { dataOf, protoFiles } from './schemas.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** The same file for protobufjs. */
function theirs({ messages, enums = [] }: ProtoFile): protobuf.Root {
  const nested: Record<string, protobuf.AnyNestedObject> = {};
  for (const { name, values } of enums) nested[name] = { values: { ...values } };
  for (const { name, fields } of messages) {
    const members = fields.filter(({ oneof }) => oneof !== undefined).map((field) => field.name);
    const optional = fields.filter(({ label }) => label === 'optional').map((field) => field.name);
    nested[name] = {
      fields: Object.fromEntries(fields.map((field) => [field.name, theirField(field)])),
      oneofs: {
        ...(members.length > 0 ? { choice: { oneof: members } } : {}),
        ...Object.fromEntries(optional.map((one) => [`_${one}`, { oneof: [one] }])),
      },
    };
  }
  const root = protobuf.Root.fromJSON({ edition: 'proto3', nested } as protobuf.INamespace);
  root.resolveAll();
  return root;
}

function theirField({ number, type, label, packed = true }: ProtoField): protobuf.IField {
  const options = {
    ...(label === 'optional' ? { proto3_optional: true } : {}),
    ...(label === 'repeated' && !packed ? { features: { repeated_field_encoding: 'EXPANDED' } } : {}),
  };
  return { id: number, type, options, ...(label === 'repeated' ? { rule: 'repeated' } : {}) } as protobuf.IField;
}

/** A 64-bit integer as protobufjs takes it. */
function longOf(value: bigint): { low: number; high: number; unsigned: boolean } {
  const [low, high] = [BigInt.asIntN(32, value), BigInt.asIntN(32, value >> 32n)].map(Number);
  return { low, high, unsigned: value >= 0n };
}

function asTheirs(value: ProtoValue): unknown {
  if (typeof value === 'bigint') return longOf(value);
  if (value instanceof Uint8Array || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(asTheirs);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTheirs(item as ProtoValue)]));
}

describe('the bytes', () => {
  it('are those that protobufjs writes', () => {
    fc.assert(
      fc.property(
        protoFiles.chain((file) => fc.tuple(fc.constant(file), dataOf(file, 'Outer'))),
        ([file, datum]) => {
          const type = theirs(file).lookupType('Outer');
          const expected = type.encode(asTheirs(datum) as Record<string, unknown>).finish();
          expect(hex(encodeProto(checkProto(file), 'Outer', datum))).toBe(hex(expected));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are read as what they were written of, and come out the same from a reader who knows none of the fields', () => {
    fc.assert(
      fc.property(
        protoFiles.chain((file) => fc.tuple(fc.constant(file), dataOf(file, 'Outer'))),
        ([file, datum]) => {
          const bytes = encodeProto(file, 'Outer', datum);
          const read = decodeProto(file, 'Outer', bytes);
          expect(read).toMatchObject(datum);
          expect(hex(encodeProto(file, 'Outer', read))).toBe(hex(bytes));
          const stranger: ProtoFile = { messages: [{ name: 'Outer', fields: [] }] };
          expect(hex(encodeProto(stranger, 'Outer', decodeProto(stranger, 'Outer', bytes)))).toBe(hex(bytes));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a reader who knows half of the fields come out with all of them', () => {
    fc.assert(
      fc.property(
        protoFiles.chain((file) => fc.tuple(fc.constant(file), dataOf(file, 'Outer'))),
        ([file, datum]) => {
          const [outer, inner] = file.messages;
          const half = { ...outer, fields: outer.fields.filter((_, index) => index % 2 === 0) };
          const older = { ...file, messages: [half, inner] };
          const again = encodeProto(older, 'Outer', decodeProto(older, 'Outer', encodeProto(file, 'Outer', datum)));
          expect(decodeProto(file, 'Outer', again)).toEqual(
            decodeProto(file, 'Outer', encodeProto(file, 'Outer', datum)),
          );
        },
      ),
    );
  });
});

const one = (field: Omit<ProtoField, 'name' | 'number'>, name = 'f', number = 1): ProtoFile => ({
  messages: [{ name: 'T', fields: [{ name, number, ...field }] }],
});

describe('a reader of another version', () => {
  it('takes a number that was used again for what it stands for now', () => {
    const bytes = encodeProto(one({ type: 'string' }, 'note', 4), 'T', { note: 'ring twice' });
    expect(decodeProto(one({ type: 'string' }, 'coupon', 4), 'T', bytes)).toEqual({ coupon: 'ring twice' });
  });

  it('halves what was written without zigzag', () => {
    const bytes = encodeProto(one({ type: 'int32' }), 'T', { f: 300 });
    expect(decodeProto(one({ type: 'sint32' }), 'T', bytes)).toEqual({ f: 150 });
  });

  it('finds nothing where the wire type is another, and keeps it', () => {
    const bytes = encodeProto(one({ type: 'int32' }), 'T', { f: 300 });
    const read = decodeProto(one({ type: 'string' }), 'T', bytes);
    expect(read['f']).toBe('');
    expect(hex(read[UNKNOWN_FIELDS]!)).toBe('08ac02');
  });

  it('reads a list whether it is packed or not', () => {
    const list = one({ type: 'int32', label: 'repeated' });
    expect(decodeProto(list, 'T', bytesOf('0a020102080308ac02'))).toEqual({ f: [1, 2, 3, 300] });
  });

  it('merges messages that come twice, and keeps the last of a oneof', () => {
    const file: ProtoFile = {
      messages: [
        { name: 'T', fields: [{ name: 'inner', number: 1, type: 'Inner' }] },
        {
          name: 'Inner',
          fields: [
            { name: 'a', number: 1, type: 'int32', oneof: 'choice' },
            { name: 'b', number: 2, type: 'int32', oneof: 'choice' },
            { name: 'c', number: 3, type: 'int32' },
          ],
        },
      ],
    };
    expect(decodeProto(file, 'T', bytesOf('0a04080118030a021002'))).toEqual({ inner: { b: 2, c: 3 } });
  });

  it('refuses what is no message', () => {
    const text = one({ type: 'string' });
    expect(() => decodeProto(text, 'T', bytesOf('0a05616263'))).toThrow('5 bytes wanted, 3 left');
    expect(() => decodeProto(text, 'T', bytesOf('0a01ff'))).toThrow('a string is not UTF-8');
    expect(() => decodeProto(text, 'T', bytesOf('00'))).toThrow('a field of number 0');
    expect(() => decodeProto(one({ type: 'int32', label: 'required' }), 'T', bytesOf(''))).toThrow('T.f is required');
  });

  it('never takes any bytes for anything but a message or an error', () => {
    fc.assert(
      fc.property(protoFiles, fc.uint8Array({ maxLength: 40 }), (file, bytes) => {
        try {
          decodeProto(file, 'Outer', bytes);
        } catch (error) {
          expect((error as Error).name).toBe('DecodeFailed');
        }
      }),
    );
  });
});

it.each<[ProtoField[], string]>([
  [[{ name: 'a', number: 19_500, type: 'int32' }], 'has number 19500'],
  [
    [
      { name: 'a', number: 1, type: 'int32' },
      { name: 'b', number: 1, type: 'int32' },
    ],
    'have to be there once',
  ],
  [[{ name: 'a', number: 2, type: 'int32' }], 'is reserved'],
  [[{ name: 'a', number: 1, type: 'Nothing' }], 'is of type Nothing'],
])('a file with %j is refused', (fields, message) => {
  expect(() => checkProto({ messages: [{ name: 'T', fields, reserved: [2] }] })).toThrow(message);
});

/** As protoc prints a field in its text format, all on one line. */
function printed(value: ProtoValue): string {
  if (typeof value === 'string') return `: "${escaped(Buffer.from(value))}"`;
  if (value instanceof Uint8Array) return `: "${escaped(value)}"`;
  if (typeof value !== 'object') return `: ${String(value).replace('NaN', 'nan').replace('Infinity', 'inf')}`;
  const { x, [UNKNOWN_FIELDS]: unknown } = value as ProtoDatum;
  const inside = unknown === undefined ? `x: ${x}` : `${unknown[0] >> 3}: ${unknown[1]}`;
  return ` { ${inside} }`;
}

function escaped(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => (byte < 0x20 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)))
    .join('');
}

const vectors = sharedVectors<{
  rows: { wire_hex: string; reader: string; outcome: string; decoded_text: string }[];
}>('protobuf_wire_matrix.json');

it.skipIf(vectors.isLeftOut)(
  'reads every row of ../shared/data/vectors/protobuf_wire_matrix.json as protoc does',
  () => {
    const { rows } = vectors.read();
    expect(rows.length).toBeGreaterThan(0);
    for (const { wire_hex, reader, outcome, decoded_text } of rows) {
      const file: ProtoFile = {
        messages: [
          { name: 'T', fields: [{ name: 'f', number: 1, type: reader, label: 'optional' }] },
          { name: 'M', fields: [{ name: 'x', number: 1, type: 'int32' }] },
        ],
        enums: [{ name: 'E', values: { ZERO: 0, ONE: 1, TWO: 2 } }],
      };
      const { f, [UNKNOWN_FIELDS]: unknown } = decodeProto(file, 'T', bytesOf(wire_hex));
      if (outcome === 'UNKNOWN_FIELD') {
        expect(f).toBeUndefined();
        expect(hex(unknown!)).toBe(wire_hex);
        continue;
      }
      const names = ['ZERO', 'ONE', 'TWO'];
      const text = reader === 'E' ? `: ${names[f as number] ?? f}` : printed(f);
      expect(`f${text}`, `${wire_hex} as ${reader}`).toBe(decoded_text.replace(/\s+/g, ' '));
    }
  },
);
