/**
 * Protobuf's wire format: for each field that is there a tag (number and wire type) and the value, in the order of numbers;
 * then the unknown fields as they came. A plain field with its default is not written.
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */
import { ByteWriter, EncodeFailed } from '../bytes.ts';
import { utf8Length } from '../utf8.ts';
import {
  enumOf,
  messageOf,
  UNKNOWN_FIELDS,
  WIRE_TYPES,
  wireOf,
  type ProtoDatum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoValue,
} from './proto-schema.ts';

/** Beyond what 32 bits with a sign hold. */
const I32 = 2_147_483_648;

/** The bytes of a message of a type that the file names. */
export function encodeProto(file: ProtoFile, name: string, datum: ProtoDatum): Uint8Array {
  const bytes = new ByteWriter();
  writeMessage(file, messageOf(file, name)!, datum, bytes);
  return bytes.done();
}

function writeMessage(file: ProtoFile, message: ProtoMessage, datum: ProtoDatum, bytes: ByteWriter): void {
  for (const field of inOrder(message)) {
    const value = datum[field.name];
    if (value === undefined) {
      if (field.label === 'required') throw new EncodeFailed(`${message.name}.${field.name} is required and not there`);
      continue;
    }
    if (field.label === 'repeated') writeAll(file, field, value as readonly ProtoValue[], bytes);
    else if (!isOmitted(file, field, value)) writeField(file, field, value, bytes);
  }
  const unknown = datum[UNKNOWN_FIELDS];
  if (unknown !== undefined) bytes.raw(unknown);
}

const sorted = new WeakMap<ProtoMessage, readonly ProtoField[]>();

function inOrder(message: ProtoMessage): readonly ProtoField[] {
  let fields = sorted.get(message);
  if (fields === undefined) {
    fields = message.fields.toSorted((one, other) => one.number - other.number);
    sorted.set(message, fields);
  }
  return fields;
}

function isOmitted(file: ProtoFile, { type, label = 'implicit', oneof }: ProtoField, value: ProtoValue): boolean {
  if (label !== 'implicit' || oneof !== undefined || messageOf(file, type) !== undefined) return false;
  if (value instanceof Uint8Array) return value.length === 0;
  // Minus zero is another number than the default.
  return value === '' || value === false || value === 0n || Object.is(value, 0);
}

function writeAll(file: ProtoFile, field: ProtoField, values: readonly ProtoValue[], bytes: ByteWriter): void {
  if (values.length === 0) return;
  const isPacked = (field.packed ?? true) && wireOf(file, field.type) !== 'length';
  if (!isPacked) {
    for (const value of values) writeField(file, field, value, bytes);
    return;
  }
  const packed = new ByteWriter();
  for (const value of values) writeValue(file, field.type, value, packed);
  const content = packed.done();
  bytes.varint((field.number << 3) | WIRE_TYPES.length);
  bytes.varint(content.length);
  bytes.raw(content);
}

function writeField(file: ProtoFile, { number, type }: ProtoField, value: ProtoValue, bytes: ByteWriter): void {
  bytes.varint((number << 3) | WIRE_TYPES[wireOf(file, type)]);
  writeValue(file, type, value, bytes);
}

function writeValue(file: ProtoFile, type: string, value: ProtoValue, bytes: ByteWriter): void {
  const isRight = type === 'bytes' ? value instanceof Uint8Array : typeof value === shapeOf(file, type);
  if (!isRight) throw new EncodeFailed(`${String(value)} is no ${type}`);
  switch (type) {
    case 'int32':
      return writeInt32(integer(type, value, -I32, I32), bytes);
    case 'uint32':
      return bytes.varint(integer(type, value, 0, 2 * I32));
    case 'sint32':
      return bytes.zigzag(integer(type, value, -I32, I32));
    case 'bool':
      return bytes.byte(value === true ? 1 : 0);
    case 'int64':
    case 'uint64':
      return bytes.varint64(value as bigint);
    case 'sint64':
      return bytes.zigzag64(value as bigint);
    case 'fixed32':
    case 'sfixed32':
      return bytes.int32(value as number, true);
    case 'float':
      return bytes.float(value as number);
    case 'fixed64':
    case 'sfixed64':
      return bytes.int64(value as bigint, true);
    case 'double':
      return bytes.double(value as number, true);
    case 'string':
      bytes.varint(utf8Length(value as string));
      return bytes.text(value as string);
    case 'bytes':
      bytes.varint((value as Uint8Array).length);
      return bytes.raw(value as Uint8Array);
    default: {
      if (enumOf(file, type) !== undefined) return writeInt32(integer(type, value, -I32, I32), bytes);
      const content = encodeProto(file, type, value as ProtoDatum);
      bytes.varint(content.length);
      return bytes.raw(content);
    }
  }
}

function shapeOf(file: ProtoFile, type: string): string {
  if (type === 'string') return 'string';
  if (type === 'bool') return 'boolean';
  if (messageOf(file, type) !== undefined) return 'object';
  return type.endsWith('64') ? 'bigint' : 'number';
}

/** A negative number takes all ten bytes, so that who reads 64 bits reads the same. */
function writeInt32(value: number, bytes: ByteWriter): void {
  if (value < 0) bytes.varint64(BigInt(value));
  else bytes.varint(value);
}

function integer(type: string, value: ProtoValue, least: number, below: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value >= below) {
    throw new EncodeFailed(`${String(value)} is no ${type}`);
  }
  return value;
}
