/**
 * Reads what was written by one Avro schema as values of another: the rules of schema resolution, worked out once a pair of
 * schemas into a tree of functions (no code is generated). What cannot be resolved fails when such a value comes, not
 * before: a writer's union may have a branch that the reader does not know and that nobody ever writes. Of a reader's
 * union it is the first branch of the writer's own type, or else the first that reads it by promotion. Bytes after the value
 * are nobody's, and bytes that are read as a string and are no UTF-8 are an error.
 * Source: https://avro.apache.org/docs/1.12.0/specification/#schema-resolution.
 */
import { ByteReader, DecodeFailed } from '../bytes.ts';
import { avroIncompatibilities, haveOneName, sourceOf } from './avro-compatibility.ts';
import { avroDefault } from './avro-default.ts';
import {
  branchName,
  type AvroEnum,
  type AvroFixed,
  type AvroRecord,
  type AvroType,
  type AvroValue,
} from './avro-schema.ts';

type Read = (bytes: ByteReader) => AvroValue;

/** A decoder of records of the writer's schema into values of the reader's. */
export function avroDecoder(writer: AvroType, reader: AvroType = writer): (bytes: Uint8Array) => AvroValue {
  const read = new Resolution().resolve(writer, reader);
  return (bytes) => read(new ByteReader(bytes));
}

class Resolution {
  /** Of pairs of records, so that a schema may speak of itself. */
  private readonly records = new Map<AvroRecord, Map<AvroRecord, { read: Read }>>();

  resolve(writer: AvroType, reader: AvroType): Read {
    if (writer.kind === 'union') {
      const branches = writer.branches.map((branch) => this.resolve(branch, reader));
      return (bytes) => {
        const index = bytes.zigzag();
        const branch = branches[index];
        if (branch === undefined) throw new DecodeFailed(`branch ${index} of a union of ${branches.length}`);
        return branch(bytes);
      };
    }
    if (reader.kind === 'union') return this.asBranch(writer, reader.branches);
    if (writer.kind === 'array' && reader.kind === 'array') return this.list(this.resolve(writer.items, reader.items));
    if (writer.kind === 'map' && reader.kind === 'map') return this.map(this.resolve(writer.values, reader.values));
    if (writer.kind === 'record' && reader.kind === 'record') return this.record(writer, reader);
    if (writer.kind === 'enum' && reader.kind === 'enum') return symbol(writer, reader);
    if (writer.kind === 'fixed' && reader.kind === 'fixed') return fixed(writer, reader);
    const promote = PRIMITIVES[writer.kind]?.[reader.kind];
    return promote ?? failing(`${branchName(writer)} is not read as ${branchName(reader)}`);
  }

  private asBranch(writer: AvroType, branches: readonly AvroType[]): Read {
    const able = branches.filter((one) => avroIncompatibilities(one, writer).length === 0);
    const branch = able.find(({ kind }) => kind === writer.kind) ?? able[0];
    if (branch === undefined) return failing(`no branch of the reader's union reads ${branchName(writer)}`);
    const read = this.resolve(writer, branch);
    const name = branchName(branch);
    return name === 'null' ? read : (bytes) => ({ [name]: read(bytes) });
  }

  private list(item: Read): Read {
    return (bytes) => {
      const items: AvroValue[] = [];
      forEachInBlocks(bytes, () => items.push(item(bytes)));
      return items;
    };
  }

  private map(value: Read): Read {
    return (bytes) => {
      const entries = new Map<string, AvroValue>();
      forEachInBlocks(bytes, () => {
        const key = bytes.text(bytes.zigzag());
        entries.set(key, value(bytes));
      });
      return entries;
    };
  }

  private record(writer: AvroRecord, reader: AvroRecord): Read {
    if (!haveOneName(reader, writer)) return failing(`written as ${writer.name}, read as ${reader.name}`);
    const ofWriter = this.records.get(writer) ?? new Map<AvroRecord, { read: Read }>();
    this.records.set(writer, ofWriter);
    const met = ofWriter.get(reader);
    if (met !== undefined) return (bytes) => met.read(bytes);
    const entry = { read: failing('a record that is not resolved') };
    ofWriter.set(reader, entry);
    entry.read = this.fields(writer, reader);
    return entry.read;
  }

  private fields(writer: AvroRecord, reader: AvroRecord): Read {
    const targets = new Map(reader.fields.map((field) => [sourceOf(field, writer)?.name, field]));
    const steps = writer.fields.map((field) => {
      const target = targets.get(field.name);
      return { name: target?.name, read: this.resolve(field.type, target?.type ?? field.type) };
    });
    const missing = reader.fields.filter((field) => sourceOf(field, writer) === undefined);
    const unread = missing.find((field) => field.default === undefined);
    if (unread !== undefined) return failing(`${reader.name}.${unread.name} was not written and has no default`);
    const defaults = Object.fromEntries(missing.map((field) => [field.name, avroDefault(field.type, field.default)]));
    return (bytes) => {
      const values: Record<string, AvroValue> = { ...defaults };
      for (const { name, read } of steps) {
        const value = read(bytes);
        if (name !== undefined) values[name] = value;
      }
      return values;
    };
  }
}

/** Calls back for each item of the blocks up to the empty one; a negative count has the block's size in bytes behind it. */
function forEachInBlocks(bytes: ByteReader, item: () => void): void {
  for (let count = bytes.zigzag(); count !== 0; count = bytes.zigzag()) {
    if (count < 0) bytes.zigzag64();
    for (let i = Math.abs(count); i > 0; i--) item();
  }
}

function symbol(writer: AvroEnum, reader: AvroEnum): Read {
  if (!haveOneName(reader, writer)) return failing(`written as ${writer.name}, read as ${reader.name}`);
  const known = new Set(reader.symbols);
  return (bytes) => {
    const index = bytes.zigzag();
    const written = writer.symbols[index];
    if (written === undefined) throw new DecodeFailed(`symbol ${index} of an enum of ${writer.symbols.length}`);
    if (known.has(written)) return written;
    if (reader.default === undefined) throw new DecodeFailed(`${reader.name} has neither ${written} nor a default`);
    return reader.default;
  };
}

function fixed(writer: AvroFixed, reader: AvroFixed): Read {
  if (!haveOneName(reader, writer)) return failing(`written as ${writer.name}, read as ${reader.name}`);
  if (writer.size !== reader.size) return failing(`${writer.size} bytes written, ${reader.size} read`);
  return (bytes) => bytes.raw(writer.size);
}

function failing(why: string): Read {
  return () => {
    throw new DecodeFailed(why);
  };
}

const int: Read = (bytes) => bytes.zigzag();
const long: Read = (bytes) => bytes.zigzag64();
const longAsNumber: Read = (bytes) => Number(bytes.zigzag64());
const float: Read = (bytes) => bytes.float();
const text: Read = (bytes) => bytes.text(bytes.zigzag());
const raw: Read = (bytes) => bytes.raw(bytes.zigzag());

/** How a primitive type of the writer's is read as one of the reader's. */
const PRIMITIVES: Readonly<Record<string, Readonly<Record<string, Read>> | undefined>> = {
  null: { null: () => null },
  boolean: { boolean: (bytes) => bytes.byte() !== 0 },
  int: {
    int,
    long: (bytes) => BigInt(bytes.zigzag()),
    float: (bytes) => Math.fround(bytes.zigzag()),
    double: int,
  },
  long: { long, float: (bytes) => Math.fround(Number(bytes.zigzag64())), double: longAsNumber },
  float: { float, double: float },
  double: { double: (bytes) => bytes.double(true) },
  string: { string: text, bytes: raw },
  bytes: { bytes: raw, string: text },
};
