/**
 * What the registry and `buf breaking` hold against an update of a Protobuf schema. Foreign are the names and categories of
 * buf's rules, where the shared vectors are there, and the verdicts of the registry's own tests, in
 * `registry/published-verdicts.test.ts`. Those here, of the registry and of buf, are own tables, written down from sources and
 * documentation: neither program gave them.
 */
import { describe, expect, it } from 'vitest';
import {
  BREAKING_RULES,
  breakingChanges,
  type BufCategory,
} from '../../../../../sim-core/messaging/schema/protobuf/breaking-rules.ts';
import { protoIncompatibilities } from '../../../../../sim-core/messaging/schema/protobuf/proto-compatibility.ts';
import type {
  ProtoEnum,
  ProtoField,
  ProtoFile,
  ProtoMessage,
} from '../../../../../sim-core/messaging/schema/protobuf/proto-schema.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

const file = (fields: ProtoField[], more: Partial<ProtoMessage> = {}, enums: ProtoEnum[] = []): ProtoFile => ({
  messages: [
    { name: 'T', fields, ...more },
    { name: 'M', fields: [] },
    { name: 'N', fields: [] },
  ],
  enums,
});
const f = (type: string, more: Partial<ProtoField> = {}): ProtoField => ({ name: 'f', number: 1, type, ...more });
const E = (values: Record<string, number>, reserved: (string | number)[] = []): ProtoEnum => ({
  name: 'E',
  values,
  reserved,
});
const zero = E({ ZERO: 0 });

describe('the registry', () => {
  it.each<[string, ProtoFile, ProtoFile]>([
    ['FIELD_SCALAR_KIND_CHANGED', file([f('int32')]), file([f('sint32')])],
    ['FIELD_SCALAR_KIND_CHANGED', file([f('int32')]), file([f('string')])],
    ['FIELD_KIND_CHANGED', file([f('bytes')]), file([f('M')])],
    ['FIELD_NAMED_TYPE_CHANGED', file([f('N')]), file([f('M')])],
    ['REQUIRED_FIELD_ADDED', file([]), file([f('int32', { label: 'required' })])],
    ['REQUIRED_FIELD_REMOVED', file([f('int32', { label: 'required' })]), file([])],
    [
      'MULTIPLE_FIELDS_MOVED_TO_ONEOF',
      file([f('int32'), f('int32', { name: 'g', number: 2 })]),
      file([f('int32', { oneof: 'o' }), f('int32', { name: 'g', number: 2, oneof: 'o' })]),
    ],
    [
      'FIELD_MOVED_TO_EXISTING_ONEOF',
      file([f('int32'), f('int32', { name: 'g', number: 2, oneof: 'o' })]),
      file([f('int32', { oneof: 'o' }), f('int32', { name: 'g', number: 2, oneof: 'o' })]),
    ],
    [
      'ONEOF_FIELD_REMOVED',
      file([f('int32', { oneof: 'o' }), f('int32', { name: 'g', number: 2, oneof: 'o' })]),
      file([f('int32', { oneof: 'o' })]),
    ],
    ['MESSAGE_REMOVED', file([]), { messages: [{ name: 'T', fields: [] }] }],
  ])('refuses with %s', (name, original, update) => {
    expect(protoIncompatibilities(update, original).map((what) => what.split(':')[0])).toContain(name);
  });

  it.each<[string, ProtoFile, ProtoFile]>([
    ['a field that is added or removed', file([f('int32')]), file([f('string', { name: 'g', number: 2 })])],
    ['a field of another name', file([f('string', { name: 'note' })]), file([f('string', { name: 'coupon' })])],
    ['numbers of one group', file([f('int64')]), file([f('bool')])],
    ['an enum that becomes a number', file([f('E')], {}, [zero]), file([f('int32')], {}, [zero])],
    ['one field that moves into a new oneof', file([f('int32')]), file([f('int32', { oneof: 'o' })])],
  ])('takes %s', (_, original, update) => {
    expect(protoIncompatibilities(update, original)).toEqual([]);
  });
});

describe('buf', () => {
  const rulesOf = (category: BufCategory, update: ProtoFile, original: ProtoFile): string[] =>
    breakingChanges(category, update, original).map((what) => what.split(':')[0]);
  const note = f('string', { name: 'note' });

  it.each<[string, ProtoFile, ProtoFile, string[]]>([
    ['a number used again', file([note]), file([f('string', { name: 'coupon' })]), ['FIELD_SAME_NAME']],
    [
      'a field removed and not reserved',
      file([note]),
      file([]),
      ['FIELD_NO_DELETE_UNLESS_NAME_RESERVED', 'FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED'],
    ],
    ['a field removed and reserved', file([note]), file([], { reserved: ['note', 1] }), []],
    ['a reservation given up', file([], { reserved: [1] }), file([]), ['RESERVED_MESSAGE_NO_DELETE']],
    ['int32 to uint32', file([f('int32')]), file([f('uint32')]), []],
    ['int32 to int64', file([f('int32')]), file([f('int64')]), ['FIELD_WIRE_JSON_COMPATIBLE_TYPE']],
    [
      'one to many',
      file([f('int32')]),
      file([f('int32', { label: 'repeated' })]),
      ['FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY'],
    ],
    ['into a oneof', file([f('int32')]), file([f('int32', { oneof: 'o' })]), ['FIELD_SAME_ONEOF']],
    ['a value renamed', file([], {}, [E({ A: 0 })]), file([], {}, [E({ B: 0 })]), ['ENUM_VALUE_SAME_NAME']],
    [
      'a value removed',
      file([], {}, [E({ A: 0, B: 1 })]),
      file([], {}, [E({ A: 0 })]),
      ['ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED', 'ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED'],
    ],
    ['a reserved value', file([], {}, [E({ A: 0, B: 1 })]), file([], {}, [E({ A: 0 }, ['B', 1])]), []],
    [
      'a reservation of a value given up',
      file([], {}, [E({ A: 0 }, [1])]),
      file([], {}, [E({ A: 0 })]),
      ['RESERVED_ENUM_NO_DELETE'],
    ],
  ])('says of %s in WIRE_JSON what it has rules for', (_, original, update, rules) => {
    expect(rulesOf('WIRE_JSON', update, original)).toEqual(rules);
  });

  it('in WIRE lets a name change, and bytes become no string', () => {
    expect(rulesOf('WIRE', file([f('string', { name: 'coupon' })]), file([note]))).toEqual([]);
    expect(rulesOf('WIRE', file([f('bytes')]), file([f('string')]))).toEqual([]);
    expect(rulesOf('WIRE', file([f('string')]), file([f('bytes')]))).toEqual(['FIELD_WIRE_COMPATIBLE_TYPE']);
    expect(rulesOf('WIRE', file([f('int32', { label: 'repeated' })]), file([f('int32')]))).toEqual([
      'FIELD_WIRE_COMPATIBLE_CARDINALITY',
    ]);
  });

  it('in FILE refuses whatever goes or changes', () => {
    const gone = rulesOf('FILE', { messages: [] }, file([], {}, [zero]));
    expect(gone).toEqual(['MESSAGE_NO_DELETE', 'MESSAGE_NO_DELETE', 'MESSAGE_NO_DELETE', 'ENUM_NO_DELETE']);
    expect(rulesOf('FILE', file([]), file([note]))).toEqual(['FIELD_NO_DELETE']);
    const other = file([f('uint32', { label: 'optional' })]);
    expect(rulesOf('FILE', other, file([f('int32')]))).toEqual(['FIELD_SAME_TYPE', 'FIELD_SAME_CARDINALITY']);
    expect(rulesOf('FILE', file([], {}, [zero]), file([], {}, [E({ ZERO: 0, ONE: 1 })]))).toEqual([
      'ENUM_VALUE_NO_DELETE',
    ]);
  });
});

const vectors = sharedVectors<{ rows: { id: string; categories: string[] }[] }>('buf_breaking_rules.json');

it.skipIf(vectors.isLeftOut)(
  'its rules have the names and categories of ../shared/data/vectors/buf_breaking_rules.json',
  () => {
    const { rows } = vectors.read();
    const known = new Map(rows.map(({ id, categories }) => [id, categories.filter((one) => one !== 'CSR')]));
    for (const [id, { categories }] of Object.entries(BREAKING_RULES))
      expect([id, known.get(id)]).toEqual([id, categories]);
  },
);
