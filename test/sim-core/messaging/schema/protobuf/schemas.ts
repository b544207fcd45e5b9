/** Protobuf schemas and values of them as fast-check draws them: one file of two messages and an enum. */
import fc from 'fast-check';
import {
  isScalar,
  messageOf,
  PROTO_SCALARS,
  type ProtoDatum,
  type ProtoField,
  type ProtoFile,
  type ProtoValue,
} from '../../../../../sim-core/messaging/schema/protobuf/proto-schema.ts';

const SCALARS = Object.keys(PROTO_SCALARS);
const numbers = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 20_000, max: 2 ** 29 - 1 }));

/** A message's fields; the deepest has no messages in it. */
function fieldsOf(types: readonly string[]): fc.Arbitrary<ProtoField[]> {
  const shapes = fc.record({
    number: numbers,
    type: fc.constantFrom(...types),
    label: fc.constantFrom('implicit' as const, 'optional' as const, 'repeated' as const),
    packed: fc.boolean(),
    isOfOneof: fc.boolean(),
  });
  return fc.uniqueArray(shapes, { maxLength: 6, selector: ({ number }) => number }).map((drawn) =>
    drawn.map(({ number, type, label, packed, isOfOneof }, index) => ({
      name: `f${index}`,
      number,
      type,
      label,
      packed,
      ...(label === 'implicit' && isOfOneof ? { oneof: 'choice' } : {}),
    })),
  );
}

export const protoFiles: fc.Arbitrary<ProtoFile> = fc
  .record({ outer: fieldsOf([...SCALARS, 'E', 'Inner']), inner: fieldsOf([...SCALARS, 'E']) })
  .map(({ outer, inner }) => ({
    messages: [
      { name: 'Outer', fields: outer },
      { name: 'Inner', fields: inner },
    ],
    enums: [{ name: 'E', values: { NONE: 0, ONE: 1, MINUS: -1 } }],
  }));

const between = (min: bigint, max: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min, max });

function valuesOf(file: ProtoFile, type: string): fc.Arbitrary<ProtoValue> {
  if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 8 });
  if (type === 'bytes') return fc.uint8Array({ maxLength: 8 });
  if (type === 'bool') return fc.boolean();
  if (type === 'float') return fc.float();
  if (type === 'double') return fc.double();
  if (type === 'E') return fc.constantFrom(0, 1, -1, 7);
  if (!isScalar(type)) return dataOf(file, type);
  const isUnsigned = type.startsWith('u') || type.startsWith('fixed');
  if (type.endsWith('64')) return isUnsigned ? between(0n, 2n ** 64n - 1n) : between(-(2n ** 63n), 2n ** 63n - 1n);
  return isUnsigned ? fc.nat(0xffff_ffff) : fc.integer();
}

/** Values of a message, some fields absent; of a oneof one member at most. */
export function dataOf(file: ProtoFile, name: string): fc.Arbitrary<ProtoDatum> {
  const { fields } = messageOf(file, name)!;
  const members = fields.filter(({ oneof }) => oneof !== undefined).map((field) => field.name);
  const values = fc.record(
    Object.fromEntries(
      fields.map((field) => {
        const one = valuesOf(file, field.type);
        return [field.name, field.label === 'repeated' ? fc.array(one, { maxLength: 3 }) : one];
      }),
    ),
    { requiredKeys: [] },
  );
  return fc.tuple(values, fc.nat()).map(([drawn, choice]) => {
    const kept = members[choice % Math.max(1, members.length)];
    return Object.fromEntries(
      Object.entries(drawn).filter(([key]) => !members.includes(key) || key === kept),
    ) as ProtoDatum;
  });
}
