/**
 * JSON records and the rules for JSON Schemas. Foreign are JSON.stringify, for the bytes, and nothing else. Whether a value is valid is an
 * own table; so is what the registry refuses here, for a closer look at names and places: the verdicts of its own tests are in
 * `registry/published-verdicts.test.ts`. What checks both is the property: no drawn value that is valid by the original is refused by
 * an update that was let pass.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonIncompatibilities } from '../../../../../sim-core/messaging/schema/json/json-compatibility.ts';
import {
  decodeJson,
  encodeJson,
  jsonProblems,
  type JsonSchema,
  type JsonTypeName,
  type JsonValue,
} from '../../../../../sim-core/messaging/schema/json/json-schema.ts';

const object = (properties: Record<string, JsonSchema>, more: Partial<JsonSchema> = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const closed = { additionalProperties: false } as const;

describe('a record', () => {
  it('is the JSON text in UTF-8, and is read again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (drawn) => {
        const value = JSON.parse(JSON.stringify(drawn)) as JsonValue;
        const bytes = encodeJson({}, value);
        expect(Buffer.from(bytes)).toEqual(Buffer.from(JSON.stringify(value), 'utf8'));
        expect(decodeJson({}, bytes)).toEqual(value);
      }),
    );
  });

  it.each<[JsonSchema, JsonValue, string]>([
    [{ type: 'integer' }, 1.5, '/: 1.5 is no integer'],
    [{ enum: ['a', { b: 1, c: 2 }] }, 'x', 'is none of'],
    [{ type: 'string', maxLength: 1 }, 'ab', 'is not in -Infinity..1'],
    [{ items: { type: 'number', minimum: 2 } }, [3, 1], '/1: 1 is not in 2..Infinity'],
    [object({ a: {} }, { required: ['a'] }), {}, '/a: required, not there'],
    [object({ a: {} }, closed), { b: 1 }, '/b: not named, and the content model is closed'],
    [object({}, { additionalProperties: { type: 'string' } }), { b: 1 }, '/b: 1 is no string'],
  ])('of %j is not %j', (schema, value, problem) => {
    expect(() => encodeJson(schema, value)).toThrow(problem);
    expect(() => decodeJson(schema, encodeJson({}, value))).toThrow(problem);
  });

  it('may have its properties in any order, and one character that is two of UTF-16', () => {
    expect(jsonProblems({ enum: [{ b: 1, c: 2 }] }, { c: 2, b: 1 })).toEqual([]);
    expect(jsonProblems({ type: 'string', maxLength: 1 }, '😀')).toEqual([]);
  });

  it('is refused if it is no JSON', () => {
    expect(() => decodeJson({}, Uint8Array.of(0x7b))).toThrow('no JSON');
  });
});

describe("the registry's rules", () => {
  const int: JsonSchema = { type: 'integer' };
  it.each<[string, JsonSchema, JsonSchema, string | undefined]>([
    ['PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL', object({}), object({ a: int }), 'open'],
    ['a property of any type added to an open model', object({}), object({ a: {} }), undefined],
    ['OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL', object({}, closed), object({ a: int }, closed), undefined],
    [
      'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
      object({}, closed),
      object({ a: int }, { ...closed, required: ['a'] }),
      'x',
    ],
    [
      'one with a default',
      object({}, closed),
      object({ a: { ...int, default: 1 } }, { ...closed, required: ['a'] }),
      undefined,
    ],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL', object({ a: int }, closed), object({}, closed), 'x'],
    ['PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL', object({ a: int }), object({}), undefined],
    ['REQUIRED_ATTRIBUTE_ADDED', object({ a: int }), object({ a: int }, { required: ['a'] }), 'x'],
    ['REQUIRED_ATTRIBUTE_REMOVED', object({ a: int }, { required: ['a'] }), object({ a: int }), undefined],
    ['ADDITIONAL_PROPERTIES_REMOVED', object({}), object({}, closed), 'x'],
    ['ADDITIONAL_PROPERTIES_ADDED', object({}, closed), object({}), undefined],
    ['TYPE_CHANGED', int, { type: 'string' }, 'x'],
    ['TYPE_NARROWED', { type: 'number' }, int, 'x'],
    ['TYPE_EXTENDED', int, { type: 'number' }, undefined],
    ['ENUM_ARRAY_NARROWED', { enum: ['a', 'b'] }, { enum: ['a'] }, 'x'],
    ['ENUM_ARRAY_EXTENDED', { enum: ['a'] }, { enum: ['a', 'b'] }, undefined],
    ['MAXIMUM_DECREASED', { maximum: 5 }, { maximum: 4 }, 'x'],
    ['MIN_LENGTH_ADDED', {}, { minLength: 1 }, 'x'],
    ['MAX_LENGTH_INCREASED', { maxLength: 1 }, { maxLength: 2 }, undefined],
  ])('%s', (name, original, update, refused) => {
    const found = jsonIncompatibilities(update, original);
    if (refused === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(`${name}: `);
  });

  it('do not look at what is required and no property', () => {
    expect(jsonIncompatibilities(object({}, { required: ['a'] }), object({}))).toEqual([]);
  });

  it('let nothing pass that a reader by the update refuses of what is valid by the original', () => {
    const names: JsonTypeName[] = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
    const schema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 2, depthSize: 'small' },
        fc.record(
          {
            type: fc.oneof(
              fc.constantFrom(...names),
              fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
            ),
            minimum: fc.integer({ min: 0, max: 2 }),
            maximum: fc.integer({ min: 1, max: 3 }),
            maxLength: fc.nat(2),
            enum: fc.uniqueArray(fc.constantFrom<JsonValue>(0, 1, 'a', 'b'), { minLength: 1 }),
          },
          { requiredKeys: [] },
        ),
        fc
          .record(
            {
              type: fc.constant('object' as const),
              properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { maxKeys: 2 }),
              required: fc.subarray(['a', 'b']),
              additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
            },
            { requiredKeys: ['type'] },
          )
          .map(({ required = [], ...rest }) => ({
            ...rest,
            // The registry does not look at what is required and no property: see the test below.
            required: required.filter((name) => Object.hasOwn(rest.properties ?? {}, name)),
          })),
        fc.record({ type: fc.constant('array' as const), items: tie('schema') }),
      ),
    })).schema;
    const leaf = fc.constantFrom<JsonValue>(null, true, 0, 1, 2, 1.5, '', 'a', 'b', 'abc');
    const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf));
    fc.assert(
      fc.property(schema, schema, fc.array(value, { maxLength: 10 }), (original, update, values) => {
        if (jsonIncompatibilities(update, original).length > 0) return;
        for (const one of values) {
          if (jsonProblems(original, one).length === 0) expect(jsonProblems(update, one)).toEqual([]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
