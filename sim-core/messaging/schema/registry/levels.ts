/**
 * The seven levels of compatibility that a registry holds a new version of a schema to. Backward: who reads by the new one reads
 * what was written by the old; consumers are upgraded first. Forward: the other way about; producers first. Full: both. Each
 * against the last version, or, transitive, against all of them: what is full to the last need not be to the one before.
 * Source: https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html. Thrift has no part in
 * Confluent's registry; its rules here are those of its own documentation.
 */
import { avroIncompatibilities } from '../avro/avro-compatibility.ts';
import type { AvroType } from '../avro/avro-schema.ts';
import { jsonIncompatibilities } from '../json/json-compatibility.ts';
import type { JsonSchema } from '../json/json-schema.ts';
import { protoIncompatibilities } from '../protobuf/proto-compatibility.ts';
import type { ProtoFile } from '../protobuf/proto-schema.ts';
import { thriftIncompatibilities, type ThriftStruct } from '../thrift/thrift.ts';

export const COMPATIBILITY_LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type CompatibilityLevel = (typeof COMPATIBILITY_LEVELS)[number];

export type Schema =
  | { readonly format: 'avro'; readonly schema: AvroType }
  | { readonly format: 'protobuf'; readonly schema: ProtoFile }
  | { readonly format: 'json'; readonly schema: JsonSchema }
  | { readonly format: 'thrift'; readonly schema: ThriftStruct };

/** What a level holds against a candidate, given the versions before it, oldest first; nothing if it is taken. */
export function refusals(level: CompatibilityLevel, candidate: Schema, history: readonly Schema[]): string[] {
  if (level === 'NONE') return [];
  const against = level.endsWith('TRANSITIVE') ? history : history.slice(-1);
  const firstVersion = history.length - against.length + 1;
  return against.flatMap((earlier, index) => {
    const version = firstVersion + index;
    const backward = level.startsWith('FORWARD') ? [] : unreadable(candidate, earlier);
    const forward = level.startsWith('BACKWARD') ? [] : unreadable(earlier, candidate);
    return [
      ...backward.map((what) => `what version ${version} wrote is not read by this one: ${what}`),
      ...forward.map((what) => `what this one writes is not read by version ${version}: ${what}`),
    ];
  });
}

function unreadable(reader: Schema, writer: Schema): string[] {
  if (reader.format === 'avro' && writer.format === 'avro') return avroIncompatibilities(reader.schema, writer.schema);
  if (reader.format === 'protobuf' && writer.format === 'protobuf') {
    return protoIncompatibilities(reader.schema, writer.schema);
  }
  if (reader.format === 'json' && writer.format === 'json') return jsonIncompatibilities(reader.schema, writer.schema);
  if (reader.format === 'thrift' && writer.format === 'thrift') {
    return thriftIncompatibilities(reader.schema, writer.schema);
  }
  return [`${writer.format} is not read as ${reader.format}`];
}
