/**
 * Reads Protobuf's wire format by the reader's schema alone: nobody says which one it was written by. A number that the schema
 * does not have, and a number whose wire type is another, are unknown fields: no error, they are kept and written again. Of a
 * field that comes twice the last one counts, messages are merged, of a oneof the last member stays. 32 bits are what is left
 * of 64. An enum takes numbers that it has no name for (proto3's open enums). Plain fields that were not written have their
 * default. Sources: https://protobuf.dev/programming-guides/encoding/, https://protobuf.dev/programming-guides/proto3/#updating.
 */
import { ByteReader, ByteWriter, DecodeFailed } from '../bytes.ts';
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

type Draft = { [field: string]: ProtoValue; [UNKNOWN_FIELDS]?: Uint8Array };

const START_GROUP = 3;
const END_GROUP = 4;

/** A message of a type that the file names. */
export function decodeProto(file: ProtoFile, name: string, bytes: Uint8Array): ProtoDatum {
  return readMessage(file, messageOf(file, name)!, new ByteReader(bytes), {});
}

function readMessage(file: ProtoFile, message: ProtoMessage, bytes: ByteReader, datum: Draft): ProtoDatum {
  const fields = fieldsOf(message);
  const unknown: Uint8Array[] = datum[UNKNOWN_FIELDS] === undefined ? [] : [datum[UNKNOWN_FIELDS]];
  while (!bytes.isAtEnd) {
    const start = bytes.position;
    const tag = bytes.varint();
    const number = tag >>> 3;
    if (number === 0) throw new DecodeFailed('a field of number 0');
    const field = fields.get(number);
    if (field !== undefined && readField(file, message, field, tag & 7, bytes, datum)) continue;
    skip(tag & 7, number, bytes);
    unknown.push(bytes.since(start));
  }
  for (const field of message.fields) settle(file, message, field, datum);
  if (unknown.length > 0) datum[UNKNOWN_FIELDS] = joined(unknown);
  return datum;
}

const byNumber = new WeakMap<ProtoMessage, ReadonlyMap<number, ProtoField>>();

function fieldsOf(message: ProtoMessage): ReadonlyMap<number, ProtoField> {
  let fields = byNumber.get(message);
  if (fields === undefined) {
    fields = new Map(message.fields.map((field) => [field.number, field]));
    byNumber.set(message, fields);
  }
  return fields;
}

/** Whether the field is of this wire type; then it is read. */
function readField(
  file: ProtoFile,
  message: ProtoMessage,
  field: ProtoField,
  wireType: number,
  bytes: ByteReader,
  datum: Draft,
): boolean {
  const { name, type, label, oneof } = field;
  const wire = WIRE_TYPES[wireOf(file, type)];
  if (label === 'repeated') {
    const values = (datum[name] ??= []) as ProtoValue[];
    if (wireType === wire) {
      values.push(readValue(file, type, bytes));
      return true;
    }
    if (wireType !== WIRE_TYPES.length) return false;
    const packed = new ByteReader(bytes.raw(bytes.varint()));
    while (!packed.isAtEnd) values.push(readValue(file, type, packed));
    return true;
  }
  if (wireType !== wire) return false;
  if (oneof !== undefined) {
    for (const other of message.fields) if (other.oneof === oneof && other !== field) delete datum[other.name];
  }
  datum[name] = readValue(file, type, bytes, datum[name]);
  return true;
}

function readValue(file: ProtoFile, type: string, bytes: ByteReader, before?: ProtoValue): ProtoValue {
  switch (type) {
    case 'int32':
      return bytes.varint() | 0;
    case 'uint32':
      return bytes.varint();
    case 'sint32':
      return bytes.zigzag();
    case 'bool':
      return bytes.varint64() !== 0n;
    case 'int64':
      return BigInt.asIntN(64, bytes.varint64());
    case 'uint64':
      return bytes.varint64();
    case 'sint64':
      return bytes.zigzag64();
    case 'fixed32':
      return bytes.int32(true) >>> 0;
    case 'sfixed32':
      return bytes.int32(true);
    case 'float':
      return bytes.float();
    case 'fixed64':
      return BigInt.asUintN(64, bytes.int64(true));
    case 'sfixed64':
      return bytes.int64(true);
    case 'double':
      return bytes.double(true);
    case 'string':
      return bytes.text(bytes.varint());
    case 'bytes':
      return bytes.raw(bytes.varint());
    default: {
      if (enumOf(file, type) !== undefined) return bytes.varint() | 0;
      const content = new ByteReader(bytes.raw(bytes.varint()));
      return readMessage(file, messageOf(file, type)!, content, { ...(before as ProtoDatum | undefined) });
    }
  }
}

/** What a field is that did not come. */
function settle(file: ProtoFile, message: ProtoMessage, field: ProtoField, datum: Draft): void {
  const { name, type, label = 'implicit', oneof } = field;
  if (datum[name] !== undefined) return;
  if (label === 'required') throw new DecodeFailed(`${message.name}.${name} is required and did not come`);
  if (label === 'repeated') datum[name] = [];
  else if (label === 'implicit' && oneof === undefined && messageOf(file, type) === undefined) {
    datum[name] = protoDefault(type);
  }
}

function protoDefault(type: string): ProtoValue {
  if (type === 'string') return '';
  if (type === 'bytes') return new Uint8Array();
  if (type === 'bool') return false;
  return /^(u|s|)int64|fixed64$/.test(type) ? 0n : 0;
}

function skip(wireType: number, number: number, bytes: ByteReader): void {
  if (wireType === WIRE_TYPES.varint) bytes.varint64();
  else if (wireType === WIRE_TYPES.fixed64) bytes.raw(8);
  else if (wireType === WIRE_TYPES.fixed32) bytes.raw(4);
  else if (wireType === WIRE_TYPES.length) bytes.raw(bytes.varint());
  else if (wireType === START_GROUP) skipGroup(number, bytes);
  else throw new DecodeFailed(`field ${number} has wire type ${wireType}`);
}

function skipGroup(number: number, bytes: ByteReader): void {
  for (;;) {
    const tag = bytes.varint();
    if ((tag & 7) === END_GROUP) {
      if (tag >>> 3 !== number) throw new DecodeFailed(`group ${number} ends as ${tag >>> 3}`);
      return;
    }
    skip(tag & 7, tag >>> 3, bytes);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new ByteWriter();
  for (const part of parts) bytes.raw(part);
  return bytes.done();
}
