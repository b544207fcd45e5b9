/** The table of pending events under random use: slots, handles and reuse. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAUSE, EventTable, ID, KIND, ROW, SUBJECT } from '../../../sim-core/kernel/event-table.ts';

const act = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ act: 'add' as const, pick: 0 }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constantFrom('release' as const, 'cancel' as const), pick: fc.nat(200) }),
  },
);

describe('the event table', () => {
  it('keeps each event in a slot of its own, and cancels by handle only what is there', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 400, size: 'max' }), fc.nat(2 ** 40), (acts, firstId) => {
        const table = new EventTable();
        const events: { slot: number; handle: number; id: number; state: 'there' | 'cancelled' | 'released' }[] = [];
        let id = firstId;
        for (const { act: does, pick } of acts) {
          if (does === 'add') {
            id++;
            const slot = table.add(() => {}, `argument of ${id}`, id, id - 1, id % 7, id * 2);
            events.push({ slot, handle: table.handle(slot), id, state: 'there' });
            continue;
          }
          const event = events.at(-1 - pick);
          if (event === undefined) continue;
          if (does === 'cancel') {
            expect(table.cancel(event.handle)).toBe(event.state === 'there');
            if (event.state === 'there') event.state = 'cancelled';
          } else if (event.state !== 'released') {
            table.release(event.slot);
            event.state = 'released';
          }
        }
        const held = events.filter(({ state }) => state !== 'released');
        expect(new Set(held.map(({ slot }) => slot)).size).toBe(held.length);
        for (const { slot, id: number, state } of held) {
          expect(table.isCancelled(slot)).toBe(state === 'cancelled');
          const at = slot * ROW;
          const told = [ID, CAUSE, KIND, SUBJECT].map((place) => table.rows[at + place]);
          expect(told).toEqual([number, number - 1, number % 7, number * 2]);
          expect(table.arguments[slot]).toBe(state === 'cancelled' ? undefined : `argument of ${number}`);
        }
        expect(table.callbacks.length).toBeLessThanOrEqual(events.length);
      }),
      { numRuns: 60 },
    );
  });

  it('reuses slots: as many as were ever held at once', () => {
    const table = new EventTable();
    for (let id = 1; id < 10_000; id++) table.release(table.add(() => {}, undefined, id, 0, 0, -1));
    expect(table.callbacks.length).toBe(1);
  });
});
