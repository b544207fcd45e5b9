/**
 * Avro's binary encoding: values one after another, without names, numbers or types, so that nobody reads them without the
 * schema by which they were written. Lists and maps are one block and an end.
 * Source: https://avro.apache.org/docs/1.12.0/specification/#binary-encoding.
 */
import { ByteWriter, EncodeFailed } from '../bytes.ts';
import { utf8Length } from '../utf8.ts';
import { branchName, type AvroType, type AvroValue } from './avro-schema.ts';

export function encodeAvro(type: AvroType, value: AvroValue): Uint8Array {
  const bytes = new ByteWriter();
  write(type, value, bytes);
  return bytes.done();
}

function write(type: AvroType, value: AvroValue, bytes: ByteWriter): void {
  switch (type.kind) {
    case 'null':
      if (value !== null) throw misfit(type, value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw misfit(type, value);
      return bytes.byte(value ? 1 : 0);
    case 'int':
      if (typeof value !== 'number' || (value | 0) !== value) throw misfit(type, value);
      return bytes.zigzag(value);
    case 'long':
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw misfit(type, value);
      return bytes.zigzag64(value);
    case 'float':
      if (typeof value !== 'number') throw misfit(type, value);
      return bytes.float(value);
    case 'double':
      if (typeof value !== 'number') throw misfit(type, value);
      return bytes.double(value, true);
    case 'string':
      if (typeof value !== 'string') throw misfit(type, value);
      bytes.zigzag(utf8Length(value));
      return bytes.text(value);
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw misfit(type, value);
      bytes.zigzag(value.length);
      return bytes.raw(value);
    case 'fixed':
      if (!(value instanceof Uint8Array) || value.length !== type.size) throw misfit(type, value);
      return bytes.raw(value);
    case 'enum': {
      const index = type.symbols.indexOf(value as string);
      if (index < 0) throw misfit(type, value);
      return bytes.zigzag(index);
    }
    case 'array':
      if (!Array.isArray(value)) throw misfit(type, value);
      if (value.length > 0) bytes.zigzag(value.length);
      for (const item of value) write(type.items, item, bytes);
      return bytes.byte(0);
    case 'map':
      if (!(value instanceof Map)) throw misfit(type, value);
      if (value.size > 0) bytes.zigzag(value.size);
      for (const [key, item] of value) {
        write({ kind: 'string' }, key, bytes);
        write(type.values, item, bytes);
      }
      return bytes.byte(0);
    case 'record':
      if (typeof value !== 'object' || value === null) throw misfit(type, value);
      for (const field of type.fields) {
        const item = (value as { readonly [field: string]: AvroValue | undefined })[field.name];
        if (item === undefined)
          throw new EncodeFailed(`${type.name} has a field ${field.name}, and the value has none`);
        write(field.type, item, bytes);
      }
      return;
    case 'union': {
      const name = value === null ? 'null' : Object.keys(value as object)[0];
      const index = type.branches.findIndex((branch) => branchName(branch) === name);
      if (index < 0) throw misfit(type, value);
      bytes.zigzag(index);
      return write(type.branches[index], value === null ? null : (value as Record<string, AvroValue>)[name], bytes);
    }
  }
}

function misfit(type: AvroType, value: AvroValue): EncodeFailed {
  return new EncodeFailed(`${String(value)} is no ${branchName(type)}`);
}
