/**
 * Thrift structs in the binary protocol: for each field its type, its id and the value, and a stop. A reader goes by the id: what
 * it does not have, and what is of another type, it skips without a word; a required field that did not come is an error.
 * Sources: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md and, for what generated readers
 * skip, https://thrift.apache.org/docs/features (Versioning) and the whitepaper (Slee, Agarwal, Kwiatkowski 2007, section 5).
 * Not here: the compact protocol, messages of calls, sets, unions, exceptions. An enum is an i32.
 */
import { ByteReader, ByteWriter, DecodeFailed, EncodeFailed } from '../bytes.ts';
import { utf8Length } from '../utf8.ts';

const WIRE = { bool: 2, byte: 3, double: 4, i16: 6, i32: 8, i64: 10, string: 11, binary: 11 } as const;
const [STOP, STRUCT, MAP, LIST] = [0, 12, 13, 15];

export type ThriftType =
  | keyof typeof WIRE
  | { readonly list: ThriftType }
  | { readonly map: readonly [key: ThriftType, value: ThriftType] }
  | ThriftStruct;

export interface ThriftField {
  readonly id: number;
  readonly name: string;
  readonly type: ThriftType;
  /** `default` is a field without either word: it is written if it is there, and nobody misses it. */
  readonly requiredness?: 'required' | 'optional' | 'default';
  readonly default?: ThriftValue;
}

export interface ThriftStruct {
  readonly name: string;
  readonly fields: readonly ThriftField[];
}

export type ThriftValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly ThriftValue[]
  | ReadonlyMap<ThriftValue, ThriftValue>
  | ThriftDatum;
export interface ThriftDatum {
  readonly [field: string]: ThriftValue;
}

export function encodeThrift(struct: ThriftStruct, datum: ThriftDatum): Uint8Array {
  const bytes = new ByteWriter();
  writeStruct(struct, datum, bytes);
  return bytes.done();
}

export function decodeThrift(struct: ThriftStruct, bytes: Uint8Array): ThriftDatum {
  return readStruct(struct, new ByteReader(bytes));
}

function wireOf(type: ThriftType): number {
  if (typeof type === 'string') return WIRE[type];
  return 'list' in type ? LIST : 'map' in type ? MAP : STRUCT;
}

function writeStruct(struct: ThriftStruct, datum: ThriftDatum, bytes: ByteWriter): void {
  for (const { id, name, type, requiredness } of struct.fields) {
    const value = datum[name];
    if (value === undefined) {
      if (requiredness === 'required') throw new EncodeFailed(`${struct.name}.${name} is required and not there`);
      continue;
    }
    bytes.byte(wireOf(type));
    bytes.int16(id);
    write(type, value, bytes);
  }
  bytes.byte(STOP);
}

function write(type: ThriftType, value: ThriftValue, bytes: ByteWriter): void {
  switch (type) {
    case 'bool':
      return bytes.byte(value === true ? 1 : 0);
    case 'byte':
      return bytes.byte((value as number) & 0xff);
    case 'i16':
      return bytes.int16(value as number);
    case 'i32':
      return bytes.int32(value as number, false);
    case 'i64':
      return bytes.int64(value as bigint, false);
    case 'double':
      return bytes.double(value as number, false);
    case 'string':
      bytes.int32(utf8Length(value as string), false);
      return bytes.text(value as string);
    case 'binary':
      bytes.int32((value as Uint8Array).length, false);
      return bytes.raw(value as Uint8Array);
    default:
      return writeContainer(type, value, bytes);
  }
}

function writeContainer(type: Exclude<ThriftType, string>, value: ThriftValue, bytes: ByteWriter): void {
  if ('list' in type) {
    const items = value as readonly ThriftValue[];
    bytes.byte(wireOf(type.list));
    bytes.int32(items.length, false);
    for (const item of items) write(type.list, item, bytes);
  } else if ('map' in type) {
    const [key, item] = type.map;
    const entries = value as ReadonlyMap<ThriftValue, ThriftValue>;
    bytes.byte(wireOf(key));
    bytes.byte(wireOf(item));
    bytes.int32(entries.size, false);
    for (const [k, v] of entries) {
      write(key, k, bytes);
      write(item, v, bytes);
    }
  } else {
    writeStruct(type, value as ThriftDatum, bytes);
  }
}

function readStruct(struct: ThriftStruct, bytes: ByteReader): ThriftDatum {
  const datum: Record<string, ThriftValue> = {};
  for (let wire = bytes.byte(); wire !== STOP; wire = bytes.byte()) {
    const id = bytes.int16();
    const field = struct.fields.find((one) => one.id === id);
    if (field !== undefined && wireOf(field.type) === wire) datum[field.name] = read(field.type, bytes);
    else skip(wire, bytes);
  }
  for (const { name, requiredness, default: fallback } of struct.fields) {
    if (datum[name] !== undefined) continue;
    if (requiredness === 'required') throw new DecodeFailed(`${struct.name}.${name} is required and did not come`);
    if (fallback !== undefined) datum[name] = fallback;
  }
  return datum;
}

function read(type: ThriftType, bytes: ByteReader): ThriftValue {
  switch (type) {
    case 'bool':
      return bytes.byte() !== 0;
    case 'byte':
      return (bytes.byte() << 24) >> 24;
    case 'i16':
      return bytes.int16();
    case 'i32':
      return bytes.int32(false);
    case 'i64':
      return bytes.int64(false);
    case 'double':
      return bytes.double(false);
    case 'string':
      return bytes.text(bytes.int32(false));
    case 'binary':
      return bytes.raw(bytes.int32(false));
    default:
      return readContainer(type, bytes);
  }
}

/** A container whose elements are of another type than they should be is read to its end and is empty. */
function readContainer(type: Exclude<ThriftType, string>, bytes: ByteReader): ThriftValue {
  if ('list' in type) {
    const wire = bytes.byte();
    const items: ThriftValue[] = [];
    for (let left = sizeOf(bytes); left > 0; left--) {
      if (wire === wireOf(type.list)) items.push(read(type.list, bytes));
      else skip(wire, bytes);
    }
    return items;
  }
  if ('map' in type) {
    const wires = [bytes.byte(), bytes.byte()];
    const entries = new Map<ThriftValue, ThriftValue>();
    const isRight = type.map.every((one, index) => wireOf(one) === wires[index]);
    for (let left = sizeOf(bytes); left > 0; left--) {
      if (isRight) entries.set(read(type.map[0], bytes), read(type.map[1], bytes));
      else for (const wire of wires) skip(wire, bytes);
    }
    return entries;
  }
  return readStruct(type, bytes);
}

const SIZES: Readonly<Record<number, number>> = {
  [WIRE.bool]: 1,
  [WIRE.byte]: 1,
  [WIRE.i16]: 2,
  [WIRE.i32]: 4,
  [WIRE.i64]: 8,
  [WIRE.double]: 8,
};

function skip(wire: number, bytes: ByteReader): void {
  if (SIZES[wire] !== undefined) {
    bytes.raw(SIZES[wire]);
  } else if (wire === WIRE.string) {
    bytes.raw(bytes.int32(false));
  } else if (wire === LIST) {
    const item = bytes.byte();
    for (let left = sizeOf(bytes); left > 0; left--) skip(item, bytes);
  } else if (wire === MAP) {
    const wires = [bytes.byte(), bytes.byte()];
    for (let left = sizeOf(bytes); left > 0; left--) for (const one of wires) skip(one, bytes);
  } else if (wire === STRUCT) {
    for (let inner = bytes.byte(); inner !== STOP; inner = bytes.byte()) {
      bytes.int16();
      skip(inner, bytes);
    }
  } else {
    throw new DecodeFailed(`there is no type ${wire}`);
  }
}

function sizeOf(bytes: ByteReader): number {
  const size = bytes.int32(false);
  if (size < 0) throw new DecodeFailed(`a container of ${size} elements`);
  return size;
}

/**
 * What a reader cannot rely on in what a writer of another version sends: Thrift comes with no registry and no rules that a
 * tool would hold one to; these are those of its documentation and of its maintainers
 * (https://issues.apache.org/jira/browse/THRIFT-5340). Ids and types have to stay, and a required field for ever. That another default
 * is another meaning, and what becomes of calls, unions and exceptions, is not looked at.
 */
export function thriftIncompatibilities(reader: ThriftStruct, writer: ThriftStruct): string[] {
  return reader.fields.flatMap((field) => {
    const place = `${reader.name}.${field.name} = ${field.id}`;
    const written = writer.fields.find(({ id }) => id === field.id);
    if (written === undefined) return field.requiredness === 'required' ? [`required and not written: ${place}`] : [];
    if (wireOf(written.type) !== wireOf(field.type)) return [`another type: ${place} is skipped`];
    if (field.requiredness === 'required' && written.requiredness !== 'required') {
      return [`required and not always written: ${place}`];
    }
    return written.name === field.name ? [] : [`an id used again: ${place} was written as ${written.name}`];
  });
}
