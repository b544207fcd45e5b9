/**
 * Avro schemas: from their JSON to types whose names are resolved, so that a schema may speak of itself. Names are full ones
 * (namespace and all); a type without a namespace is in the one that encloses it.
 * Source: https://avro.apache.org/docs/1.12.0/specification/ (Schema Declaration, Names, Aliases).
 * Logical types are kept and change nothing in the bytes: who does not know one reads the type below it.
 */

export const AVRO_PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type AvroPrimitive = (typeof AVRO_PRIMITIVES)[number];

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  /** As JSON; undefined if there is none. */
  readonly default: unknown;
}

interface Named {
  /** The full name. */
  readonly name: string;
  readonly aliases: readonly string[];
}

export type AvroRecord = Named & { readonly kind: 'record'; readonly fields: AvroField[] };
export type AvroEnum = Named & {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly default: string | undefined;
};
export type AvroFixed = Named & { readonly kind: 'fixed'; readonly size: number };
export type AvroUnion = { readonly kind: 'union'; readonly branches: readonly AvroType[] };
export type AvroType =
  | { readonly kind: AvroPrimitive }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | AvroRecord
  | AvroEnum
  | AvroFixed
  | AvroUnion;

/**
 * A value: a 64-bit integer is a bigint, a map a Map, and a value of a union is null or a record of one, from the branch's
 * name to its value, as in Avro's JSON encoding.
 */
export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AvroValue[]
  | ReadonlyMap<string, AvroValue>
  | { readonly [field: string]: AvroValue };

type Json = { readonly [key: string]: unknown };

export function parseAvro(schema: unknown): AvroType {
  return parse(schema, '', new Map());
}

/** What a branch of a union is called. */
export function branchName(type: AvroType): string {
  return 'name' in type ? type.name : type.kind;
}

export function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function parse(schema: unknown, namespace: string, names: Map<string, AvroType>): AvroType {
  if (typeof schema === 'string') return reference(schema, namespace, names);
  if (Array.isArray(schema)) return { kind: 'union', branches: schema.map((one) => parse(one, namespace, names)) };
  if (typeof schema !== 'object' || schema === null) throw wrong('a schema', schema, 'a name, an object or a list');
  const json = schema as Json;
  switch (json['type']) {
    case 'array':
      return { kind: 'array', items: parse(json['items'], namespace, names) };
    case 'map':
      return { kind: 'map', values: parse(json['values'], namespace, names) };
    case 'record':
    case 'error':
      return parseRecord(json, namespace, names);
    case 'enum':
      return parseEnum(json, namespace, names);
    case 'fixed': {
      const { size } = json as { size: number };
      if (!Number.isInteger(size) || size < 0) throw wrong('size of a fixed', size, 'a number of bytes');
      return define({ kind: 'fixed', ...named(json, namespace), size }, names);
    }
    default:
      return parse(json['type'], namespace, names);
  }
}

function reference(name: string, namespace: string, names: Map<string, AvroType>): AvroType {
  const primitive = AVRO_PRIMITIVES.find((one) => one === name);
  if (primitive !== undefined) return { kind: primitive };
  const type = names.get(fullName(name, namespace)) ?? names.get(name);
  if (type === undefined) throw wrong('type', name, `a primitive or one of ${[...names.keys()].join(', ')}`);
  return type;
}

function parseRecord(json: Json, namespace: string, names: Map<string, AvroType>): AvroType {
  const record: AvroRecord = { kind: 'record', ...named(json, namespace), fields: [] };
  define(record, names);
  const inside = record.name.includes('.') ? record.name.slice(0, record.name.lastIndexOf('.')) : '';
  for (const field of json['fields'] as Json[]) {
    const { name, aliases = [] } = field as { name: string; aliases?: string[] };
    if (record.fields.some((one) => one.name === name)) throw wrong(`field of ${record.name}`, name, 'a name once');
    record.fields.push({ name, aliases, type: parse(field['type'], inside, names), default: field['default'] });
  }
  return record;
}

function parseEnum(json: Json, namespace: string, names: Map<string, AvroType>): AvroType {
  const { symbols, default: fallback } = json as { symbols: string[]; default?: string };
  if (new Set(symbols).size < symbols.length) throw wrong('symbols of an enum', symbols, 'each once');
  return define({ kind: 'enum', ...named(json, namespace), symbols, default: fallback }, names);
}

function define(type: AvroType & Named, names: Map<string, AvroType>): AvroType {
  if (names.has(type.name)) throw wrong('name', type.name, 'a name that is defined once');
  names.set(type.name, type);
  return type;
}

function named(json: Json, enclosing: string): Named {
  const {
    name,
    namespace = enclosing,
    aliases = [],
  } = json as { name: string; namespace?: string; aliases?: string[] };
  if (typeof name !== 'string' || name === '') throw wrong('name of a type', name, 'a text');
  const full = fullName(name, namespace);
  const inside = full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : '';
  return { name: full, aliases: aliases.map((alias) => fullName(alias, inside)) };
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function wrong(what: string, value: unknown, right: string): Error {
  return new Error(`Avro schema: ${what} is ${JSON.stringify(value)}; it has to be ${right}`);
}
