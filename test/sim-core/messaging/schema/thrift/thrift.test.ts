/** Thrift's binary protocol, against Apache Thrift's own for Node. */
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  decodeThrift,
  encodeThrift,
  thriftIncompatibilities,
  type ThriftDatum,
  type ThriftField,
  type ThriftStruct,
  type ThriftType,
  type ThriftValue,
} from '../../../../../sim-core/messaging/schema/thrift/thrift.ts';

/** What is used of Apache Thrift, whose package has no types. */
interface Protocol {
  writeStructBegin(name: string): void;
  writeStructEnd(): void;
  writeFieldBegin(name: string, type: number, id: number): void;
  writeFieldEnd(): void;
  writeFieldStop(): void;
  writeListBegin(type: number, size: number): void;
  writeListEnd(): void;
  writeMapBegin(key: number, value: number, size: number): void;
  writeMapEnd(): void;
  writeBool(value: boolean): void;
  writeByte(value: number): void;
  writeI16(value: number): void;
  writeI32(value: number): void;
  writeI64(value: unknown): void;
  writeDouble(value: number): void;
  writeString(value: string): void;
  writeBinary(value: Buffer): void;
  flush(): void;
}
const require = createRequire(import.meta.url);
const { TBufferedTransport, TBinaryProtocol, Thrift, Int64 } = require('thrift') as {
  TBufferedTransport: new (buffer: undefined, done: (bytes: Buffer) => void) => { flush(): void };
  TBinaryProtocol: new (transport: unknown) => Protocol;
  Thrift: { Type: Readonly<Record<string, number>> };
  Int64: new (bytes: Buffer) => unknown;
};

function theirType(type: ThriftType): number {
  if (typeof type !== 'string') return Thrift.Type['list' in type ? 'LIST' : 'map' in type ? 'MAP' : 'STRUCT'];
  return Thrift.Type[type === 'binary' ? 'STRING' : type.toUpperCase()];
}

/** Writes as generated code does. */
function theirBytes(struct: ThriftStruct, datum: ThriftDatum): string {
  let bytes = '';
  const transport = new TBufferedTransport(undefined, (buffer) => (bytes = buffer.toString('hex')));
  const protocol = new TBinaryProtocol(transport);
  const write = (type: ThriftType, value: ThriftValue): void => {
    if (type === 'bool') protocol.writeBool(value as boolean);
    else if (type === 'byte') protocol.writeByte(value as number);
    else if (type === 'i16') protocol.writeI16(value as number);
    else if (type === 'i32') protocol.writeI32(value as number);
    else if (type === 'i64') {
      const wide = Buffer.alloc(8);
      wide.writeBigInt64BE(value as bigint);
      protocol.writeI64(new Int64(wide));
    } else if (type === 'double') protocol.writeDouble(value as number);
    else if (type === 'string') protocol.writeString(value as string);
    else if (type === 'binary') protocol.writeBinary(Buffer.from(value as Uint8Array));
    else if ('list' in type) {
      const items = value as ThriftValue[];
      protocol.writeListBegin(theirType(type.list), items.length);
      for (const item of items) write(type.list, item);
      protocol.writeListEnd();
    } else if ('map' in type) {
      const entries = value as Map<ThriftValue, ThriftValue>;
      protocol.writeMapBegin(theirType(type.map[0]), theirType(type.map[1]), entries.size);
      for (const [key, item] of entries) {
        write(type.map[0], key);
        write(type.map[1], item);
      }
      protocol.writeMapEnd();
    } else writeStruct(type, value as ThriftDatum);
  };
  const writeStruct = ({ name, fields }: ThriftStruct, values: ThriftDatum): void => {
    protocol.writeStructBegin(name);
    for (const field of fields) {
      if (values[field.name] === undefined) continue;
      protocol.writeFieldBegin(field.name, theirType(field.type), field.id);
      write(field.type, values[field.name]);
      protocol.writeFieldEnd();
    }
    protocol.writeFieldStop();
    protocol.writeStructEnd();
  };
  writeStruct(struct, datum);
  transport.flush();
  return bytes;
}

const values: Readonly<Record<string, fc.Arbitrary<ThriftValue>>> = {
  bool: fc.boolean(),
  byte: fc.integer({ min: -128, max: 127 }),
  i16: fc.integer({ min: -32_768, max: 32_767 }),
  i32: fc.integer(),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  // Apache Thrift for Node writes minus zero as zero.
  double: fc.double().map((value) => (value === 0 ? 0 : value)),
  string: fc.string({ unit: 'grapheme', maxLength: 8 }),
  binary: fc.uint8Array({ maxLength: 8 }),
};
const baseType = fc.constantFrom(...(Object.keys(values) as (keyof typeof values & ThriftType)[]));

interface Typed {
  readonly type: ThriftType;
  readonly value: fc.Arbitrary<ThriftValue>;
}
const base = baseType.map((type): Typed => ({ type, value: values[type as string] }));
const container = fc.oneof(
  base.map(({ type, value }): Typed => ({ type: { list: type }, value: fc.array(value, { maxLength: 3 }) })),
  base.map(({ type, value }): Typed => ({
    type: { map: ['string', type] },
    value: fc
      .uniqueArray(fc.tuple(values['string'] as fc.Arbitrary<string>, value), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((entries) => new Map(entries)),
  })),
);
function structOf(
  typed: fc.Arbitrary<Typed>,
  name: string,
): fc.Arbitrary<{ type: ThriftStruct; value: fc.Arbitrary<ThriftDatum> }> {
  const drawn = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 32_767 }), typed), {
    maxLength: 5,
    selector: ([id]) => id,
  });
  return drawn.map((fields) => ({
    type: { name, fields: fields.map(([id, { type }], index) => ({ id, name: `f${index}`, type })) },
    value: fc.record(Object.fromEntries(fields.map(([, { value }], index) => [`f${index}`, value])), {
      requiredKeys: [],
    }) as fc.Arbitrary<ThriftDatum>,
  }));
}
const inner = structOf(fc.oneof(base, container), 'Inner').map((one): Typed => one);
const structs = structOf(fc.oneof(base, container, inner), 'Outer');
const written = structs.chain(({ type, value }) => fc.tuple(fc.constant(type), value));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the bytes', () => {
  it("are those that Apache Thrift's binary protocol writes, and are read again", () => {
    fc.assert(
      fc.property(written, ([struct, datum]) => {
        const bytes = encodeThrift(struct, datum);
        expect(hex(bytes)).toBe(theirBytes(struct, datum));
        expect(decodeThrift(struct, bytes)).toEqual(datum);
      }),
      { numRuns: 200 },
    );
  });

  it('are skipped to their end by a reader who knows none of the fields', () => {
    fc.assert(
      fc.property(written, ([struct, datum]) => {
        const envelope: ThriftStruct = {
          name: 'Envelope',
          fields: [
            { id: 1, name: 'payload', type: struct },
            { id: 2, name: 'behind', type: 'i32' },
          ],
        };
        const known = { ...envelope, fields: envelope.fields.slice(1) };
        expect(decodeThrift(known, encodeThrift(envelope, { payload: datum, behind: 7 }))).toEqual({ behind: 7 });
      }),
    );
  });

  it('of no struct are an error', () => {
    fc.assert(
      fc.property(structs, fc.uint8Array({ maxLength: 30 }), ({ type }, bytes) => {
        try {
          decodeThrift(type, bytes);
        } catch (error) {
          expect((error as Error).name).toBe('DecodeFailed');
        }
      }),
    );
  });
});

const struct = (...fields: ThriftField[]): ThriftStruct => ({ name: 'T', fields });
const field = (id: number, name: string, type: ThriftType, more: Partial<ThriftField> = {}): ThriftField => ({
  id,
  name,
  type,
  ...more,
});

describe('a reader of another version', () => {
  it('takes an id that was used again for what it stands for now, and the rules say so', () => {
    const [writer, reader] = [struct(field(4, 'note', 'string')), struct(field(4, 'coupon', 'string'))];
    expect(decodeThrift(reader, encodeThrift(writer, { note: 'ring' }))).toEqual({ coupon: 'ring' });
    expect(thriftIncompatibilities(reader, writer)).toEqual(['an id used again: T.coupon = 4 was written as note']);
  });

  it('skips a field of another type, and has its default', () => {
    const [writer, reader] = [struct(field(1, 'a', 'i32')), struct(field(1, 'a', 'i64', { default: 5n }))];
    expect(decodeThrift(reader, encodeThrift(writer, { a: 9 }))).toEqual({ a: 5n });
    expect(thriftIncompatibilities(reader, writer)).toEqual(['another type: T.a = 1 is skipped']);
  });

  it('fails without a required field', () => {
    const [writer, reader] = [struct(), struct(field(1, 'a', 'i32', { requiredness: 'required' }))];
    expect(() => decodeThrift(reader, encodeThrift(writer, {}))).toThrow('T.a is required');
    expect(() => encodeThrift(reader, {})).toThrow('T.a is required');
    expect(thriftIncompatibilities(reader, writer)).toEqual(['required and not written: T.a = 1']);
    expect(thriftIncompatibilities(writer, reader)).toEqual([]);
  });
});
