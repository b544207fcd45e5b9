/** Mass expiries, against a naive walk over all entries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactTable, Recording } from '../../../sim-core/index.ts';
import { expiriesOf, expiryText, type Expiry } from '../../../ui/models/expiries.ts';
import { fixtureRecording, INTERVAL } from '../../../ui/specimens/fixture-recording.ts';
import { undisturbedRun } from '../../../ui/specimens/small-run.ts';

interface Told {
  readonly at: number;
  readonly key: number;
  readonly cache?: number;
  readonly ttl?: number;
  /** As long as `ttl` without it. */
  readonly soft?: number;
}

const TEXTS = ['cache-1', 'cache-2', 'hit'];

function table(kind: string, schema: FactTable['schema'], told: readonly Told[]): FactTable {
  const column = (valueOf: (one: Told) => number): Float64Array => Float64Array.from(told, valueOf);
  return {
    kind,
    help: '',
    schema,
    rows: told.length,
    times: column(({ at }) => at),
    events: column(() => 0),
    columns: {
      cache: column(({ cache = 0 }) => cache),
      key: column(({ key }) => key),
      ttl: column(({ ttl = 0 }) => ttl),
      soft: column(({ ttl = 0, soft = ttl }) => soft),
    },
  } as unknown as FactTable;
}

function recordingOf(stored: readonly Told[], asked: readonly Told[], deleted: readonly Told[] = []): Recording {
  const recording = fixtureRecording();
  const inOrder = (told: readonly Told[]): Told[] => told.toSorted((a, b) => a.at - b.at);
  const tables = [
    table('cache.stored', { cache: 'text', key: 'key', ttl: 'duration', soft: 'duration' }, inOrder(stored)),
    table('cache.lookup', { cache: 'text', key: 'key' }, inOrder(asked)),
    table('cache.deleted', { cache: 'text', key: 'key' }, inOrder(deleted)),
  ];
  return { ...recording, facts: { ...recording.facts, tables, texts: TEXTS } };
}

const often = (key: number, times: number, cache = 0): Told[] =>
  Array.from({ length: times }, (_, i) => ({ at: i, key, cache }));

describe('mass expiries', () => {
  it('are entries that were stored at once, with the share of the lookups that ask for them', () => {
    const stored = Array.from({ length: 40 }, (_, key) => ({ at: 0, key, ttl: 5 * INTERVAL }));
    const asked = stored.flatMap(({ key }) => often(key, 2));
    expect(expiriesOf(recordingOf(stored, [...asked, ...often(99, 20)]))).toEqual([
      { time: 5 * INTERVAL, entries: 40, key: undefined, share: 0.8, isSoft: false },
    ]);
  });

  it('are one entry that much is asked of as well, however often it is stored on the way', () => {
    const stored = [0, 1, 2].map((at) => ({ at, key: 7, ttl: 5 * INTERVAL }));
    const asked = [...often(7, 6), ...often(8, 4)];
    expect(expiriesOf(recordingOf(stored, asked))).toEqual([
      { time: 5 * INTERVAL + 2, entries: 1, key: 7, share: 0.6, isSoft: false },
    ]);
  });

  it('are said to be of the key that matters, whoever expires beside it', () => {
    const stored = [7, 8, 9].map((key) => ({ at: 0, key, ttl: INTERVAL }));
    const asked = [...often(7, 98), ...often(8, 1), ...often(9, 1)];
    expect(expiriesOf(recordingOf(stored, asked))).toEqual([
      { time: INTERVAL, entries: 1, key: 7, share: 0.98, isSoft: false },
    ]);
  });

  it('are none where entries are replaced or taken out in time, expire one by one, or are hardly asked for', () => {
    const replaced = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ at: i * INTERVAL, key: 7, ttl: 35 * INTERVAL }));
    const asked = often(7, 10);
    expect(expiriesOf(recordingOf(replaced, asked))).toEqual([]);
    const stored = [{ at: 0, key: 7, ttl: 5 * INTERVAL }];
    expect(expiriesOf(recordingOf(stored, asked, [{ at: 4 * INTERVAL, key: 7 }]))).toEqual([]);
    expect(expiriesOf(recordingOf(stored, asked, [{ at: 6 * INTERVAL, key: 7 }]))).toHaveLength(1);
    expect(expiriesOf(recordingOf(stored, [...often(7, 1), ...often(8, 9)]))).toEqual([]);
    const spread = Array.from({ length: 20 }, (_, key) => ({ at: 0, key, ttl: (5 + key) * INTERVAL }));
    expect(
      expiriesOf(
        recordingOf(
          spread,
          spread.flatMap(({ key }) => often(key, 3)),
        ),
      ),
    ).toEqual([]);
  });

  it('are no moments where they are the pace of the run', () => {
    const stored = Array.from({ length: 12 }, (_, i) => ({ at: 2 * i * INTERVAL, key: 7, ttl: INTERVAL }));
    expect(expiriesOf(recordingOf(stored, often(7, 10)))).toEqual([]);
  });

  it('are told apart by cache, and of a key that has copies in several', () => {
    const stored = [0, 1].map((cache) => ({ at: 0, key: 7, ttl: INTERVAL, cache }));
    const [both] = expiriesOf(recordingOf(stored, [...often(7, 5, 0), ...often(7, 5, 1)]));
    expect(both).toEqual({ time: INTERVAL, entries: 2, key: 7, share: 1, isSoft: false });
  });

  it('are soft ones where entries are served on, and end for good if nobody refreshes them', () => {
    const stored = [{ at: 0, key: 7, ttl: 6 * INTERVAL, soft: 2 * INTERVAL }];
    const soft = { time: 2 * INTERVAL, entries: 1, key: 7, share: 1, isSoft: true };
    const found = (also: readonly Told[]): Expiry[] => expiriesOf(recordingOf([...stored, ...also], often(7, 5)));
    expect(found([])).toEqual([soft, { ...soft, time: 6 * INTERVAL, isSoft: false }]);
    const refreshed = { at: 2 * INTERVAL + 1, key: 7, ttl: 60 * INTERVAL, soft: 60 * INTERVAL };
    expect(found([refreshed])).toEqual([soft]);
    expect(found([{ ...refreshed, at: INTERVAL }])).toEqual([]);
  });

  it('of any run are the entries that a walk finds past their time', () => {
    const moments = fc.record({
      at: fc.nat(20),
      key: fc.nat(3),
      cache: fc.nat(1),
      ttl: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(moments, { maxLength: 12 }), fc.array(moments, { maxLength: 6 }), (put, gone) => {
        const scaled = (told: readonly Told[]): Told[] =>
          told
            .map(({ at, ttl = 0, ...rest }) => ({ ...rest, at: at * INTERVAL, ttl: ttl * INTERVAL }))
            .toSorted((a, b) => a.at - b.at);
        const [stored, deleted] = [scaled(put), scaled(gone)];
        const recording = recordingOf(stored, often(0, 1), deleted);
        const expected = new Map<number, number>();
        stored.forEach(({ at, key, cache, ttl = 0 }, i) => {
          const end = at + ttl;
          if (key !== 0 || cache !== 0 || end >= recording.header.duration) return;
          const same = (other: Told): boolean => other.key === key && other.cache === cache;
          const again = stored.some((other, j) => j > i && same(other) && other.at < end);
          // What is taken out in the instant in which it is stored was there before.
          const out = deleted.some((other) => same(other) && other.at > at && other.at < end);
          if (!again && !out) expected.set(end, 1);
        });
        const wanted = expected.size > 6 ? [] : [...expected.keys()].toSorted((a, b) => a - b);
        expect(expiriesOf(recording).map(({ time }) => time)).toEqual(wanted);
      }),
    );
  });

  it('of a run are those of its hot key, a time to live after each load', () => {
    const found = expiriesOf(undisturbedRun());
    expect(found.map(({ key, entries }) => [key, entries])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    for (const [i, { time }] of found.entries()) {
      expect(time - (found[i - 1]?.time ?? 0)).toBeGreaterThanOrEqual(1e9);
      expect(time - (found[i - 1]?.time ?? 0)).toBeLessThan(1.2e9);
    }
  });

  it('are said in words', () => {
    const expiry: Expiry = { time: 0, entries: 500, key: undefined, share: 0.976, isSoft: false };
    const said = (some: Partial<Expiry>, sampled = 1): string =>
      expiryText({ ...expiry, ...some }, sampled).replaceAll('\u00a0', ' ');
    expect(said({})).toBe('500 entries expire, asked for by 98 % of the lookups');
    expect(said({}, 4)).toBe('at least 500 entries expire, asked for by 98 % of the lookups');
    expect(said({ entries: 1, key: 0 })).toBe('key 0 expires, asked for by 98 % of the lookups');
    expect(said({ entries: 1, key: 0, isSoft: true })).toBe('key 0 expires softly, asked for by 98 % of the lookups');
    expect(said({ entries: 4, key: 0 })).toBe('4 entries of key 0 expire, asked for by 98 % of the lookups');
  });
});
