/** The keys asked for most, against a plain count. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Recording } from '../../../sim-core/index.ts';
import { countAt, hotKeys, TOP } from '../../../ui/models/hot-keys.ts';
import { fixtureRecording, INTERVAL, ROWS } from '../../../ui/specimens/fixture-recording.ts';

interface Asked {
  readonly row: number;
  readonly key: number;
  readonly outcome: number;
}
const OUTCOMES = ['hit', 'miss', 'expired'];
const asked = fc.array(fc.record({ row: fc.nat(ROWS - 1), key: fc.nat(30), outcome: fc.nat(OUTCOMES.length - 1) }), {
  minLength: 1,
  maxLength: 200,
});

function recordingOf(all: readonly Asked[]): Recording {
  const recording = fixtureRecording();
  const sorted = all.toSorted((a, b) => a.row - b.row);
  const column = (of: (one: Asked) => number): Float64Array => Float64Array.from(sorted, of);
  const table = {
    kind: 'cache.lookup',
    help: 'A lookup',
    schema: { key: 'key', outcome: 'text' } as const,
    rows: all.length,
    times: column(({ row }) => row * INTERVAL + 5),
    events: column(() => 1),
    columns: { key: column(({ key }) => key), outcome: column(({ outcome }) => outcome) },
  };
  return { ...recording, facts: { ...recording.facts, tables: [table], texts: OUTCOMES } };
}

it('are the ten most frequent, and nothing is lost between them and the rest', () => {
  fc.assert(
    fc.property(asked, fc.nat(ROWS - 1), (all, row) => {
      const recording = recordingOf(all);
      const counted = hotKeys(recording)!;
      const upTo = all.filter((one) => one.row <= row);
      const sum = counted.bars.reduce((total, bar) => total + countAt(bar, row), 0);
      expect(sum).toBe(upTo.length);
      const counts = new Map<number, number>();
      for (const { key } of all) counts.set(key, (counts.get(key) ?? 0) + 1);
      const expected = [...counts.values()].toSorted((a, b) => b - a).slice(0, TOP);
      expect(counted.bars.slice(0, -1).map((bar) => countAt(bar, ROWS - 1))).toEqual(expected);
      expect(counted.max).toBe(Math.max(...expected));
    }),
  );
});

it('stand in A’s order in B', () => {
  const a = recordingOf([
    { row: 0, key: 7, outcome: 0 },
    { row: 0, key: 7, outcome: 0 },
    { row: 1, key: 3, outcome: 1 },
  ]);
  const b = recordingOf([{ row: 0, key: 3, outcome: 2 }]);
  const order = hotKeys(a)!.keys;
  expect(hotKeys(b, order)?.bars.map(({ label }) => label)).toEqual(['key 7', 'key 3', 'the rest']);
  expect(hotKeys(b, order)?.bars[1].parts.map(({ role }) => role)).toEqual(['miss']);
});

it('are left out where no key is told', () => {
  const recording = fixtureRecording();
  expect(hotKeys({ ...recording, facts: { ...recording.facts, tables: [] } })).toBeUndefined();
});
