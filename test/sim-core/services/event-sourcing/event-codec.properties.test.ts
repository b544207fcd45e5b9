/** Old events read by new code: a chain of upcasters gives what the log would be, had it always been written by the new version. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeFailed } from '../../../../sim-core/messaging/schema/bytes.ts';
import { refusals } from '../../../../sim-core/messaging/schema/registry/levels.ts';
import { fold } from '../../../../sim-core/services/event-sourcing/aggregate.ts';
import { EventCodec } from '../../../../sim-core/services/event-sourcing/event-codec.ts';
import {
  accountCode,
  BOOKING_SCHEMAS,
  CENTS_BY_DEFAULT,
  LATEST,
  type OldEvents,
} from '../../../../scenarios/workflows/application/bookings.ts';

const VERSIONS = [1, 2, 3];

/** A booking in euros, and the version that it is written by. */
const bookings = fc.array(fc.tuple(fc.constantFrom(...VERSIONS), fc.integer({ min: -10_000, max: 10_000 })), {
  maxLength: 30,
});

function written(version: number, euros: number): Uint8Array {
  const { codec, decider } = accountCode(version);
  const [values] = decider.decide({ cents: 1_000_000_000 }, { cents: euros * 100 });
  return codec.encode(values);
}

function stateBy(version: number, oldEvents: OldEvents, log: readonly Uint8Array[]): number {
  const { codec, decider } = accountCode(version, oldEvents);
  return fold(
    decider,
    log.map((bytes) => codec.decode(bytes)),
  ).cents;
}

it('gives the state of the log rewritten in the new version, whatever versions are in it', () => {
  fc.assert(
    fc.property(bookings, fc.constantFrom(...VERSIONS), (drawn, version) => {
      const readable = drawn.filter(([by]) => by <= version);
      const log = readable.map(([by, euros]) => written(by, euros));
      const rewritten = readable.map(([, euros]) => written(version, euros));
      expect(stateBy(version, 'upcasters', log)).toBe(stateBy(version, 'nothing', rewritten));
    }),
  );
});

it('comes out wrong without them, silently, where the field has another meaning, or a default in its place', () => {
  const wrongs = (version: number, oldEvents: OldEvents): number =>
    fc.sample(bookings, 100).filter((drawn) => {
      const old = drawn.filter(([by]) => by < version);
      const meant = old.reduce((sum, [, euros]) => sum + euros * 100, 0);
      return (
        stateBy(
          version,
          oldEvents,
          old.map(([by, euros]) => written(by, euros)),
        ) !== meant
      );
    }).length;
  expect(wrongs(2, 'nothing')).toBeGreaterThan(0);
  expect(wrongs(LATEST, 'defaults')).toBeGreaterThan(0);
});

describe('what a registry holds against the versions', () => {
  const asAvro = (schema: (typeof BOOKING_SCHEMAS)[number]): { format: 'avro'; schema: typeof schema } => ({
    format: 'avro',
    schema,
  });
  const [euros, cents, named] = BOOKING_SCHEMAS.map(asAvro);

  it('nothing against another unit, nor against defaults for what was renamed', () => {
    expect(refusals('BACKWARD', cents, [euros])).toEqual([]);
    expect(refusals('BACKWARD_TRANSITIVE', asAvro(CENTS_BY_DEFAULT), [euros, cents])).toEqual([]);
  });

  it('something against a new name without', () => {
    expect(refusals('BACKWARD', named, [euros, cents])).not.toEqual([]);
  });
});

it('fails, and does not guess, where there is neither upcaster nor default', () => {
  const { codec } = accountCode(LATEST, 'nothing');
  for (const version of [1, 2]) expect(() => codec.decode(written(version, 7))).toThrow(DecodeFailed);
});

it('uses no part of a chain that has a gap', () => {
  const { codec } = accountCode(LATEST);
  const [first, second] = [1, 2].map((version) => written(version, 7));
  const gapped = new EventCodec({
    schemas: BOOKING_SCHEMAS,
    version: LATEST,
    upcasters: [undefined, ({ amount }) => ({ cents: amount, currency: 'EUR' })],
  });
  expect(gapped.decode(second)).toEqual(codec.decode(second));
  expect(() => gapped.decode(first)).toThrow(DecodeFailed);
});

it('refuses a version that it has no schema for', () => {
  const wrong = { schemas: BOOKING_SCHEMAS, version: 4, upcasters: [] };
  expect(() => new EventCodec(wrong)).toThrow('version is 4; it must be an integer from 1 to 3');
  const old = new EventCodec({ schemas: BOOKING_SCHEMAS.slice(0, 1), version: 1, upcasters: [] });
  expect(() => old.decode(written(3, 7))).toThrow('an event of version 3, and there are 1');
});
