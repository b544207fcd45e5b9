/** Thinned arrivals are some of the others, at most as many, and as many of each moment as its share says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { poisson, RandomStreams, recorded, SECOND, thinned, type ArrivalProcess } from '../../../../sim-core/index.ts';

function until(end: number, process: ArrivalProcess, seed: number): number[] {
  const random = new RandomStreams(seed).stream('arrivals');
  const times: number[] = [];
  for (let time = process.next(0, random); time < end; time = process.next(time, random)) times.push(time);
  return times;
}

it('come where all of them would, in order, and nobody is invented', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000), { maxLength: 40 }), fc.integer(), (times, seed) => {
      const recordedTimes = times.map((time) => time + 1).toSorted((a, b) => a - b);
      const kept = until(
        Infinity,
        thinned(recorded(recordedTimes), () => 0.5),
        seed,
      );
      expect(kept).toEqual(recordedTimes.filter((time) => kept.includes(time)));
      expect(
        until(
          Infinity,
          thinned(recorded(recordedTimes), () => 1),
          seed,
        ),
      ).toEqual(recordedTimes);
    }),
  );
});

it('follow the curve: of each half as many as its share, within five deviations of a Poisson number', () => {
  const half = 20 * SECOND;
  const times = until(
    2 * half,
    thinned(poisson(1000), (time) => (time < half ? 0.2 : 0.8)),
    7,
  );
  const early = times.filter((time) => time < half).length;
  expect(Math.abs(early - 4000)).toBeLessThan(5 * Math.sqrt(4000));
  expect(Math.abs(times.length - early - 16_000)).toBeLessThan(5 * Math.sqrt(16_000));
});

it('a share of nothing would never end, and is refused with its moment', () => {
  expect(() =>
    until(
      10,
      thinned(recorded([5]), () => 0),
      1,
    ),
  ).toThrow('thinned: the share at 5 ns is 0');
});
