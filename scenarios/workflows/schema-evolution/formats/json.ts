/** Orders in JSON, held to a JSON Schema whose content model is open or closed. Fields are found by name. */
import { decodeJson, encodeJson, type JsonSchema, type JsonValue } from '../../../../sim-core/index.ts';
import type { Field, FieldValues } from '../versions.ts';
import type { Format } from './format.ts';

const json =
  (isOpen: boolean): Format =>
  (version) => {
    const schema: JsonSchema = {
      type: 'object',
      properties: Object.fromEntries(version.map((field) => [field.name, propertyOf(field)])),
      required: version.filter((field) => field.default === undefined).map(({ name }) => name),
      additionalProperties: isOpen,
    };
    return {
      schema: { format: 'json', schema },
      encode: (values) => encodeJson(schema, values as JsonValue),
      decode: (bytes) => decodeJson(schema, bytes) as FieldValues,
    };
  };

export const openJson = json(true);
export const closedJson = json(false);

function propertyOf({ type, symbols = [], default: fallback }: Field): JsonSchema {
  const property: JsonSchema = type === 'status' ? { enum: symbols } : { type: type === 'text' ? 'string' : 'integer' };
  return fallback === undefined ? property : { ...property, default: fallback };
}
