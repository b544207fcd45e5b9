/** What a registry takes by each level: against verdicts of Apache Avro's classes, and what follows from what the levels mean. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAvro } from '../../../../../sim-core/messaging/schema/avro/avro-schema.ts';
import {
  COMPATIBILITY_LEVELS,
  refusals,
  type CompatibilityLevel,
  type Schema,
} from '../../../../../sim-core/messaging/schema/registry/levels.ts';
import { SchemaStore } from '../../../../../sim-core/messaging/schema/registry/schema-store.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

const avro = (schema: unknown): Schema => ({ format: 'avro', schema: parseAvro(schema) });
const record = (...fields: object[]): Schema => avro({ type: 'record', name: 'R', fields });
const x = { name: 'x', type: 'int' };
const withDefault = { ...x, default: 0 };

describe('a level', () => {
  const versions = [record(), record(x), record(withDefault), record({ name: 'x', type: 'long' })];
  const schemas = fc.constantFrom(...versions);
  const takes = (level: CompatibilityLevel, candidate: Schema, history: readonly Schema[]): boolean =>
    refusals(level, candidate, history).length === 0;

  it('is what its name says: full is both, transitive is against each, none takes all', () => {
    fc.assert(
      fc.property(schemas, fc.array(schemas, { minLength: 1, maxLength: 4 }), (candidate, history) => {
        const last = history.slice(-1);
        expect(takes('NONE', candidate, history)).toBe(true);
        for (const kind of ['BACKWARD', 'FORWARD', 'FULL'] as const) {
          expect(takes(kind, candidate, history)).toBe(takes(kind, candidate, last));
          const ofEach = history.every((version) => takes(kind, candidate, [version]));
          expect(takes(`${kind}_TRANSITIVE`, candidate, history)).toBe(ofEach);
        }
        for (const kind of ['', '_TRANSITIVE'] as const) {
          const both = takes(`BACKWARD${kind}`, candidate, history) && takes(`FORWARD${kind}`, candidate, history);
          expect(takes(`FULL${kind}`, candidate, history)).toBe(both);
        }
        const [[newest, ...others]] = [[candidate, ...history]];
        expect(takes('BACKWARD', newest, others)).toBe(takes('FORWARD', history.at(-1)!, [candidate]));
      }),
    );
  });

  it('that is full to the last version need not be to the one before', () => {
    const history = [record(x), record(withDefault)];
    expect(refusals('FULL', record(), history)).toEqual([]);
    expect(refusals('FULL_TRANSITIVE', record(), history)).toEqual([
      'what this one writes is not read by version 1: /x: not written, and the reader has no default',
    ]);
  });

  it('takes no schema of another format', () => {
    const json: Schema = { format: 'json', schema: {} };
    expect(refusals('BACKWARD', json, [record()])).toEqual([
      'what version 1 wrote is not read by this one: avro is not read as json',
    ]);
  });
});

describe('a store', () => {
  it('gives one id to a schema, whatever subjects and versions it is', () => {
    const store = new SchemaStore('NONE');
    expect(store.register('a', record())).toEqual({ outcome: 'registered', id: 1, version: 1 });
    expect(store.register('a', record(x))).toEqual({ outcome: 'registered', id: 2, version: 2 });
    expect(store.register('b', record(x))).toEqual({ outcome: 'registered', id: 2, version: 1 });
    expect(store.register('a', record())).toEqual({ outcome: 'registered', id: 1, version: 1 });
    expect(store.schemaOf(2)).toEqual(record(x));
    expect(store.schemaOf(3)).toBeUndefined();
  });

  it('refuses by its level, and says why', () => {
    const store = new SchemaStore();
    store.register('a', record());
    expect(store.register('a', record(x))).toEqual({
      outcome: 'refused',
      reasons: ['what version 1 wrote is not read by this one: /x: not written, and the reader has no default'],
    });
    const forward = new SchemaStore('FORWARD');
    forward.register('a', record());
    expect(forward.register('a', record(x))).toMatchObject({ version: 2 });
  });

  it('takes schemas that speak of themselves', () => {
    const list = { type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] };
    const store = new SchemaStore();
    expect(store.register('a', avro(list))).toMatchObject({ id: 1 });
    expect(store.register('a', avro(list))).toMatchObject({ id: 1 });
  });
});

const vectors = sharedVectors<{
  rows: { case: string; history: unknown[]; candidate: unknown; allowed: Record<CompatibilityLevel, boolean> }[];
}>('schema_registry_levels.json');

it.skipIf(vectors.isLeftOut)(
  'takes what ../shared/data/vectors/schema_registry_levels.json allows, by each of the seven levels',
  () => {
    const { rows } = vectors.read();
    expect(rows.length).toBeGreaterThan(0);
    for (const { case: name, history, candidate, allowed } of rows) {
      for (const level of COMPATIBILITY_LEVELS) {
        const found = refusals(level, avro(candidate), history.map(avro));
        expect(found.length === 0, `${name}, ${level}: ${found.join('; ')}`).toBe(allowed[level]);
      }
    }
  },
);
