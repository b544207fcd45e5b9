/** Processor sharing beside the fluid model, worked off piece by piece. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProcessorSharing } from '../../../sim-core/kernel/processor-sharing.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

interface Job {
  readonly arrives: number;
  readonly demand: number;
}

/** The oracle: the service that each job has left, worked off piece by piece between arrivals and departures. */
function finishTimes(jobs: readonly Job[], cores: number, speeds: readonly { at: number; speed: number }[]): number[] {
  const left = jobs.map(({ demand }) => demand);
  const finished = jobs.map(() => NaN);
  const changes = [...jobs.map(({ arrives }) => arrives), ...speeds.map(({ at }) => at), Infinity].sort(
    (a, b) => a - b,
  );
  let now = 0;
  for (const change of changes) {
    for (;;) {
      const active = left.map((_, i) => i).filter((i) => jobs[i].arrives <= now && Number.isNaN(finished[i]));
      if (active.length === 0) break;
      const speed = speeds.findLast(({ at }) => at <= now)?.speed ?? 1;
      const rate = speed * Math.min(1, cores / active.length);
      const least = Math.min(...active.map((i) => left[i]));
      const step = Math.min(least / rate, change - now);
      for (const i of active) left[i] -= step * rate;
      now += step;
      for (const i of active) if (left[i] <= 1e-6) finished[i] = now;
      if (now >= change) break;
    }
    now = Math.max(now, change);
  }
  return finished;
}

const jobs = fc.array(fc.record({ arrives: fc.nat(5000), demand: fc.nat(3000) }), { minLength: 1, maxLength: 20 });
const cores = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0.5, 1.5));
const speeds = fc
  .array(fc.record({ at: fc.nat(6000), speed: fc.constantFrom(0.25, 0.5, 1, 2) }), { maxLength: 4 })
  .map((list) => [...list].sort((a, b) => a.at - b.at));

function simulate(list: readonly Job[], count: number, changes: readonly { at: number; speed: number }[]): number[] {
  const sim = new Simulation();
  const processors = new ProcessorSharing(sim, 'processors', count);
  const finished = list.map(() => NaN);
  for (const { at, speed } of changes) sim.scheduleAt(at, () => processors.setSpeed(speed), undefined);
  list.forEach(({ arrives, demand }, i) => {
    const begin = (): void => processors.work(demand, () => void (finished[i] = sim.now), undefined);
    sim.scheduleAt(arrives, begin, undefined);
  });
  sim.runUntil(Infinity);
  expect([processors.active, sim.pending]).toEqual([0, 0]);
  return finished;
}

describe('processor sharing', () => {
  it('finishes every job when the fluid model says, later by no more than rounding up to nanoseconds', () => {
    fc.assert(
      fc.property(jobs, cores, speeds, (list, count, changes) => {
        const expected = finishTimes(list, count, changes);
        // Each departure is put off to a whole nanosecond; those still there share what that costs.
        const slack = list.length + 1;
        simulate(list, count, changes).forEach((time, i) => {
          expect(time).toBeGreaterThanOrEqual(expected[i] - 1e-3);
          expect(time).toBeLessThanOrEqual(expected[i] + slack);
        });
      }),
    );
  });

  it('gives a job alone its demand, and none more than one core', () => {
    expect(simulate([{ arrives: 10, demand: 700 }], 8, [])).toEqual([710]);
    const eight = Array.from({ length: 8 }, () => ({ arrives: 0, demand: 100 }));
    expect(simulate(eight, 8, [])).toEqual(eight.map(() => 100));
    expect(simulate(eight, 4, [])).toEqual(eight.map(() => 200));
    expect(simulate([{ arrives: 0, demand: 100 }], 0.5, [])).toEqual([200]);
  });

  it('lets equal jobs leave in the order in which they came', () => {
    const sim = new Simulation();
    const processors = new ProcessorSharing(sim, 'processors', 1);
    const order: number[] = [];
    for (let i = 0; i < 10; i++) processors.work(50, (job) => order.push(job), i);
    sim.runUntil(Infinity);
    expect([order, sim.now]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 500]);
  });

  it('drops everybody at a crash, and starts afresh', () => {
    const sim = new Simulation();
    const processors = new ProcessorSharing(sim, 'processors', 1);
    const finished: string[] = [];
    for (const name of ['a', 'b']) processors.work(100, (job) => finished.push(job), name);
    sim.runUntil(50);
    processors.clear();
    expect([processors.active, sim.pending]).toEqual([0, 0]);
    sim.schedule(10, () => processors.work(5, (job) => finished.push(`${job} at ${sim.now}`), 'c'), undefined);
    sim.runUntil(1000);
    expect(finished).toEqual(['c at 65']);
  });

  it('refuses nonsense in words', () => {
    const sim = new Simulation();
    expect(() => new ProcessorSharing(sim, 'cpu', 0)).toThrow('cpu: cores is 0; it must be above 0');
    const processors = new ProcessorSharing(sim, 'cpu', 1);
    for (const demand of [NaN, -1, Infinity]) {
      expect(() => processors.work(demand, () => {}, undefined)).toThrow(
        `demand is ${demand} ns; it must be 0 or more`,
      );
    }
    expect(() => processors.setSpeed(0)).toThrow('speed is 0; it must be above 0');
    expect(processors.active).toBe(0);
  });
});
