/**
 * What Confluent's registry holds against an update of a Protobuf schema: it compares both, as a consumer of the update
 * would read what was written by the original, and some kinds of difference are incompatible, the others not. Fields are
 * compared by number. That a field's name is another is compatible for it, and so is a removed field, so that it never
 * notices a number that is used again, if only the new type is of the same group.
 * Source: https://github.com/confluentinc/schema-registry, protobuf-provider, `diff/SchemaDiff`, `MessageSchemaDiff` and
 * `FieldSchemaDiff`; the groups are those of https://protobuf.dev/programming-guides/proto3/#updating.
 * Of its rules these are left out: fields reserved in a schema's metadata (`FIELD_CONFLICTS_WITH_RESERVED_FIELD`,
 * `RESERVED_FIELD_REMOVED`), messages within messages and how names are resolved, maps, imports (a message of the same name that
 * comes from another file). Another package, another place of a message and all that befalls an enum are compatible there too.
 */
import {
  enumOf,
  isScalar,
  messageOf,
  type ProtoField,
  type ProtoFile,
  type ProtoLabel,
  type ProtoMessage,
} from './proto-schema.ts';

const GROUPS: Readonly<Record<string, string>> = {
  int32: 'general number',
  int64: 'general number',
  uint32: 'general number',
  uint64: 'general number',
  bool: 'general number',
  sint32: 'zigzag number',
  sint64: 'zigzag number',
  string: 'string or bytes',
  bytes: 'string or bytes',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
};

/** What a reader by the update cannot read of what the original wrote, in the registry's opinion. */
export function protoIncompatibilities(update: ProtoFile, original: ProtoFile): string[] {
  return original.messages.flatMap((message) => {
    const updated = messageOf(update, message.name);
    if (updated === undefined) return [`MESSAGE_REMOVED: ${message.name}`];
    return [...ofOneofs(updated, message), ...ofFields(update, updated, original, message)];
  });
}

function ofOneofs(updated: ProtoMessage, message: ProtoMessage): string[] {
  const before = new Map(message.fields.map((field) => [field.number, field]));
  const found: string[] = [];
  for (const oneof of oneofsOf(updated)) {
    const members = updated.fields.filter((field) => field.oneof === oneof).map(({ number }) => before.get(number));
    const moved = members.filter((field) => field !== undefined && field.oneof === undefined).length;
    const existing = members.filter((field) => field?.oneof !== undefined).length;
    const place = `${message.name}.${oneof}`;
    if (moved > 1)
      found.push(`MULTIPLE_FIELDS_MOVED_TO_ONEOF: ${place} takes ${moved} fields, and one at most is kept`);
    else if (moved === 1 && existing > 0) found.push(`FIELD_MOVED_TO_EXISTING_ONEOF: ${place}`);
  }
  for (const { name, number, oneof } of message.fields) {
    const isStillThere = updated.fields.some((field) => field.number === number);
    if (oneof !== undefined && !isStillThere && oneofsOf(updated).has(oneof)) {
      found.push(`ONEOF_FIELD_REMOVED: ${message.name}.${name}`);
    }
  }
  return found;
}

function ofFields(update: ProtoFile, updated: ProtoMessage, original: ProtoFile, message: ProtoMessage): string[] {
  const found: string[] = [];
  for (const field of message.fields) {
    const now = updated.fields.find(({ number }) => number === field.number);
    const place = `${message.name}.${field.name} = ${field.number}`;
    if (now === undefined) {
      if (field.label === 'required') found.push(`REQUIRED_FIELD_REMOVED: ${place}`);
      continue;
    }
    found.push(...ofTypes(update, now, original, field, place));
  }
  for (const { name, number, label } of updated.fields) {
    const isNew = message.fields.every((field) => field.number !== number);
    if (isNew && label === 'required') found.push(`REQUIRED_FIELD_ADDED: ${message.name}.${name} = ${number}`);
  }
  return found;
}

function ofTypes(update: ProtoFile, now: ProtoField, original: ProtoFile, field: ProtoField, place: string): string[] {
  const [before, after] = [groupOf(original, field.type), groupOf(update, now.type)];
  const change = `${place} was ${field.type} and becomes ${now.type}`;
  if ((before === 'message') !== (after === 'message')) return [`FIELD_KIND_CHANGED: ${change}`];
  if (before === 'message') return field.type === now.type ? [] : [`FIELD_NAMED_TYPE_CHANGED: ${change}`];
  if (before !== after) return [`FIELD_SCALAR_KIND_CHANGED: ${change}`];
  // Of a text or bytes the last of several is taken; of numbers, which may be packed, a reader of one takes nothing.
  const [was, becomes] = [labelOf(field), labelOf(now)];
  if (before === 'string or bytes' || was === undefined || becomes === undefined || was === becomes) return [];
  return [`FIELD_NUMERIC_LABEL_CHANGED: ${place} was ${was} and becomes ${becomes}`];
}

/** A label is compared where both schemas have the word. */
function labelOf({ label }: ProtoField): Exclude<ProtoLabel, 'implicit'> | undefined {
  return label === 'implicit' ? undefined : label;
}

function oneofsOf({ fields }: ProtoMessage): Set<string> {
  return new Set(fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [oneof])));
}

function groupOf(file: ProtoFile, type: string): string {
  if (isScalar(type)) return GROUPS[type];
  return enumOf(file, type) === undefined ? 'message' : 'general number';
}
