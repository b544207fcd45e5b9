/**
 * The rules of three formats beside verdicts that others have published: what Confluent's own tests expect of its registry for
 * Protobuf and JSON Schema, and what Thrift's maintainers and its guide say of changes. Of a registry's row the differences that are
 * refused have to be the same, by name, and not just whether there are any. What the tables leave out stands in each of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonIncompatibilities } from '../../../../../sim-core/messaging/schema/json/json-compatibility.ts';
import type { JsonSchema } from '../../../../../sim-core/messaging/schema/json/json-schema.ts';
import { protoIncompatibilities } from '../../../../../sim-core/messaging/schema/protobuf/proto-compatibility.ts';
import type {
  ProtoField,
  ProtoFile,
  ProtoLabel,
} from '../../../../../sim-core/messaging/schema/protobuf/proto-schema.ts';
import {
  thriftIncompatibilities,
  type ThriftField,
  type ThriftStruct,
} from '../../../../../sim-core/messaging/schema/thrift/thrift.ts';

function rowsOf<Row>(name: string): readonly Row[] {
  const file = join(import.meta.dirname, `../../../../vectors/${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly Row[] }).rows;
}

const names = (problems: readonly string[]): string[] => problems.map((what) => what.split(':')[0]).sort();

interface ProtoRow {
  readonly name: string;
  readonly original: readonly string[];
  readonly update: readonly string[];
  readonly originalMessages?: readonly string[];
  readonly updateMessages?: readonly string[];
  readonly originalEnums?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly updateEnums?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly refused: readonly string[];
}

/** `[oneof NAME] [LABEL] TYPE NAME = NUMBER`. */
function protoField(text: string): ProtoField {
  const [, oneof, label, type, name, number] =
    /^(?:oneof (\w+) )?(?:(optional|required|repeated) )?(\w+) (\w+) = (\d+)$/.exec(text)!;
  return {
    name,
    number: Number(number),
    type,
    ...(oneof === undefined ? {} : { oneof }),
    ...(label === undefined ? {} : { label: label as ProtoLabel }),
  };
}

const protoFile = (
  fields: readonly string[],
  messages: readonly string[] = [],
  enums: ProtoRow['originalEnums'] = {},
): ProtoFile => ({
  messages: [
    { name: 'Message', fields: fields.map(protoField) },
    ...messages.map((name) => ({ name, fields: [{ name: 's', number: 1, type: 'string' }] })),
  ],
  enums: Object.entries(enums).map(([name, values]) => ({ name, values })),
});

describe("Confluent's registry, of Protobuf", () => {
  it.each(rowsOf<ProtoRow>('schema-registry-protobuf'))('$name', (row) => {
    const original = protoFile(row.original, row.originalMessages, row.originalEnums);
    const update = protoFile(row.update, row.updateMessages, row.updateEnums);
    expect(names(protoIncompatibilities(update, original))).toEqual([...row.refused].sort());
  });
});

interface JsonRow {
  readonly name: string;
  readonly original: JsonSchema;
  readonly update: JsonSchema;
  readonly refused: readonly string[];
}

describe("Confluent's registry, of JSON Schema", () => {
  it.each(rowsOf<JsonRow>('schema-registry-json'))('$name', ({ original, update, refused }) => {
    expect(names(jsonIncompatibilities(update, original))).toEqual([...refused].sort());
  });
});

interface ThriftRow {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly backward: boolean;
  readonly forward: boolean;
}

/** `ID: [required|optional] TYPE NAME`. */
function thriftField(text: string): ThriftField {
  const [, id, requiredness = 'default', type, name] = /^(\d+): (?:(required|optional) )?(\w+) (\w+)$/.exec(text)!;
  return {
    id: Number(id),
    name,
    type: type as ThriftField['type'],
    requiredness: requiredness as 'required' | 'optional' | 'default',
  };
}

describe('what is said of changes of a Thrift struct', () => {
  it.each(rowsOf<ThriftRow>('thrift-versioning'))('$name', ({ before, after, backward, forward }) => {
    const struct = (fields: readonly string[]): ThriftStruct => ({ name: 'S', fields: fields.map(thriftField) });
    const isFine = (reader: readonly string[], writer: readonly string[]): boolean =>
      thriftIncompatibilities(struct(reader), struct(writer)).length === 0;
    expect({ backward: isFine(after, before), forward: isFine(before, after) }).toEqual({ backward, forward });
  });
});
