/**
 * A subset of JSON Schema: types, objects (an open content model takes properties that it does not name, a closed one does not),
 * lists, enums, bounds. A record is the JSON text in UTF-8 and is held to the schema where it is written and where it is read, as
 * Confluent's serializers do with `json.fail.invalid.schema=true`; by default they hold it to nothing. A default is put in nowhere:
 * it is for people, unless whoever reads uses it. Numbers are doubles, and there are no 64-bit integers.
 * Sources: https://json-schema.org/draft-07/json-schema-validation and RFC 8259.
 */
import { ByteReader, ByteWriter, DecodeFailed, EncodeFailed } from '../bytes.ts';

export type JsonTypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface JsonSchema {
  readonly type?: JsonTypeName | readonly JsonTypeName[];
  readonly enum?: readonly JsonValue[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Of properties that are not named: `false` takes none, a schema those that it takes. */
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: JsonValue;
}

export function encodeJson(schema: JsonSchema, value: JsonValue): Uint8Array {
  const [problem] = jsonProblems(schema, value);
  if (problem !== undefined) throw new EncodeFailed(problem);
  const bytes = new ByteWriter();
  bytes.text(JSON.stringify(value));
  return bytes.done();
}

export function decodeJson(schema: JsonSchema, bytes: Uint8Array): JsonValue {
  const text = new ByteReader(bytes).text(bytes.length);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new DecodeFailed('a record is no JSON');
  }
  const [problem] = jsonProblems(schema, value);
  if (problem !== undefined) throw new DecodeFailed(problem);
  return value;
}

/** What is wrong with a value, each with its place (a JSON pointer); nothing if it is valid. */
export function jsonProblems(schema: JsonSchema, value: JsonValue, place = ''): string[] {
  const at = place === '' ? '/' : place;
  const types = typesOf(schema);
  if (types !== undefined && !types.some((type) => isOfType(type, value))) {
    return [`${at}: ${JSON.stringify(value)} is no ${types.join(' or ')}`];
  }
  if (schema.enum !== undefined && !schema.enum.some((one) => isSame(one, value))) {
    return [`${at}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`];
  }
  if (typeof value === 'number') return outOf(schema.minimum, schema.maximum, value, `${at}: ${value}`);
  if (typeof value === 'string') {
    // Characters are code points.
    return outOf(
      schema.minLength,
      schema.maxLength,
      [...value].length,
      `${at}: the length of ${JSON.stringify(value)}`,
    );
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => jsonProblems(items, item, `${place}/${index}`));
  }
  if (typeof value === 'object' && value !== null) return ofProperties(schema, value as JsonObject, place);
  return [];
}

export function typesOf({ type }: JsonSchema): readonly JsonTypeName[] | undefined {
  return type === undefined ? undefined : typeof type === 'string' ? [type] : type;
}

type JsonObject = { readonly [key: string]: JsonValue };

function ofProperties(schema: JsonSchema, value: JsonObject, place: string): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => `${place}/${key}: required, not there`);
  const wrong = Object.entries(value).flatMap(([key, item]) => {
    const inside = `${place}/${key}`;
    if (Object.hasOwn(properties, key)) return jsonProblems(properties[key], item, inside);
    if (additionalProperties === false) return [`${inside}: not named, and the content model is closed`];
    return additionalProperties === true ? [] : jsonProblems(additionalProperties, item, inside);
  });
  return [...missing, ...wrong];
}

function outOf(least = -Infinity, most = Infinity, value: number, what: string): string[] {
  return value < least || value > most ? [`${what} is not in ${least}..${most}`] : [];
}

function isOfType(type: JsonTypeName, value: JsonValue): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** Equal as JSON values are: the order of properties does not count. */
function isSame(one: JsonValue, other: JsonValue): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSame((one as JsonObject)[key], (other as JsonObject)[key]));
}
