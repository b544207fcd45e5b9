/** Serial work beside a queue that is worked off step by step, and beside the closed form of M/D/1. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RandomStreams } from '../../../sim-core/kernel/random-streams.ts';
import { SerialServer } from '../../../sim-core/kernel/serial-server.ts';
import { confidenceInterval } from '../../../sim-core/statistics/confidence.ts';

it('ends each piece when a queue worked off tick by tick does, and has worked as many ticks', () => {
  const pieces = fc.array(fc.record({ gap: fc.nat({ max: 8 }), work: fc.nat({ max: 10 }) }), { maxLength: 40 });
  fc.assert(
    fc.property(pieces, (given) => {
      const server = new SerialServer();
      let [now, left, worked] = [0, 0, 0];
      for (const { gap, work } of given) {
        for (let tick = 0; tick < gap; tick++) {
          now++;
          if (left === 0) continue;
          left--;
          worked++;
        }
        expect(server.backlog(now)).toBe(left);
        expect(server.worked(now)).toBe(worked);
        left += work;
        expect(server.take(work, now)).toBe(now + left);
      }
    }),
  );
});

it('gives up what it has not done: it is free at once, and has worked no longer than until then', () => {
  const server = new SerialServer();
  server.take(10, 0);
  server.take(10, 2);
  server.drop(14);
  expect([server.backlog(14), server.worked(14)]).toEqual([0, 14]);
  expect(server.take(5, 14)).toBe(19);
  expect(server.worked(30)).toBe(19);
  server.drop(30);
  expect(server.worked(30)).toBe(19);
});

it.each([0.3, 0.6, 0.8])('makes Poisson arrivals wait as M/D/1 says at a load of %d', (load) => {
  const random = new RandomStreams(5).stream('gaps');
  const work = 1_000_000;
  const means = Array.from({ length: 20 }, () => {
    const server = new SerialServer();
    let [now, waited] = [0, 0];
    const arrivals = 10_000;
    for (let i = 0; i < arrivals; i++) {
      now += Math.round((-Math.log(1 - random.next()) * work) / load);
      waited += server.take(work, now) - now - work;
    }
    return waited / arrivals / work;
  });
  const { mean, halfWidth } = confidenceInterval(means, 0.999);
  // Pollaczek and Khinchine, for work of no variance.
  expect(Math.abs(mean - load / (2 * (1 - load)))).toBeLessThan(halfWidth);
});
