/** Workers under any mix of work, pauses, deaths and other numbers of them: never too many at once, every job ends once or was dropped. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { Workers } from '../../../../sim-core/messaging/consuming/workers.ts';

interface Job {
  readonly number: number;
  readonly time: number;
}

it('begins jobs in order, at most so many at once, and ends each one once', () => {
  const step = fc.record({
    after: fc.nat(20),
    act: fc.constantFrom('add', 'add', 'add', 'pause', 'die', 'drop', 'scale'),
    time: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, concurrency) => {
      const sim = new Simulation();
      const begun: number[] = [];
      const ended: number[] = [];
      const dropped: number[] = [];
      let [added, allowed] = [0, concurrency];
      const workers = new Workers<Job, 'done'>(sim, {
        name: 'workers',
        concurrency,
        *handle(job) {
          begun.push(job.number);
          expect(begun.length - ended.length).toBeLessThanOrEqual(allowed);
          yield job.time;
          return 'done' as const;
        },
        ended: (job) => ended.push(job.number),
      });
      const drop = (): void => void dropped.push(...workers.dropWaiting().map(({ number }) => number));
      let at = 0;
      for (const { after, act, time } of steps) {
        at += after;
        const deed = (): void => {
          if (act === 'add') workers.add({ number: added++, time });
          else if (act === 'pause') workers.pause(time);
          else if (act === 'scale') {
            allowed = time % 5;
            workers.scale(allowed);
          } else drop();
          if (act === 'die') workers.breakOff();
          expect(workers.violations()).toEqual([]);
        };
        sim.scheduleAt(at, deed, undefined, 0);
      }
      sim.scheduleAt(at + 1, () => workers.scale((allowed = Math.max(1, allowed))), undefined, 0);
      sim.runUntil(at + 10_000);
      expect(begun).toEqual([...begun].sort((a, b) => a - b));
      expect([...ended].sort((a, b) => a - b)).toEqual(begun);
      expect(begun.length + dropped.length).toBe(added);
    }),
  );
});

it('refuses to have no worker', () => {
  const options = { name: 'workers', concurrency: 0, *handle() {}, ended() {} };
  expect(() => new Workers(new Simulation(), options)).toThrow('concurrency is 0; it must be an integer of at least 1');
});
