/** Rows of a request: those that a search over the whole column finds, in its order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsByRequest } from '../../../../sim-core/lab/traces/rows-by-request.ts';

it('are those that the column holds the request in, whatever it is', () => {
  const requests = fc.oneof(fc.integer({ min: -1, max: 8 }), fc.constant(2 ** 40));
  fc.assert(
    fc.property(fc.array(requests), fc.nat(30), (column, cut) => {
      const count = Math.min(cut, column.length);
      const rows = rowsByRequest({}, Float64Array.from(column), count);
      for (const request of [...new Set(column), 9]) {
        const naive = request < 0 ? [] : [...column.keys()].filter((row) => row < count && column[row] === request);
        expect([...rows.of(request)]).toEqual(naive);
      }
    }),
  );
});
