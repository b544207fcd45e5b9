/** Processes: sleeping, typed results, errors and joining, told as diaries with their times. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { sleep } from '../../../sim-core/kernel/combine.ts';
import { Cancelled, Process, spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Signal } from '../../../sim-core/kernel/signal.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

/** A log of lines with their times. */
function diary(sim: Simulation): { readonly lines: string[]; note(line: string): void } {
  const lines: string[] = [];
  return { lines, note: (line) => void lines.push(`${sim.now} ${line}`) };
}

describe('a process', () => {
  it('sleeps by a bare duration or by a wait, to the same effect', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* sleeper(name: string, bare: boolean): Behaviour {
      for (const duration of [3, 0, 4]) {
        if (bare) yield duration;
        else yield* sleep(sim, duration);
        note(name);
      }
    }
    spawn(sim, 'bare', sleeper('bare', true));
    spawn(sim, 'wait', sleeper('wait', false));
    sim.runUntil(100);
    expect(lines).toEqual(['3 bare', '3 wait', '3 bare', '3 wait', '7 bare', '7 wait']);
  });

  it('starts after its delay, or at once within the running event', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* once(name: string): Behaviour {
      note(name);
    }
    const late = spawn(sim, 'late', once('late'), 5);
    expect(late.state).toBe('ready');
    expect(new Process(sim, 'now', once('now')).startNow().state).toBe('completed');
    expect(lines).toEqual(['0 now']);
    sim.runUntil(100);
    expect(lines).toEqual(['0 now', '5 late']);
  });

  it('gives helpers called by yield* their typed results, however deep', () => {
    const sim = new Simulation();
    function* reading(): Behaviour<number> {
      yield 1;
      return 41;
    }
    function* adding(): Behaviour<{ sum: number }> {
      const number = yield* reading();
      expectTypeOf(number).toEqualTypeOf<number>();
      return { sum: number + 1 };
    }
    function* main(): Behaviour<string> {
      const added = yield* adding();
      expectTypeOf(added).toEqualTypeOf<{ sum: number }>();
      const word = yield* new Signal<string>(sim).wait();
      expectTypeOf(word).toEqualTypeOf<string>();
      return String(added.sum);
    }
    const process = spawn(sim, 'main', main());
    expectTypeOf(process).toEqualTypeOf<Process<string>>();
    let sum = 0;
    spawn(
      sim,
      'reads',
      (function* (): Behaviour {
        sum = (yield* adding()).sum;
      })(),
    );
    sim.runUntil(10);
    expect(sum).toBe(42);
  });

  it('whose wait is waited for a second time is told so', () => {
    const sim = new Simulation();
    const wait = sleep(sim, 5);
    spawn(
      sim,
      'twice',
      (function* (): Behaviour {
        yield* wait;
        yield* wait;
      })(),
    );
    expect(() => sim.runUntil(100)).toThrow(/waited for twice/);
  });

  it.each([-1, 0.5, NaN])('that sleeps for %d ns gets the error where it wrote it', (duration) => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    spawn(
      sim,
      'sleeper',
      (function* (): Behaviour {
        try {
          try {
            yield duration;
          } finally {
            note('finally');
          }
        } catch (error) {
          note(error instanceof RangeError ? 'caught' : 'something else');
        }
        yield 2;
        note('goes on');
      })(),
    );
    sim.runUntil(100);
    expect(lines).toEqual(['0 finally', '0 caught', '2 goes on']);
  });

  it('whose error nobody joins for ends the run, its finally blocks run', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const process = spawn(
      sim,
      'broken',
      (function* (): Behaviour {
        try {
          yield 3;
          throw new Error('broken model');
        } finally {
          note('finally');
        }
      })(),
    );
    sim.schedule(5, () => note('never'), undefined);
    expect(() => sim.runUntil(100)).toThrow('broken model');
    expect([process.state, lines]).toEqual(['failed', ['3 finally']]);
  });

  it('may throw anything; the run still ends with an error that names the process', () => {
    const sim = new Simulation();
    spawn(
      sim,
      'careless',
      (function* (): Behaviour {
        throw 'a string';
      })(),
    );
    expect(() => sim.runUntil(100)).toThrow('the process careless threw a string');
  });
});

describe('join', () => {
  function* worker(result: number | Error): Behaviour<number> {
    yield 5;
    if (typeof result === 'number') return result;
    throw result;
  }

  it('gives the result to everybody, before the end and after it', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const process = spawn(sim, 'worker', worker(7));
    function* joiner(delay: number): Behaviour {
      yield delay;
      const result = yield* process.join();
      expectTypeOf(result).toEqualTypeOf<number>();
      note(`got ${result}`);
    }
    for (const delay of [0, 1, 9]) spawn(sim, 'joiner', joiner(delay));
    sim.runUntil(100);
    expect(lines).toEqual(['5 got 7', '5 got 7', '9 got 7']);
  });

  it('throws the error, which then no longer ends the run', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const process = spawn(sim, 'worker', worker(new Error('broken')));
    spawn(
      sim,
      'joiner',
      (function* (): Behaviour {
        try {
          yield* process.join();
        } catch (error) {
          note((error as Error).message);
        }
      })(),
    );
    sim.runUntil(100);
    expect(lines).toEqual(['5 broken']);
  });

  it('throws Cancelled when the process was cancelled', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const process = spawn(sim, 'worker', worker(7));
    spawn(
      sim,
      'joiner',
      (function* (): Behaviour {
        try {
          yield* process.join();
        } catch (error) {
          note(error instanceof Cancelled ? error.message : 'something else');
        }
      })(),
    );
    sim.schedule(2, () => process.cancel(), undefined);
    sim.runUntil(100);
    expect(lines).toEqual(['2 the process worker was cancelled']);
  });

  it('that was abandoned does not count: the error ends the run', () => {
    const sim = new Simulation();
    const process = spawn(sim, 'worker', worker(new Error('broken')));
    const joiner = spawn(
      sim,
      'joiner',
      (function* (): Behaviour {
        yield* process.join();
      })(),
    );
    sim.schedule(2, () => joiner.cancel(), undefined);
    expect(() => sim.runUntil(100)).toThrow('broken');
  });
});
