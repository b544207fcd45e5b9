/** What every arrival process of the table keeps, alone and behind a client. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrivalProcesses,
  confidenceInterval,
  constant,
  Link,
  OpenLoopClient,
  RandomStreams,
  s,
  Simulation,
  zipfPopularity,
  type ArrivalProcess,
  type Time,
} from '../../../../sim-core/index.ts';
import { requestStarted } from '../../../../sim-core/workload/client.ts';

/** The arrivals from `start` on, before `end`. */
function arrivalsOf(process: ArrivalProcess, seed: number, start: Time, end: Time): Time[] {
  const random = new RandomStreams(seed).stream('arrivals');
  const times: Time[] = [];
  for (let now = process.next(start, random); now < end; now = process.next(now, random)) times.push(now);
  return times;
}

const rates = fc.integer({ min: 1, max: 2000 });
const seeds = fc.nat(10_000);
const starts = fc.nat(20).map((seconds) => s(seconds));

describe.each(Object.entries(arrivalProcesses))('%s', (_name, { create }) => {
  it('gives whole nanoseconds in order, none before the start', () => {
    fc.assert(
      fc.property(rates, seeds, starts, (rate, seed, start) => {
        const times = arrivalsOf(create(rate), seed, start, start + s(2));
        for (const [i, time] of times.entries()) {
          expect(Number.isInteger(time)).toBe(true);
          expect(time).toBeGreaterThanOrEqual(i === 0 ? start : times[i - 1]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([s(0), s(7)])('has the mean rate that was asked for, counted from its start at %d ns', (start) => {
    const rate = 40;
    const length = s(60);
    const counts = Array.from(
      { length: 60 },
      (_, seed) => arrivalsOf(create(rate), seed, start, start + length).length,
    );
    // A level at which a right process fails once in 10,000; one arrival more or less is the end of the time.
    const { mean, halfWidth } = confidenceInterval(counts, 0.9999);
    expect(Math.abs(mean - rate * 60)).toBeLessThanOrEqual(halfWidth + 1);
    expect(halfWidth).toBeLessThan(0.2 * rate * 60);
  });

  it('comes out of its stream alone: made again it is the same, and another one beside it does not disturb it', () => {
    fc.assert(
      fc.property(rates, seeds, (rate, seed) => {
        const alone = arrivalsOf(create(rate), seed, 0, s(1));
        expect(arrivalsOf(create(rate), seed, 0, s(1))).toEqual(alone);
        const [one, other] = [create(rate), create(2 * rate)];
        const streams = new RandomStreams(seed);
        const times: Time[] = [];
        for (let now = 0, otherNow = 0; ;) {
          otherNow = other.next(otherNow, streams.stream('other arrivals'));
          now = one.next(now, streams.stream('arrivals'));
          if (now >= s(1)) break;
          times.push(now);
        }
        expect(times).toEqual(alone);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a rate that is none', () => {
    for (const rate of [0, -1, NaN, Infinity]) expect(() => create(rate)).toThrow(/the rate is/);
  });

  it('is what an open-loop client sends by, whatever becomes of its requests and whoever else is there', () => {
    const sent = (answers: boolean, company: boolean): Time[] => {
      const sim = new Simulation({ seed: 5 });
      const client = (name: string): void => {
        const endpoint = {
          name: `${name}'s server`,
          receive: (call: { reply(value: number): void; refuse(failure: 'error'): void }) =>
            answers ? call.reply(1) : call.refuse('error'),
        };
        const link = new Link<number, number>(sim, endpoint, { from: name, delay: constant(10) });
        const arrivals = create(50);
        new OpenLoopClient(sim, { name, arrivals, popularity: zipfPopularity(3, 1), target: () => link });
      };
      const times: Time[] = [];
      sim.facts.channel(requestStarted).listen(({ client: name }) => {
        if (name === 'users') times.push(sim.now);
      });
      if (company) client('others');
      client('users');
      sim.runUntil(s(5));
      return times;
    };
    const times = sent(true, false);
    expect(times.length).toBeGreaterThan(50);
    expect(sent(false, false)).toEqual(times);
    expect(sent(true, true)).toEqual(times);
  });
});
