/** What instruments take is worked off once, by the processors of their process, before the application's next work. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { processWorked } from '../../../../sim-core/observability/signals/instrumented-process.ts';
import { processOf } from '../processes.ts';

it('all that is charged is worked off with the next work, whoever does it', () => {
  const steps = fc.array(
    fc.record({ charge: fc.integer({ min: 0, max: 1000 }), work: fc.integer({ min: 0, max: 1000 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const sim = new Simulation();
      const process = processOf(sim, 'app-1');
      const told = { application: 0, instruments: 0 };
      sim.facts.channel(processWorked).listen(({ application, instruments }) => {
        told.application += application;
        told.instruments += instruments;
      });
      spawn(
        sim,
        'script',
        (function* () {
          for (const { charge, work } of script) {
            process.charge(charge);
            yield* process.work(work, 'handler');
          }
        })(),
      );
      sim.runUntil(Infinity);
      const sum = (of: 'charge' | 'work'): number => script.reduce((all, step) => all + step[of], 0);
      expect(told).toEqual({ application: sum('work'), instruments: sum('charge') });
      // One core and nobody else: work takes the time that it takes.
      expect(sim.now).toBe(sum('work') + sum('charge'));
    }),
  );
});

it('instruments that work on a thread of their own slow the application down', () => {
  const sim = new Simulation();
  const process = processOf(sim, 'app-1');
  const ends: Record<string, number> = {};
  spawn(
    sim,
    'application',
    (function* () {
      yield* process.work(ms(10), 'handler');
      ends.application = sim.now;
    })(),
  );
  spawn(
    sim,
    'exporter',
    (function* () {
      yield* process.background(ms(4));
      ends.exporter = sim.now;
    })(),
  );
  sim.runUntil(Infinity);
  expect(ends).toEqual({ exporter: ms(8), application: ms(14) });
});

it('a crash drops work and debt, and says so to whoever has something in memory', () => {
  const sim = new Simulation();
  const process = processOf(sim, 'app-1');
  let crashes = 0;
  process.whenCrashed(() => crashes++);
  spawn(
    sim,
    'application',
    (function* () {
      process.charge(ms(5));
      yield* process.work(ms(10), 'handler');
      throw new Error('its processors were gone');
    })(),
  );
  sim.runUntil(ms(1));
  process.charge(ms(7));
  process.crash();
  expect([crashes, process.active]).toEqual([1, 0]);
  let ended = 0;
  spawn(
    sim,
    'application',
    (function* () {
      yield* process.work(ms(2), 'handler');
      ended = sim.now;
    })(),
  );
  sim.runUntil(Infinity);
  expect(ended).toBe(ms(3));
});
