/**
 * What Confluent's registry holds against an update of a JSON Schema: whatever was valid by the original has to be valid by the
 * update. The content model decides: a property may be added only to a closed one (an open one may have had anything by that
 * name), and may be removed only if the update is open. A name that is required and no property is not looked at.
 * Source: https://github.com/confluentinc/schema-registry, json-schema-provider, `diff/SchemaDiff` and `ObjectSchemaDiff`,
 * whose names of differences these are; https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/serdes-json.html.
 * Of its rules those are left out whose keywords a schema does not have here: `not`, `oneOf`, `anyOf`, `allOf`, `pattern`, `multipleOf`,
 * exclusive bounds, `patternProperties`, `dependencies`, numbers of properties and of items, `uniqueItems`, lists of items with
 * `additionalItems`, `$ref`, `false` as a schema; and properties reserved in a schema's metadata.
 */
import { typesOf, type JsonSchema, type JsonTypeName } from './json-schema.ts';

/** What a reader by the update would refuse of what is valid by the original. */
export function jsonIncompatibilities(update: JsonSchema, original: JsonSchema, place = ''): string[] {
  const at = place === '' ? '/' : place;
  const types = ofTypes(update, original, at);
  if (types.length > 0) return types;
  return [
    ...ofEnums(update, original, at),
    ...ofBounds(update, original, at),
    ...ofItems(update, original, place),
    ...ofProperties(update, original, place),
  ];
}

function ofTypes(update: JsonSchema, original: JsonSchema, at: string): string[] {
  const [before, after] = [typesOf(original), typesOf(update)];
  if (after === undefined) return [];
  if (before === undefined) return [`TYPE_NARROWED: ${at} was of any type and becomes ${after.join(' or ')}`];
  const isTaken = (type: JsonTypeName): boolean =>
    after.includes(type) || (type === 'integer' && after.includes('number'));
  if (before.every(isTaken)) return [];
  const isNarrower = after.every((type) => before.includes(type) || (type === 'integer' && before.includes('number')));
  const what = isNarrower ? 'TYPE_NARROWED' : 'TYPE_CHANGED';
  return [`${what}: ${at} was ${before.join(' or ')} and becomes ${after.join(' or ')}`];
}

function ofEnums({ enum: after }: JsonSchema, { enum: before }: JsonSchema, at: string): string[] {
  if (after === undefined) return [];
  if (before === undefined) return [`ENUM_ARRAY_CHANGED: ${at} was no enum`];
  const known = new Set(after.map((one) => JSON.stringify(one)));
  const gone = before.map((one) => JSON.stringify(one)).filter((one) => !known.has(one));
  if (gone.length === 0) return [];
  const what = after.length < before.length ? 'ENUM_ARRAY_NARROWED' : 'ENUM_ARRAY_CHANGED';
  return [`${what}: ${at} has ${gone.join(', ')} no more`];
}

function ofBounds(update: JsonSchema, original: JsonSchema, at: string): string[] {
  const lower = [
    ['MINIMUM', 'minimum'],
    ['MIN_LENGTH', 'minLength'],
  ] as const;
  const upper = [
    ['MAXIMUM', 'maximum'],
    ['MAX_LENGTH', 'maxLength'],
  ] as const;
  const change = (name: string, before: number | undefined, after: number, verb: string): string =>
    before === undefined ? `${name}_ADDED: ${at} ${after}` : `${name}_${verb}: ${at} from ${before} to ${after}`;
  return [
    ...lower.flatMap(([name, key]) => {
      const [before, after] = [original[key], update[key]];
      if (after === undefined || after <= (before ?? -Infinity)) return [];
      return [change(name, before, after, 'INCREASED')];
    }),
    ...upper.flatMap(([name, key]) => {
      const [before, after] = [original[key], update[key]];
      if (after === undefined || after >= (before ?? Infinity)) return [];
      return [change(name, before, after, 'DECREASED')];
    }),
  ];
}

function ofItems({ items: after }: JsonSchema, { items: before }: JsonSchema, place: string): string[] {
  if (after === undefined) return [];
  if (before === undefined) return [`SCHEMA_ADDED: ${place}/items`];
  return jsonIncompatibilities(after, before, `${place}/items`);
}

function ofProperties(update: JsonSchema, original: JsonSchema, place: string): string[] {
  const [before, after] = [original.properties ?? {}, update.properties ?? {}];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const found: string[] = [];
  for (const name of names) {
    const inside = `${place}/${name}`;
    const [was, becomes] = [ofName(before, name), ofName(after, name)];
    if (becomes === undefined) found.push(...ofRemoved(update, was!, inside));
    else if (was === undefined) found.push(...ofAdded(update, original, name, inside));
    else {
      found.push(...jsonIncompatibilities(becomes, was, inside));
      const isNewlyRequired = isRequired(update, name) && !isRequired(original, name);
      if (isNewlyRequired && becomes.default === undefined) found.push(`REQUIRED_ATTRIBUTE_ADDED: ${inside}`);
    }
  }
  return [...found, ...ofOthers(update, original, place)];
}

function ofRemoved({ additionalProperties = true }: JsonSchema, was: JsonSchema, inside: string): string[] {
  if (additionalProperties === true) return [];
  if (additionalProperties === false) return [`PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL: ${inside}`];
  const problems = jsonIncompatibilities(additionalProperties, was, inside);
  return problems.length === 0
    ? []
    : [...problems, `PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: ${inside}`];
}

function ofAdded(update: JsonSchema, original: JsonSchema, name: string, inside: string): string[] {
  const { additionalProperties: others = true } = original;
  const becomes = update.properties![name];
  if (others === true) {
    return Object.keys(becomes).length === 0 ? [] : [`PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL: ${inside}`];
  }
  const found: string[] = [];
  if (others !== false) {
    const problems = jsonIncompatibilities(becomes, others, inside);
    if (problems.length > 0) {
      found.push(...problems, `PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: ${inside}`);
    }
  }
  if (isRequired(update, name) && becomes.default === undefined) {
    found.push(`REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL: ${inside}`);
  }
  return found;
}

function ofOthers(update: JsonSchema, original: JsonSchema, place: string): string[] {
  const [was, becomes] = [original.additionalProperties ?? true, update.additionalProperties ?? true];
  if (becomes === true || was === false) return [];
  if (becomes === false) return [`ADDITIONAL_PROPERTIES_REMOVED: ${place}/`];
  if (was === true) return [`ADDITIONAL_PROPERTIES_NARROWED: ${place}/`];
  return jsonIncompatibilities(becomes, was, `${place}/additionalProperties`);
}

function isRequired({ required = [] }: JsonSchema, name: string): boolean {
  return required.includes(name);
}

function ofName(properties: Readonly<Record<string, JsonSchema>>, name: string): JsonSchema | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
