/** Recordings as bytes: back exactly, bit for bit, and every damage is noticed and named. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  atLeast,
  constant,
  Database,
  decodeRecording,
  defineScenario,
  encodeRecording,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  RecordingFileError,
  roundRobin,
  run,
  s,
  total,
  zipfPopularity,
  type Recording,
} from '../../../sim-core/index.ts';

const scenario = defineScenario({
  id: 'small',
  section: '0',
  title: 'Small',
  question: 'Is it kept?',
  params: {},
  variants: { only: {} },
  roles: { only: 'control' },
  seed: 1,
  duration: s(2),
  warmUp: 0,
  openAt: 0,
  system(sim) {
    const database = new Database(sim, {
      name: 'datenbank-ü-😀',
      connections: 2,
      queueMax: 5,
      cores: 1,
      demand: constant(ms(5)),
    });
    const link = new Link<number, unknown>(sim, database as never, { from: 'users', delay: constant(ms(1)) });
    const popularity = zipfPopularity(10, 1);
    new OpenLoopClient(sim, { name: 'users', arrivals: poisson(50), popularity, target: roundRobin([link]) });
  },
  charts: [],
  expect: { only: [atLeast(total('db.client.operations'), 1)] },
});
const recording = run(scenario, { variant: 'only', definition: 'sha256:0' });
const bytes = encodeRecording(recording);

/** Bits of every number, since NaN has many and toEqual takes them for one; names in their order. */
function bitsOf(value: unknown): unknown {
  if (typeof value === 'number') return new BigUint64Array(Float64Array.of(value).buffer)[0];
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const raw = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name} ${raw.toString('base64')}`;
  }
  if (Array.isArray(value)) return value.map(bitsOf);
  return Object.entries(value).map(([name, item]) => [name, bitsOf(item)]);
}

it('gives back a run as it was, the order of names included', () => {
  expect(recording.events.total).toBeGreaterThan(100);
  expect(bitsOf(decodeRecording(bytes))).toEqual(bitsOf(recording));
});

it('gives the same bytes for the same recording, also for one that was read', () => {
  const again = run(scenario, { variant: 'only', definition: 'sha256:0' });
  expect(Buffer.compare(encodeRecording(again), bytes)).toBe(0);
  expect(Buffer.compare(encodeRecording(decodeRecording(bytes)), bytes)).toBe(0);
});

it('reads bytes that stand anywhere in a larger buffer, and a Buffer', () => {
  for (const offset of [1, 3, 8]) {
    const larger = new Uint8Array(bytes.length + offset);
    larger.set(bytes, offset);
    expect(bitsOf(decodeRecording(larger.subarray(offset)))).toEqual(bitsOf(recording));
  }
  expect(bitsOf(decodeRecording(Buffer.from(bytes)))).toEqual(bitsOf(recording));
});

it('keeps any numbers, names and texts', () => {
  const anyNumber = fc.oneof(fc.double(), fc.constantFrom(NaN, -0, Infinity, -Infinity));
  const anyText = fc.string({ unit: 'binary' });
  const anyName = fc.oneof(anyText, fc.constantFrom('$number', '$f64', '$$u16', '$', '__proto__'));
  const bits = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  const column = fc.oneof(
    fc.float64Array(),
    fc.uint32Array(),
    fc.uint16Array(),
    bits.map((words) => new Float64Array(BigUint64Array.from(words).buffer)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      anyNumber,
      anyText,
      fc.boolean(),
      column,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(anyName, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  fc.assert(
    fc.property(value, (state) => {
      // A recording's own fields are fixed, but names of parameters, signals and states are anybody's.
      const strange = { header: recording.header, state } as unknown as Recording;
      expect(bitsOf(decodeRecording(encodeRecording(strange)))).toEqual(bitsOf(strange));
    }),
    { numRuns: 60 },
  );
});

it('notices any one changed byte', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const damaged = bytes.slice();
      damaged[place] ^= change;
      expect(() => decodeRecording(damaged)).toThrow(RecordingFileError);
    }),
  );
});

it('notices a file cut anywhere, and one with more behind its end', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      expect(() => decodeRecording(bytes.subarray(0, length))).toThrow(RecordingFileError);
    }),
  );
  expect(() => decodeRecording(bytes.subarray(0, bytes.length - 7))).toThrow('cut short');
  const longer = new Uint8Array(bytes.length + 2);
  longer.set(bytes);
  expect(() => decodeRecording(longer)).toThrow("2 bytes follow the recording's end");
});

it('says what is wrong with a file of another kind, a damaged one, and one of a newer version', () => {
  const changed = (place: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    copy[place] = value;
    return copy;
  };
  expect(() => decodeRecording(new Uint8Array())).toThrow('this is not a recording of Brownout');
  expect(() => decodeRecording(new TextEncoder().encode('{"recording": "of something else"}'))).toThrow(
    'this is not a recording of Brownout',
  );
  expect(() => decodeRecording(changed(8, 99))).toThrow('the recording has format 99, of a newer version');
  expect(() => decodeRecording(changed(100, 0))).toThrow('damaged: its checksum does not fit');
});
