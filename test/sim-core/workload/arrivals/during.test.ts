/** A process that is confined to a stretch of time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { during, poisson, RandomStreams, recorded, type ArrivalProcess } from '../../../../sim-core/index.ts';

function all(process: ArrivalProcess): number[] {
  const random = new RandomStreams(1).stream('arrivals');
  const times: number[] = [];
  for (let now = process.next(0, random); now < Infinity; now = process.next(now, random)) times.push(now);
  return times;
}

it('begins at its start and has none from its end on', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000_000), fc.nat(2_000_000_000), (from, length) => {
      const times = all(during(from, from + length, poisson(50)));
      // The process as if it had begun at 0, moved by the start.
      const plain = all(during(0, length, poisson(50)));
      expect(times).toEqual(plain.map((time) => time + from));
      expect(times.every((time) => time >= from && time < from + length)).toBe(true);
    }),
  );
});

it('has none where the end is no later than the start', () => {
  expect(all(during(5, 5, recorded([5, 6])))).toEqual([]);
  expect(all(during(9, 5, recorded([9])))).toEqual([]);
});
