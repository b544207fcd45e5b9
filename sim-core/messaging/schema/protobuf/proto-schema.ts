/**
 * Protobuf schemas as data: what a .proto file says of messages, fields and enums. On the wire a field is its number; its name
 * is for people. `implicit` is proto3's plain field, which is not written while it has its default; `optional` knows whether it
 * was set. Sources: https://protobuf.dev/programming-guides/proto3/ and https://protobuf.dev/programming-guides/encoding/.
 * Not here: groups are skipped, extensions, maps and imports do not exist.
 */

export const PROTO_SCALARS = {
  int32: 'varint',
  int64: 'varint',
  uint32: 'varint',
  uint64: 'varint',
  sint32: 'varint',
  sint64: 'varint',
  bool: 'varint',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  float: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  double: 'fixed64',
  string: 'length',
  bytes: 'length',
} as const;
export type ProtoScalar = keyof typeof PROTO_SCALARS;

export type ProtoLabel = 'implicit' | 'optional' | 'required' | 'repeated';

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** A scalar, or the name of a message or an enum of the file. */
  readonly type: string;
  readonly label?: ProtoLabel;
  /** The oneof that it is in. */
  readonly oneof?: string;
  /** Of a repeated number: whether all are written as one; proto3 does. */
  readonly packed?: boolean;
}

export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
  /** Numbers and names that no field may have any more. */
  readonly reserved?: readonly (number | string)[];
}

export interface ProtoEnum {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
  readonly reserved?: readonly (number | string)[];
}

export interface ProtoFile {
  readonly messages: readonly ProtoMessage[];
  readonly enums?: readonly ProtoEnum[];
}

/** Fields that the reader's schema does not have, as they came: they are written again behind the others. */
export const UNKNOWN_FIELDS = Symbol('unknown fields');

/** 64-bit integers are bigints, values of enums numbers. */
export type ProtoValue = boolean | number | bigint | string | Uint8Array | ProtoDatum | readonly ProtoValue[];
export interface ProtoDatum {
  readonly [field: string]: ProtoValue;
  readonly [UNKNOWN_FIELDS]?: Uint8Array;
}

export const WIRE_TYPES = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

export function isScalar(type: string): type is ProtoScalar {
  return Object.hasOwn(PROTO_SCALARS, type);
}

export function messageOf({ messages }: ProtoFile, name: string): ProtoMessage | undefined {
  return messages.find((message) => message.name === name);
}

export function enumOf({ enums = [] }: ProtoFile, name: string): ProtoEnum | undefined {
  return enums.find((one) => one.name === name);
}

/** How a type is written. */
export function wireOf(file: ProtoFile, type: string): keyof typeof WIRE_TYPES {
  if (isScalar(type)) return PROTO_SCALARS[type];
  return enumOf(file, type) === undefined ? 'length' : 'varint';
}

/** Refuses a file that protoc would not compile, with what is wrong in it. */
export function checkProto(file: ProtoFile): ProtoFile {
  for (const { name, fields, reserved = [] } of file.messages) {
    const names = new Set<string>();
    const numbers = new Set<number>();
    for (const field of fields) {
      const what = `Protobuf schema: field ${name}.${field.name}`;
      if (!(field.number >= 1 && field.number < 536_870_912) || (field.number >= 19_000 && field.number < 20_000)) {
        throw new Error(`${what} has number ${field.number}; it has to be in 1..536870911 and not in 19000..19999`);
      }
      if (names.has(field.name) || numbers.has(field.number)) {
        throw new Error(`${what} = ${field.number}: names and numbers have to be there once`);
      }
      if (reserved.includes(field.number) || reserved.includes(field.name)) {
        throw new Error(`${what} = ${field.number} is reserved; take another name and number`);
      }
      if (!isScalar(field.type) && !messageOf(file, field.type) && !enumOf(file, field.type)) {
        throw new Error(`${what} is of type ${field.type}; it has to be a scalar, a message or an enum of the file`);
      }
      names.add(field.name);
      numbers.add(field.number);
    }
  }
  return file;
}
