/**
 * Whether a reader's schema can read what was written by a writer's: of every value, not of one. The verdicts are those of
 * Avro's own `SchemaCompatibility` (Java), which Confluent's registry asks: names are compared without their namespaces, an
 * alias of the reader's counts as its name, a union is read if each of its branches is, and a field that the writer does not
 * have needs a default.
 * Source: https://avro.apache.org/docs/1.12.0/specification/#schema-resolution.
 */
import { branchName, unqualified, type AvroField, type AvroRecord, type AvroType } from './avro-schema.ts';

/** Which types a type may be read as, but for itself. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** What cannot be read, in words with the place; nothing if all can. */
export function avroIncompatibilities(reader: AvroType, writer: AvroType): string[] {
  return new Comparison().problems(reader, writer, '');
}

export function isPromotable(writer: AvroType, reader: AvroType): boolean {
  return PROMOTIONS[writer.kind]?.includes(reader.kind) === true;
}

export function haveOneName(
  reader: { readonly name: string; readonly aliases: readonly string[] },
  writer: { readonly name: string },
): boolean {
  return unqualified(reader.name) === unqualified(writer.name) || reader.aliases.includes(writer.name);
}

/** The writer's field that a reader's field is read from. */
export function sourceOf(field: AvroField, writer: AvroRecord): AvroField | undefined {
  const ofName = writer.fields.find(({ name }) => name === field.name);
  return ofName ?? writer.fields.find(({ name }) => field.aliases.includes(name));
}

class Comparison {
  /** Pairs that are being compared: a schema that speaks of itself is as good as the rest of it. */
  private readonly underWay = new Map<AvroType, Set<AvroType>>();

  problems(reader: AvroType, writer: AvroType, place: string): string[] {
    const met = this.underWay.get(reader) ?? new Set();
    if (met.has(writer)) return [];
    this.underWay.set(reader, met.add(writer));
    const found = this.compare(reader, writer, place);
    // Of a pair that is found wanting in one place, another may ask again.
    met.delete(writer);
    return found;
  }

  private compare(reader: AvroType, writer: AvroType, place: string): string[] {
    if (writer.kind === 'union') {
      return writer.branches.flatMap((branch, index) => this.problems(reader, branch, `${place}/${index}`));
    }
    if (reader.kind === 'union') {
      const isRead = reader.branches.some((branch) => this.problems(branch, writer, place).length === 0);
      return isRead ? [] : [`${at(place)}: no branch of the reader's union reads ${branchName(writer)}`];
    }
    if (reader.kind !== writer.kind) {
      return isPromotable(writer, reader) ? [] : [`${at(place)}: ${writer.kind} is not read as ${reader.kind}`];
    }
    if ('name' in reader && 'name' in writer && !haveOneName(reader, writer)) {
      return [`${at(place)}: written as ${writer.name}, read as ${reader.name}`];
    }
    if (reader.kind === 'array' && writer.kind === 'array')
      return this.problems(reader.items, writer.items, `${place}/items`);
    if (reader.kind === 'map' && writer.kind === 'map')
      return this.problems(reader.values, writer.values, `${place}/values`);
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      return reader.size === writer.size ? [] : [`${at(place)}: ${writer.size} bytes written, ${reader.size} read`];
    }
    if (reader.kind === 'enum' && writer.kind === 'enum') {
      if (reader.default !== undefined && reader.symbols.includes(reader.default)) return [];
      const unknown = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
      return unknown.length === 0
        ? []
        : [`${at(place)}: the reader's enum has neither ${unknown.join(', ')} nor a default`];
    }
    if (reader.kind === 'record' && writer.kind === 'record') return this.fields(reader, writer, place);
    return [];
  }

  private fields(reader: AvroRecord, writer: AvroRecord, place: string): string[] {
    return reader.fields.flatMap((field) => {
      const source = sourceOf(field, writer);
      const inside = `${place}/${field.name}`;
      if (source !== undefined) return this.problems(field.type, source.type, inside);
      return field.default === undefined ? [`${inside}: not written, and the reader has no default`] : [];
    });
  }
}

function at(place: string): string {
  return place === '' ? '/' : place;
}
