/**
 * Rules of `buf breaking` that are about messages, fields and enums: what a linter in CI holds against an update of a .proto file.
 * Each belongs to categories, from FILE (strictest: generated code breaks) by PACKAGE and WIRE_JSON to WIRE (only the bytes
 * count). Fields and values of enums are matched by number. Rules about options of files, services and packages, and the
 * ones of other syntaxes than proto3, are not here.
 * Sources: https://buf.build/docs/breaking/rules/, and bufbuild/buf at c9a5b26 for the categories.
 */
import {
  enumOf,
  messageOf,
  type ProtoEnum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
} from './proto-schema.ts';

export type BufCategory = 'FILE' | 'PACKAGE' | 'WIRE_JSON' | 'WIRE';

interface Rule {
  /** From the strictest on that it is in, without a gap. */
  readonly categories: readonly BufCategory[];
  readonly judge: (update: ProtoFile, original: ProtoFile) => string[];
}

const [ALL, JSON_AND_UP, GENERATED] = [
  ['FILE', 'PACKAGE', 'WIRE_JSON', 'WIRE'],
  ['FILE', 'PACKAGE', 'WIRE_JSON'],
  ['FILE', 'PACKAGE'],
] as const;

/** What the rules of a category hold against an update, each with its rule's name. */
export function breakingChanges(category: BufCategory, update: ProtoFile, original: ProtoFile): string[] {
  return Object.entries(BREAKING_RULES)
    .filter(([, { categories }]) => categories.includes(category))
    .flatMap(([name, { judge }]) => judge(update, original).map((what) => `${name}: ${what}`));
}

export const BREAKING_RULES: Readonly<Record<string, Rule>> = {
  MESSAGE_NO_DELETE: {
    categories: ['FILE'],
    judge: (update, original) =>
      original.messages.filter(({ name }) => !messageOf(update, name)).map(({ name }) => `message ${name} is gone`),
  },
  ENUM_NO_DELETE: {
    categories: ['FILE'],
    judge: (update, { enums = [] }) =>
      enums.filter(({ name }) => !enumOf(update, name)).map(({ name }) => `enum ${name} is gone`),
  },
  FIELD_NO_DELETE: { categories: GENERATED, judge: removedFields(() => true) },
  FIELD_NO_DELETE_UNLESS_NAME_RESERVED: {
    categories: ['WIRE_JSON'],
    judge: removedFields(({ reserved = [] }, { name }) => !reserved.includes(name)),
  },
  FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED: {
    categories: ['WIRE_JSON', 'WIRE'],
    judge: removedFields(({ reserved = [] }, { number }) => !reserved.includes(number)),
  },
  FIELD_SAME_NAME: {
    categories: JSON_AND_UP,
    judge: pairs((before, after, place) =>
      before.name === after.name ? [] : [`${place} was ${before.name} and becomes ${after.name}`],
    ),
  },
  FIELD_SAME_TYPE: {
    categories: GENERATED,
    judge: pairs((before, after, place) => typeChange(before, after, place, () => false)),
  },
  FIELD_SAME_CARDINALITY: {
    categories: GENERATED,
    judge: pairs((before, after, place) => cardinalityChange(before, after, place, () => false)),
  },
  FIELD_SAME_ONEOF: {
    categories: ALL,
    judge: pairs((before, after, place) =>
      before.oneof === after.oneof
        ? []
        : [`${place} was in ${before.oneof ?? 'no oneof'} and is in ${after.oneof ?? 'none'}`],
    ),
  },
  FIELD_WIRE_JSON_COMPATIBLE_TYPE: {
    categories: ['WIRE_JSON'],
    judge: pairs((before, after, place) => typeChange(before, after, place, areOneGroup(JSON_GROUPS))),
  },
  FIELD_WIRE_COMPATIBLE_TYPE: {
    categories: ['WIRE'],
    judge: pairs((before, after, place) => typeChange(before, after, place, isReadOnTheWire)),
  },
  FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY: {
    categories: ['WIRE_JSON'],
    judge: pairs((before, after, place) => cardinalityChange(before, after, place, areSingular)),
  },
  FIELD_WIRE_COMPATIBLE_CARDINALITY: {
    categories: ['WIRE'],
    judge: pairs((before, after, place) => cardinalityChange(before, after, place, areSingular)),
  },
  ENUM_VALUE_NO_DELETE: { categories: GENERATED, judge: removedValues(() => true) },
  ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED: {
    categories: ['WIRE_JSON'],
    judge: removedValues(({ reserved = [] }, name) => !reserved.includes(name)),
  },
  ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED: {
    categories: ['WIRE_JSON', 'WIRE'],
    judge: removedValues(({ reserved = [] }, _, number) => !reserved.includes(number)),
  },
  ENUM_VALUE_SAME_NAME: {
    categories: JSON_AND_UP,
    judge: (update, { enums = [] }) =>
      enums.flatMap(({ name, values }) =>
        Object.entries(values).flatMap(([value, number]) => {
          const now = valueNamed(enumOf(update, name), number);
          return now === undefined || now === value ? [] : [`${name} ${number} was ${value} and becomes ${now}`];
        }),
      ),
  },
  RESERVED_MESSAGE_NO_DELETE: {
    categories: ALL,
    judge: (update, { messages }) =>
      messages.flatMap(({ name, reserved = [] }) => unreserved(name, reserved, messageOf(update, name)?.reserved)),
  },
  RESERVED_ENUM_NO_DELETE: {
    categories: ALL,
    judge: (update, { enums = [] }) =>
      enums.flatMap(({ name, reserved = [] }) => unreserved(name, reserved, enumOf(update, name)?.reserved)),
  },
};

/** Types whose values are the same bytes and, for JSON, the same text. */
const JSON_GROUPS = [
  ['int32', 'uint32'],
  ['int64', 'uint64'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
];

const WIRE_GROUPS = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool'],
  ['sint32', 'sint64'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
];

const areOneGroup =
  (groups: readonly (readonly string[])[]) =>
  (before: string, after: string): boolean =>
    groups.some((group) => group.includes(before) && group.includes(after));

/** A string may become bytes, and not the other way: not all bytes are text. */
function isReadOnTheWire(before: string, after: string): boolean {
  return (before === 'string' && after === 'bytes') || areOneGroup(WIRE_GROUPS)(before, after);
}

const isList = ({ label }: ProtoField): boolean => label === 'repeated';
const areSingular = (before: ProtoField, after: ProtoField): boolean => !isList(before) && !isList(after);

function typeChange(
  before: ProtoField,
  after: ProtoField,
  place: string,
  isAllowed: (before: string, after: string) => boolean,
): string[] {
  if (before.type === after.type || isAllowed(before.type, after.type)) return [];
  return [`${place} was ${before.type} and becomes ${after.type}`];
}

function cardinalityChange(
  before: ProtoField,
  after: ProtoField,
  place: string,
  isAllowed: (before: ProtoField, after: ProtoField) => boolean,
): string[] {
  const [was, becomes] = [before.label ?? 'implicit', after.label ?? 'implicit'];
  return was === becomes || isAllowed(before, after) ? [] : [`${place} was ${was} and becomes ${becomes}`];
}

function pairs(judge: (before: ProtoField, after: ProtoField, place: string) => string[]): Rule['judge'] {
  return (update, original) =>
    original.messages.flatMap(({ name, fields }) =>
      fields.flatMap((before) => {
        const after = messageOf(update, name)?.fields.find(({ number }) => number === before.number);
        return after === undefined ? [] : judge(before, after, `${name} ${before.number}`);
      }),
    );
}

function removedFields(counts: (now: ProtoMessage, field: ProtoField) => boolean): Rule['judge'] {
  return (update, original) =>
    original.messages.flatMap(({ name, fields }) => {
      const now = messageOf(update, name);
      if (now === undefined) return [];
      return fields
        .filter(({ number }) => now.fields.every((field) => field.number !== number))
        .filter((field) => counts(now, field))
        .map((field) => `${name}.${field.name} = ${field.number} is gone`);
    });
}

function removedValues(counts: (now: ProtoEnum, name: string, number: number) => boolean): Rule['judge'] {
  return (update, { enums = [] }) =>
    enums.flatMap(({ name, values }) => {
      const now = enumOf(update, name);
      if (now === undefined) return [];
      return Object.entries(values)
        .filter(([value, number]) => valueNamed(now, number) === undefined && counts(now, value, number))
        .map(([value, number]) => `${name}.${value} = ${number} is gone`);
    });
}

function valueNamed(one: ProtoEnum | undefined, number: number): string | undefined {
  return Object.entries(one?.values ?? {}).find(([, value]) => value === number)?.[0];
}

function unreserved(
  name: string,
  before: readonly (number | string)[],
  now: readonly (number | string)[] = [],
): string[] {
  return before.filter((one) => !now.includes(one)).map((one) => `${name} reserves ${one} no more`);
}
