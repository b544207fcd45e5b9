/** Whatever is put together and cut again has the same items and bytes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countOf, cut, merged } from '../../../../sim-core/observability/pipeline/export-batches.ts';
import { aSpan, bundlesOf, requests } from './loads.ts';

it('cuts at the item that it is told to, and loses neither items nor bytes', () => {
  fc.assert(
    fc.property(requests, fc.double({ min: 0, max: 1, noNaN: true }), (request, share) => {
      const all = countOf(request);
      fc.pre(all >= 2);
      const count = 1 + Math.floor(share * (all - 2));
      const [first, rest] = cut(request, count);
      expect(countOf(first)).toBe(count);
      expect(countOf(rest)).toBe(all - count);
      expect(first.bytes + rest.bytes).toBe(request.bytes);
      expect(Math.min(first.bytes, rest.bytes)).toBeGreaterThanOrEqual(0);
      expect([...first.items, ...rest.items]).toEqual(request.items);
    }),
  );
});

it('puts together what it is given, in order', () => {
  fc.assert(
    fc.property(fc.array(requests, { minLength: 1, maxLength: 5 }), (several) => {
      const whole = merged(several);
      expect(countOf(whole)).toBe(several.reduce((sum, request) => sum + countOf(request), 0));
      expect(whole.bytes).toBe(several.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(whole.items).toEqual(several.flatMap(({ items }) => items));
    }),
  );
});

it('does not cut beyond what there is', () => {
  const request = { kind: 'traces', items: [aSpan], bundles: bundlesOf([2]), bytes: 300 } as const;
  expect(() => cut(request, 3)).toThrow('count is 3; it must be an integer from 1 to 2');
});
