/**
 * A field's default, from the JSON in the schema to a value: bytes are written there as characters of U+0000 to U+00FF, and a
 * default of a union is one of its first branch.
 * Source: https://avro.apache.org/docs/1.12.0/specification/ (Complex Types: default).
 */
import { branchName, type AvroType, type AvroValue } from './avro-schema.ts';

export function avroDefault(type: AvroType, json: unknown): AvroValue {
  switch (type.kind) {
    case 'long':
      return BigInt(json as number);
    case 'bytes':
    case 'fixed':
      return Uint8Array.from(json as string, (character) => character.charCodeAt(0));
    case 'array':
      return (json as unknown[]).map((item) => avroDefault(type.items, item));
    case 'map': {
      const entries = Object.entries(json as object);
      return new Map(entries.map(([key, item]) => [key, avroDefault(type.values, item)]));
    }
    case 'record': {
      const given = json as Readonly<Record<string, unknown>>;
      const values = type.fields.map(({ name, type: inner, default: own }) => [
        name,
        avroDefault(inner, given[name] === undefined ? own : given[name]),
      ]);
      return Object.fromEntries(values);
    }
    case 'union': {
      const [first] = type.branches;
      const value = avroDefault(first, json);
      return first.kind === 'null' ? null : { [branchName(first)]: value };
    }
    default:
      return json as AvroValue;
  }
}
