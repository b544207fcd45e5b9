/** A state store beside a map and a copy of it that is made at each flush. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StateStore } from '../../../../sim-core/messaging/streams/state-store.ts';

const key = fc.integer({ min: 0, max: 4 });
const value = fc.option(fc.integer({ min: 0, max: 9 }));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constantFrom('put', 'restore'), key, value }) },
  fc.record({ op: fc.constantFrom('flush', 'rollBack', 'loseDisk', 'clear'), key, value }),
);

it('has what was put, after a crash what there was at the last flush, and logs each put once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const logged: [unknown, unknown][] = [];
      const store = new StateStore('s', (changed, to) => logged.push([changed, to]));
      let memory = new Map<number, number>();
      let disk = new Map<number, number>();
      const puts: [unknown, unknown][] = [];
      for (const { op, key: k, value: v } of steps) {
        if (op === 'put' || op === 'restore') {
          store[op](k, v, 0);
          if (op === 'put') puts.push([k, v]);
          if (v === null) memory.delete(k);
          else memory.set(k, v);
        } else {
          store[op as 'flush' | 'rollBack' | 'loseDisk' | 'clear']();
          if (op === 'flush') disk = new Map(memory);
          if (op === 'loseDisk' || op === 'clear') disk = new Map();
          if (op === 'clear') memory = new Map();
          if (op === 'rollBack') memory = new Map(disk);
        }
        expect(new Map(store.entries())).toEqual(memory);
        expect(store.size).toBe(memory.size);
      }
      expect(logged).toEqual(puts);
    }),
  );
});
