/** The digest: the same for the same run, another for any difference; canonical JSON and canonical bytes under it. */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../../sim-core/index.ts';
import { digestOf, type DigestInput } from '../../../sim-core/lab/digest.ts';

/** A NaN whose 64 bits are given: engines make both signs of it, and any payload may come of a file. */
const nanOf = (bits: bigint): Float64Array => new Float64Array(BigUint64Array.of(bits).buffer);

const base: DigestInput = {
  header: {
    format: 1,
    engine: '0.1.0',
    scenario: 'small',
    definition: 'sha256:1',
    variant: 'only',
    seed: 1,
    params: { rate: 100, mode: 'fast' },
    interventions: [{ at: 5, action: 'slow', target: 'database', args: { factor: 4 } }],
    duration: 3000,
    warmUp: 1000,
    interval: 1000,
  },
  signals: [
    {
      name: 'latency',
      kind: 'histogram',
      unit: 's',
      help: '',
      columns: { count: Float64Array.of(1, 2, 3), mean: Float64Array.of(0.5, NaN, -0) },
      heat: { buckets: 2, bounds: Float64Array.of(0, 1), counts: Uint32Array.of(1, 0, 2, 0, 0, 3) },
      summary: { mean: 1 },
    },
  ],
  flows: [
    {
      from: 'users',
      to: 'database',
      requests: Float64Array.of(1, 2, 3),
      replies: Float64Array.of(0, 2, 3),
      requestKind: 1,
      replyKind: 2,
    },
  ],
  facts: { tables: [], texts: [], sampledOneIn: 1, told: { 'db.queried': 6, 'cache.lookup': 0 } },
  events: 12,
  eventHash: [1, 2],
};
const digest = digestOf(base);

const [latency] = base.signals;
const [flow] = base.flows;
const header = (change: Partial<DigestInput['header']>): DigestInput => ({
  ...base,
  header: { ...base.header, ...change },
});
const signal = (change: Partial<typeof latency>): DigestInput => ({ ...base, signals: [{ ...latency, ...change }] });
const columns = (change: Record<string, Float64Array>): DigestInput =>
  signal({ columns: { ...latency.columns, ...change } });

it.each<[string, DigestInput]>([
  ['scenario', header({ scenario: 'large' })],
  ['variant', header({ variant: 'other' })],
  ['seed', header({ seed: 2 })],
  ['a parameter', header({ params: { rate: 101, mode: 'fast' } })],
  ['a parameter of another type', header({ params: { rate: '100', mode: 'fast' } })],
  ['an intervention less', header({ interventions: [] })],
  ['an argument', header({ interventions: [{ at: 5, action: 'slow', target: 'database', args: { factor: 5 } }] })],
  ['duration', header({ duration: 3001 })],
  ['warm-up', header({ warmUp: 0 })],
  ['interval', header({ interval: 1001 })],
  ['a signal less', { ...base, signals: [] }],
  ['the name of a signal', signal({ name: 'duration' })],
  ['one number of a column', columns({ count: Float64Array.of(1, 2, 4) })],
  ['the last bit of a number', columns({ mean: Float64Array.of(0.5 + Number.EPSILON / 2, NaN, -0) })],
  ['a number where there was none', columns({ mean: Float64Array.of(0.5, 0, -0) })],
  ['minus zero', columns({ mean: Float64Array.of(0.5, NaN, 0) })],
  ['a column of another name', signal({ columns: { count: latency.columns['count'], p50: latency.columns['mean'] } })],
  ['heat', signal({ heat: { ...latency.heat!, counts: Uint32Array.of(1, 0, 2, 0, 3, 0) } })],
  ['requests of a flow', { ...base, flows: [{ ...flow, requests: Float64Array.of(1, 2, 2) }] }],
  ['replies of a flow', { ...base, flows: [{ ...flow, replies: Float64Array.of(1, 2, 3) }] }],
  ['the ends of a flow', { ...base, flows: [{ ...flow, to: 'cache' }] }],
  ['a fact more', { ...base, facts: { ...base.facts, told: { 'db.queried': 7, 'cache.lookup': 0 } } }],
  ['a kind of fact', { ...base, facts: { ...base.facts, told: { 'db.queried': 6 } } }],
  ['an event more', { ...base, events: 13 }],
  ['the high word of the events’ hash', { ...base, eventHash: [2, 2] }],
  ['the low word of it', { ...base, eventHash: [1, 1] }],
])('differs by %s', (_, other) => {
  expect(digestOf(other)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digestOf(other)).not.toBe(digest);
});

it.each<[string, DigestInput]>([
  ['a seed written as text', header({ seed: '1' })],
  ['parameters set in another order', header({ params: { mode: 'fast', rate: 100 } })],
  [
    'facts first told in another order',
    { ...base, facts: { ...base.facts, told: { 'cache.lookup': 0, 'db.queried': 6 } } },
  ],
  ['what was kept of the facts', { ...base, facts: { ...base.facts, texts: ['a'], sampledOneIn: 2 } }],
  ['engine and definition, which stand beside it', header({ engine: '9', definition: '', format: 7 })],
  ['help and unit', signal({ help: 'Other words', unit: 'ms' })],
])('is the same for %s', (_, other) => {
  expect(digestOf(other)).toBe(digest);
});

it('takes every NaN for the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 52n - 1n }), fc.boolean(), (payload, negative) => {
      const [strange] = nanOf((negative ? 0xfff0000000000000n : 0x7ff0000000000000n) | payload);
      expect(strange).toBeNaN();
      const column = new Float64Array(BigUint64Array.from([0x3fe0000000000000n, 0n, 0x8000000000000000n]).buffer);
      column.set(nanOf((negative ? 0xfff0000000000000n : 0x7ff0000000000000n) | payload), 1);
      expect(digestOf(columns({ mean: column }))).toBe(digest);
    }),
  );
});

it('is SHA-256 over the bytes that its comment names, worked out here by Node', () => {
  const hash = createHash('sha256');
  const doubles = (...numbers: number[]): void => {
    const bytes = Buffer.alloc(numbers.length * 8);
    numbers.forEach((value, i) => bytes.writeDoubleLE(value, i * 8));
    hash.update(bytes);
  };
  hash.update(
    '{"duration":3000,"interval":1000,' +
      '"interventions":[{"action":"slow","args":{"factor":4},"at":5,"target":"database"}],' +
      '"params":{"mode":"fast","rate":100},"scenario":"small","seed":"1","variant":"only","warmUp":1000}\n',
  );
  hash.update('["latency",["count","mean"]]\n');
  doubles(1, 2, 3);
  doubles(0.5);
  hash.update(Buffer.from('000000000000f87f', 'hex'));
  doubles(-0);
  doubles(1, 0, 2, 0, 0, 3);
  hash.update('["users","database"]\n');
  doubles(1, 2, 3);
  doubles(0, 2, 3);
  hash.update('{"cache.lookup":0,"db.queried":6}\n');
  hash.update('[12,1,2]\n');
  expect(digest).toBe(`sha256:${hash.digest('hex')}`);
});

it('canonical JSON is JSON of the same value, whatever the order of its names', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, item]) => [name, shuffled(item)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(shuffled(value))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

it('canonical JSON sorts names at every depth, leaves out what is undefined, and has no spaces', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined, a: null }], a: 'ü"' })).toBe('{"a":"ü\\"","b":[{"a":null,"d":1}]}');
  expect(canonicalJson([undefined, NaN, -0])).toBe('[null,null,0]');
  expect(canonicalJson(undefined)).toBe('null');
});
