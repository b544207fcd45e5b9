/** The simulation beside a sorted array that runs the same programs: order, cancelling, slices, errors and budgets. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetExceeded } from '../../../sim-core/kernel/budget.ts';
import { CAUSE, ID } from '../../../sim-core/kernel/event-table.ts';
import { NO_EVENT, Simulation } from '../../../sim-core/kernel/simulation.ts';
import { END_OF_TIME } from '../../../sim-core/kernel/time.ts';
import { load, NaiveSimulation, program, type Clock } from './naive-simulation.ts';

class RealClock implements Clock<number> {
  readonly heard: string[] = [];
  readonly sim: Simulation;

  constructor() {
    const event = (rows: Float64Array, at: number): void => {
      this.heard.push(`${this.sim.now} #${rows[at + ID]} by #${rows[at + CAUSE]}`);
    };
    this.sim = new Simulation({ observer: { event } });
  }

  get now(): number {
    return this.sim.now;
  }
  get pending(): number {
    return this.sim.pending;
  }
  get event(): number {
    return this.sim.event;
  }
  get eventsRun(): number {
    return this.sim.eventsRun;
  }
  schedule(delay: number, callback: () => void): number {
    return this.sim.schedule(delay, callback, undefined);
  }
  cancel(handle: number): boolean {
    return this.sim.cancel(handle);
  }
  runUntil(end: number, eventsMax: number): boolean {
    return this.sim.runUntil(end, eventsMax);
  }
  inject(callback: () => void): void {
    this.sim.inject(callback, 0);
  }
}

/** One turn of whoever drives the run: up to an end or so many events, perhaps stepping in afterwards. */
const turn = fc.record({
  forward: fc.oneof(fc.nat(20), fc.nat(100_000), fc.nat(1e14)),
  eventsMax: fc.oneof(fc.nat(5), fc.constant(Infinity)),
  steps: fc.boolean(),
});

describe('a simulation and a sorted array', () => {
  it('run every program alike: order, clock, causes, cancellations, counts', () => {
    fc.assert(
      fc.property(program, (steps) => {
        const real = new RealClock();
        const naive = new NaiveSimulation();
        const { log } = load(real, steps);
        const expected = load(naive, steps).log;
        expect(real.runUntil(Infinity, Infinity)).toBe(true);
        naive.runUntil(Infinity, Infinity);
        expect(log).toEqual(expected);
        expect(real.heard).toEqual(naive.heard);
        expect(real.eventsRun).toBe(naive.eventsRun);
        expect(real.pending).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('agree at every stop when run in slices, with steps from outside in between', () => {
    fc.assert(
      fc.property(program, fc.array(turn, { maxLength: 30 }), (steps, turns) => {
        const real = new RealClock();
        const naive = new NaiveSimulation();
        const ours = load(real, steps);
        const theirs = load(naive, steps);
        for (const { forward, eventsMax, steps: stepsIn } of turns) {
          const end = real.now + forward;
          expect(real.runUntil(end, eventsMax)).toBe(naive.runUntil(end, eventsMax));
          if (stepsIn) {
            real.inject(() => ours.step());
            naive.inject(() => theirs.step());
          }
          expect([real.now, real.pending, real.event, real.eventsRun]).toEqual([
            naive.now,
            naive.pending,
            NO_EVENT,
            naive.eventsRun,
          ]);
        }
        real.runUntil(Infinity, Infinity);
        naive.runUntil(Infinity, Infinity);
        expect(ours.log).toEqual(theirs.log);
        expect(real.heard).toEqual(naive.heard);
      }),
      { numRuns: 300 },
    );
  });

  it('give one order whether run in one go or in slices', () => {
    fc.assert(
      fc.property(program, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (steps, slices) => {
        const whole = new RealClock();
        const sliced = new RealClock();
        load(whole, steps);
        load(sliced, steps);
        whole.runUntil(Infinity, Infinity);
        for (let i = 0; !sliced.runUntil(Infinity, slices[i % slices.length]); i++);
        expect(sliced.heard).toEqual(whole.heard);
      }),
    );
  });
});

describe('the clock', () => {
  it('leaves out the instant of the end, and stands at it', () => {
    const sim = new Simulation();
    const ran: number[] = [];
    for (const time of [9, 10, 11]) sim.scheduleAt(time, () => ran.push(time), undefined);
    expect(sim.runUntil(10)).toBe(true);
    expect([ran, sim.now]).toEqual([[9], 10]);
    // What is scheduled now for the present instant comes after what stood there before.
    sim.schedule(0, () => ran.push(100), undefined);
    sim.runUntil(11);
    expect(ran).toEqual([9, 10, 100]);
    sim.runUntil(12);
    expect([ran, sim.now]).toEqual([[9, 10, 100, 11], 12]);
  });

  it.each([1.5, -1, NaN, Infinity])('refuses a delay of %d ns', (delay) => {
    const sim = new Simulation();
    expect(() => sim.schedule(delay, () => {}, undefined)).toThrow(RangeError);
    expect(sim.pending).toBe(0);
  });

  it('refuses the past and what lies beyond the last exact nanosecond', () => {
    const sim = new Simulation();
    sim.runUntil(100);
    expect(() => sim.scheduleAt(99, () => {}, undefined)).toThrow(/99 ns while the clock stands at 100 ns/);
    expect(() => sim.scheduleAt(END_OF_TIME + 1, () => {}, undefined)).toThrow(RangeError);
    sim.scheduleAt(END_OF_TIME, () => {}, undefined);
    sim.runUntil(Infinity);
    expect(sim.now).toBe(END_OF_TIME);
  });

  it.each([NaN, 0.5])('refuses an end of %d ns, at which no whole nanosecond lies', (end) => {
    expect(() => new Simulation().runUntil(end)).toThrow(/end/);
  });
});

describe('cancelling', () => {
  it('is refused for what runs, has run or was cancelled, also when its slot has a new tenant', () => {
    const sim = new Simulation();
    const answers: boolean[] = [];
    const first = sim.schedule(1, () => answers.push(sim.cancel(first)), undefined);
    sim.runUntil(2);
    const second = sim.schedule(1, () => {}, undefined);
    answers.push(sim.cancel(first), sim.cancel(second), sim.cancel(second));
    const third = sim.schedule(1, () => {}, undefined);
    answers.push(sim.cancel(second), sim.cancel(-1), sim.cancel(third));
    expect(answers).toEqual([false, false, true, false, false, false, true]);
  });

  it('forgets what the event referred to at once', () => {
    const sim = new Simulation();
    const handle = sim.schedule(1e9, () => {}, { large: true });
    sim.cancel(handle);
    // oxlint-disable-next-line typescript/no-explicit-any -- looks at what a heap snapshot would find
    expect((sim as any).table.arguments).toEqual([undefined]);
  });

  it('keeps the queue small however many timeouts are set and cancelled', () => {
    const sim = new Simulation();
    let most = 0;
    const request = (left: number): void => {
      const timeout = sim.schedule(1e12, () => {}, undefined);
      sim.schedule(10, () => sim.cancel(timeout), undefined);
      // oxlint-disable-next-line typescript/no-explicit-any -- the queue's own count, cancelled events included
      most = Math.max(most, (sim as any).queue.size);
      if (left > 0) sim.schedule(5, request, left - 1);
    };
    request(20_000);
    sim.runUntil(1e11);
    expect(sim.pending).toBe(0);
    expect(most).toBeLessThan(300);
  });
});

describe('errors', () => {
  it('come out of runUntil, and leave no event running', () => {
    const sim = new Simulation();
    sim.schedule(
      1,
      () => {
        throw new Error('broken model');
      },
      undefined,
    );
    expect(() => sim.runUntil(10)).toThrow('broken model');
    expect([sim.event, sim.eventsRun, sim.pending]).toEqual([NO_EVENT, 1, 0]);
  });

  it('by fail end the run for good: no further event starts', () => {
    const sim = new Simulation();
    const ran: string[] = [];
    sim.schedule(
      1,
      () => {
        sim.fail(new Error('first'));
        sim.fail(new Error('second'));
        ran.push('finishes');
      },
      undefined,
    );
    sim.schedule(2, () => ran.push('never'), undefined);
    expect(() => sim.runUntil(10)).toThrow('first');
    expect(() => sim.runUntil(10)).toThrow('first');
    expect(() => sim.inject(() => ran.push('never either'), 0)).toThrow('first');
    expect(ran).toEqual(['finishes']);
  });
});

describe('random streams and kinds', () => {
  it('are the same for the same name', () => {
    const sim = new Simulation({ seed: 7 });
    expect(sim.random('a')).toBe(sim.random('a'));
    expect(sim.eventKind('x')).toBe(sim.eventKind('x'));
    expect(sim.eventKind('y')).not.toBe(sim.eventKind('x'));
    expect(sim.eventKinds[sim.eventKind('y')]).toBe('y');
  });
});

describe('budgets', () => {
  const endless = (sim: Simulation): void => sim.schedule(1, endless, sim) as unknown as void;

  it('let exactly as many events run as they say', () => {
    const sim = new Simulation({ budget: { eventsMax: 5 } });
    for (let i = 0; i < 5; i++) sim.schedule(i, () => {}, undefined);
    expect(sim.runUntil(100)).toBe(true);
    sim.schedule(1, () => {}, undefined);
    expect(() => sim.runUntil(200)).toThrow(BudgetExceeded);
  });

  it('end a run without end, naming the budget, its limit and when', () => {
    const sim = new Simulation({ budget: { eventsMax: 1000 } });
    endless(sim);
    expect(() => sim.runUntil(Infinity)).toThrow(/budget eventsMax passed: more than 1000 events have run/);
    expect(sim.eventsRun).toBeLessThanOrEqual(1001);
  });

  it.each([0, 3])('end a run that breeds events %d ns ahead', (delay) => {
    const sim = new Simulation({ budget: { pendingMax: 500 } });
    const breed = (): void => {
      for (let i = 0; i < 3; i++) sim.schedule(delay, breed, undefined);
    };
    breed();
    let error: unknown;
    try {
      sim.runUntil(Infinity, 100_000);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BudgetExceeded);
    expect(error).toMatchObject({ budget: 'pendingMax', limit: 500 });
    expect(sim.pending).toBeLessThan(510);
  });

  it('do not count cancelled events as pending', () => {
    const sim = new Simulation({ budget: { pendingMax: 10 } });
    for (let i = 0; i < 60; i++) sim.cancel(sim.schedule(1000 + i, () => {}, undefined));
    sim.schedule(1, () => {}, undefined);
    expect(sim.runUntil(10_000)).toBe(true);
  });
});
