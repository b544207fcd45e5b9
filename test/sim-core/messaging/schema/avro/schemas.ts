/** Avro schemas and values of them as fast-check draws them, and one more version of a schema, as somebody edits it. */
import fc from 'fast-check';
import {
  branchName,
  parseAvro,
  type AvroType,
  type AvroValue,
} from '../../../../../sim-core/messaging/schema/avro/avro-schema.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Shape =
  | { kind: 'primitive'; type: string }
  | { kind: 'fixed'; size: number }
  | { kind: 'enum'; count: number }
  | { kind: 'array' | 'map'; inner: Shape }
  | { kind: 'record'; fields: Shape[] }
  | { kind: 'union'; branches: Shape[] };

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];

const { shape } = fc.letrec<{ shape: Shape }>((tie) => {
  const primitive = fc.record({ kind: fc.constant('primitive' as const), type: fc.constantFrom(...PRIMITIVES) });
  const leaf = fc.oneof(
    primitive,
    fc.record({ kind: fc.constant('fixed' as const), size: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('enum' as const), count: fc.integer({ min: 1, max: 4 }) }),
  );
  const inner = tie('shape');
  return {
    shape: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ kind: fc.constantFrom('array' as const, 'map' as const), inner }),
      fc.record({ kind: fc.constant('record' as const), fields: fc.array(inner, { maxLength: 4 }) }),
      fc.record({
        kind: fc.constant('union' as const),
        branches: fc.array(
          inner.filter(({ kind }) => kind !== 'union'),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    ),
  };
});

export const schemas: fc.Arbitrary<Json> = shape.map((drawn) => {
  let names = 0;
  const schemaOf = (one: Shape): Json => {
    switch (one.kind) {
      case 'primitive':
        return one.type;
      case 'fixed':
        return { type: 'fixed', name: `X${names++}`, size: one.size };
      case 'enum':
        return { type: 'enum', name: `E${names++}`, symbols: ['A', 'B', 'C', 'D'].slice(0, one.count) };
      case 'array':
        return { type: 'array', items: schemaOf(one.inner) };
      case 'map':
        return { type: 'map', values: schemaOf(one.inner) };
      case 'record': {
        const name = `R${names++}`;
        return { type: 'record', name, fields: one.fields.map((f, i) => ({ name: `f${i}`, type: schemaOf(f) })) };
      }
      case 'union': {
        // A union has no two branches of one unnamed kind.
        const kinds = one.branches.map((branch) => (branch.kind === 'primitive' ? branch.type : branch.kind));
        return one.branches
          .filter((b, i) => ['fixed', 'enum', 'record'].includes(b.kind) || kinds.indexOf(kinds[i]) === i)
          .map(schemaOf);
      }
    }
  };
  return schemaOf(drawn);
});

export interface Bounds {
  /** Of integers. */
  readonly bits: number;
  /** Of bytes; beyond 0x7f they are no text. */
  readonly byteMax: number;
}

// Below -(2^52) avsc 5.7.9 writes and reads another number: -4503599627370497 comes back as 4503599627370496.
const ALL: Bounds = { bits: 52, byteMax: 0xff };

export function valuesOf(type: AvroType, bounds: Bounds = ALL): fc.Arbitrary<AvroValue> {
  const { bits, byteMax } = bounds;
  switch (type.kind) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer({ min: -(2 ** Math.min(31, bits)), max: 2 ** Math.min(31, bits) - 1 });
    case 'long':
      return fc.bigInt({ min: -(2n ** BigInt(bits)), max: 2n ** BigInt(bits) });
    case 'float':
      return fc.float();
    case 'double':
      return fc.double();
    case 'bytes':
      return fc.uint8Array({ maxLength: 12, max: byteMax });
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 12 });
    case 'fixed':
      return fc.uint8Array({ minLength: type.size, maxLength: type.size, max: byteMax });
    case 'enum':
      return fc.constantFrom(...type.symbols);
    case 'array':
      return fc.array(valuesOf(type.items, bounds), { maxLength: 3 });
    case 'map':
      return fc
        .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), valuesOf(type.values, bounds)), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries) => new Map(entries));
    case 'record':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, valuesOf(field.type, bounds)])));
    case 'union':
      return fc.oneof(
        ...type.branches.map((branch) =>
          branch.kind === 'null'
            ? fc.constant(null)
            : valuesOf(branch, bounds).map((value) => ({ [branchName(branch)]: value })),
        ),
      );
  }
}

export const schemaWithValue = schemas.chain((schema) => fc.tuple(fc.constant(schema), valuesOf(parseAvro(schema))));

/** Another version: types promoted or changed, fields and symbols added, removed, renamed, reordered. */
export function edited(schema: Json, choices: readonly number[]): Json {
  let next = 0;
  const choose = (count: number): number => (choices.length === 0 ? 0 : choices[next++ % choices.length] % count);
  const edit = (one: Json): Json => {
    if (typeof one === 'string') {
      if (choose(3) > 0) return one;
      return PRIMITIVES[choose(PRIMITIVES.length)];
    }
    if (Array.isArray(one)) return unionOf(choose(4) === 0 ? [...one].reverse() : one.map(edit));
    const json = { ...(one as { [key: string]: Json }) };
    if (json['type'] === 'array') return { ...json, items: edit(json['items']) };
    if (json['type'] === 'map') return { ...json, values: edit(json['values']) };
    if (json['type'] === 'fixed') return choose(5) === 0 ? { ...json, size: (json['size'] as number) + 1 } : json;
    if (json['type'] === 'enum') return editEnum(json);
    const fields = (json['fields'] as { name: string; type: Json }[]).map((field) => ({
      ...field,
      type: edit(field.type),
    }));
    if (choose(4) === 0) fields.shift();
    if (choose(4) === 0) fields.reverse();
    if (choose(3) === 0) fields.push({ name: 'added', type: 'int', ...(choose(3) > 0 ? { default: 7 } : {}) });
    if (choose(4) === 0 && fields.length > 0) {
      const [first] = fields;
      fields[0] = { ...first, name: 'renamed', ...(choose(2) === 0 ? { aliases: [first.name] } : {}) };
    }
    return { ...json, fields };
  };
  const editEnum = (json: { [key: string]: Json }): Json => {
    const symbols = json['symbols'] as string[];
    const changed = [symbols, [...symbols, 'Z'], symbols.slice(1), [...symbols].reverse()][choose(4)];
    if (changed.length === 0) return json;
    return { ...json, symbols: changed, ...(choose(3) === 0 ? { default: changed[0] } : {}) };
  };
  return edit(schema);
}

function unionOf(branches: Json[]): Json {
  const seen = new Set<string>();
  return branches.filter((branch) => {
    if (Array.isArray(branch)) return false;
    const json = branch as { [key: string]: Json };
    const name = typeof branch === 'string' ? branch : String(json['name'] ?? json['type']);
    return !seen.has(name) && seen.add(name);
  });
}
