/**
 * What a registry keeps: of each subject the versions of its schema, all held to one level, and of each schema one id, whatever
 * subjects it is in. To register what is a version already gives the id that it has.
 * Source: https://docs.confluent.io/platform/current/schema-registry/develop/api.html. A schema that differs in its text
 * alone is another one here; levels of single subjects, deletion, references and modes are not modelled.
 */
import { refusals, type CompatibilityLevel, type Schema } from './levels.ts';

export type Registration =
  | { readonly outcome: 'registered'; readonly id: number; readonly version: number }
  | { readonly outcome: 'refused'; readonly reasons: readonly string[] };

export class SchemaStore {
  private readonly subjects = new Map<string, Schema[]>();
  private readonly schemas: Schema[] = [];
  private readonly ids = new Map<string, number>();
  private readonly level: CompatibilityLevel;

  /** Confluent's default is BACKWARD. */
  constructor(level: CompatibilityLevel = 'BACKWARD') {
    this.level = level;
  }

  get size(): number {
    return this.schemas.length;
  }

  /** What the level holds against a schema; nothing if it would be taken. */
  judge(subject: string, schema: Schema): string[] {
    return refusals(this.level, schema, this.versionsOf(subject));
  }

  register(subject: string, schema: Schema): Registration {
    const versions = this.versionsOf(subject);
    const text = textOf(schema);
    const known = versions.findIndex((version) => textOf(version) === text);
    if (known >= 0) return { outcome: 'registered', id: this.ids.get(text)!, version: known + 1 };
    const reasons = this.judge(subject, schema);
    if (reasons.length > 0) return { outcome: 'refused', reasons };
    versions.push(schema);
    return { outcome: 'registered', id: this.idOf(schema, text), version: versions.length };
  }

  /** Undefined if no schema has the id. */
  schemaOf(id: number): Schema | undefined {
    return this.schemas[id - 1];
  }

  private idOf(schema: Schema, text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.schemas.push(schema);
    this.ids.set(text, this.schemas.length);
    return this.schemas.length;
  }

  private versionsOf(subject: string): Schema[] {
    let versions = this.subjects.get(subject);
    if (versions === undefined) this.subjects.set(subject, (versions = []));
    return versions;
  }
}

/** A type that speaks of itself is written out once, and by its name from then on. */
function textOf(schema: Schema): string {
  const written = new Set<unknown>();
  return JSON.stringify(schema, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null || !('kind' in value) || !('name' in value)) return value;
    if (written.has(value)) return value.name;
    written.add(value);
    return value;
  });
}
