/** The book of events against the sets that it stands for: orders that are committed, and events that were read. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { EventBook } from '../../../../sim-core/services/outbox/event-book.ts';

it('counts what is in one and not in the other, what came twice, and what came behind a later one', () => {
  const step = fc.record({ id: fc.nat(9), what: fc.constantFrom('commit' as const, 'read' as const) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const book = new EventBook(new Simulation());
      const committed: number[] = [];
      const read: number[] = [];
      const placed = new Set<number>();
      let late = 0;
      for (const { id, what } of steps) {
        const aggregate = id % 2;
        if (what === 'read') {
          const isLater = (other: number): boolean =>
            other % 2 === aggregate && committed.indexOf(other) > committed.indexOf(id);
          // Read before it was committed, an event has no place yet, neither then nor later.
          const known = read.filter((other, i) => read.indexOf(other) === i && placed.has(other));
          if (!read.includes(id) && committed.includes(id)) {
            placed.add(id);
            if (known.some(isLater)) late++;
          }
          read.push(id);
          book.read(id);
        } else if (!committed.includes(id)) {
          committed.push(id);
          book.committed(id, aggregate);
        }
      }
      const firsts = new Set(read);
      expect(book.totals).toMatchObject({
        committed: committed.length,
        missing: committed.filter((id) => !firsts.has(id)).length,
        invented: [...firsts].filter((id) => !committed.includes(id)).length,
        doubled: read.length - firsts.size,
        late,
      });
    }),
  );
});
