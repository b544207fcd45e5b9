/** Locks on rows against a list of who asked for what: one holder a row, in order of asking, and no circle of those who wait. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowLocks, type LockOwner } from '../../../../sim-core/storage/relational/row-locks.ts';

interface Owner extends LockOwner {
  readonly name: number;
}
const ownerOf = (name: number): Owner => ({ name, held: [], waitsFor: undefined });

it('are held by the first who asked, handed on in order, and never waited for in a circle', () => {
  const step = fc.record({ owner: fc.nat(4), row: fc.constantFrom('a', 'b', 'c'), ends: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const locks = new RowLocks<Owner>();
      const owners = Array.from({ length: 5 }, (_, name) => ownerOf(name));
      const lines = new Map<string, number[]>();
      const lineOf = (row: string): number[] => lines.get(row) ?? lines.set(row, []).get(row)!;
      const end = (name: number): void => {
        for (const line of lines.values()) if (line[0] === name) line.shift();
        locks.release(owners[name]);
      };
      for (const { owner: name, row, ends } of steps) {
        const owner = owners[name];
        // Who waits does nothing else.
        if (owner.waitsFor !== undefined) continue;
        if (ends) end(name);
        else {
          const line = lineOf(row);
          const taken = locks.take(owner, row, () => {});
          if (taken === 'deadlock') end(name);
          else if (!line.includes(name)) line.push(name);
          expect(taken === 'held').toBe(line[0] === name);
        }
        for (const [of, line] of lines) {
          expect(owners.filter(({ held }) => held.includes(of)).map((holder) => holder.name)).toEqual(line.slice(0, 1));
        }
        // Somebody can always go on, or nobody wants anything.
        const busy = owners.filter(({ held, waitsFor }) => held.length > 0 || waitsFor !== undefined);
        expect(busy.length === 0 || busy.some(({ waitsFor }) => waitsFor === undefined)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it('says who would wait for himself', () => {
  const locks = new RowLocks<Owner>();
  const [a, b] = [ownerOf(1), ownerOf(2)];
  locks.take(a, 'x', () => {});
  locks.take(b, 'y', () => {});
  expect(locks.take(a, 'y', () => {})).toBe('waits');
  expect(locks.take(b, 'x', () => {})).toBe('deadlock');
});
