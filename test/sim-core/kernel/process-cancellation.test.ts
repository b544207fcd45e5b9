/** How processes end before their time: cancelled, with their parent, or interrupted; told as diaries. */
import { describe, expect, it } from 'vitest';
import { fork, Interrupted, Process, spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Resource } from '../../../sim-core/kernel/resource.ts';
import { Completion, Signal } from '../../../sim-core/kernel/signal.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

const FOREVER = 1e12;

/** A log of lines with their times. */
function diary(sim: Simulation): { readonly lines: string[]; note(line: string): void } {
  const lines: string[] = [];
  return { lines, note: (line) => void lines.push(`${sim.now} ${line}`) };
}

describe('cancelling', () => {
  it('runs the finally blocks and cancels what was forked, youngest first, at that instant', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* child(name: string): Behaviour {
      try {
        fork(`${name} of ${name}`, grandchild(`grandchild of ${name}`));
        yield FOREVER;
      } finally {
        note(name);
      }
    }
    function* grandchild(name: string): Behaviour {
      try {
        yield FOREVER;
      } finally {
        note(name);
      }
    }
    const parent = spawn(
      sim,
      'parent',
      (function* (): Behaviour {
        try {
          for (const name of ['first', 'second', 'third']) fork(name, child(name));
          yield FOREVER;
        } finally {
          note('parent');
        }
      })(),
    );
    sim.schedule(4, () => parent.cancel(), undefined);
    sim.runUntil(100);
    expect(parent.state).toBe('cancelled');
    expect(lines).toEqual([
      '4 grandchild of third',
      '4 third',
      '4 grandchild of second',
      '4 second',
      '4 grandchild of first',
      '4 first',
      '4 parent',
    ]);
    expect(sim.pending).toBe(0);
  });

  it('has no effect on one that has ended, and stops one that has not begun', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* once(): Behaviour {
      note('ran');
    }
    const first = spawn(sim, 'first', once());
    const second = spawn(sim, 'second', once(), 5);
    sim.runUntil(1);
    first.cancel();
    second.cancel();
    sim.runUntil(100);
    expect([first.state, second.state, lines]).toEqual(['completed', 'cancelled', ['0 ran']]);
  });

  it('of the running process is put off to an event of the same instant', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* suicidal(): Behaviour {
      try {
        yield 3;
        process.cancel();
        note('still runs');
        yield FOREVER;
        note('never');
      } finally {
        note('finally');
      }
    }
    const process = spawn(sim, 'suicidal', suicidal());
    sim.runUntil(100);
    expect([process.state, lines]).toEqual(['cancelled', ['3 still runs', '3 finally']]);
  });

  it('of the parent by its running child, too', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* child(): Behaviour {
      try {
        yield 3;
        parent.cancel();
        yield FOREVER;
      } finally {
        note('child');
      }
    }
    function* forking(): Behaviour {
      try {
        fork('child', child());
        yield FOREVER;
      } finally {
        note('parent');
      }
    }
    const parent = spawn(sim, 'parent', forking());
    sim.runUntil(100);
    expect([parent.state, lines]).toEqual(['cancelled', ['3 child', '3 parent']]);
  });

  it('ends the run when a finally block wants to wait', () => {
    const sim = new Simulation();
    const process = spawn(
      sim,
      'slow to go',
      (function* (): Behaviour {
        try {
          yield FOREVER;
        } finally {
          yield 1;
        }
      })(),
    );
    sim.schedule(2, () => process.cancel(), undefined);
    expect(() => sim.runUntil(100)).toThrow('the process slow to go waits in a finally block while it is cancelled');
  });

  it('gives back what the process stood in line for or had just been granted', () => {
    const sim = new Simulation();
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
    function* customer(): Behaviour {
      yield* server.acquire();
      try {
        yield 10;
      } finally {
        server.release();
      }
    }
    spawn(sim, 'first', customer());
    const second = spawn(sim, 'second', customer());
    const third = spawn(sim, 'third', customer());
    sim.schedule(5, () => third.cancel(), undefined);
    // At 10 the unit goes to the second, which is cancelled in the same instant before it hears of it.
    sim.scheduleAt(10, () => sim.schedule(0, () => second.cancel(), undefined), undefined);
    sim.runUntil(15);
    expect([server.inUse, server.waiting, sim.pending]).toEqual([0, 0, 0]);
  });
});

describe('the end of a process', () => {
  it.each(['returns', 'throws'])('that %s cancels what it forked and still runs', (way) => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    function* child(duration: number): Behaviour {
      try {
        yield duration;
        note(`child of ${duration} completed`);
      } finally {
        note(`child of ${duration} ended`);
      }
    }
    const parent = spawn(
      sim,
      'parent',
      (function* (): Behaviour {
        fork('short', child(1));
        fork('long', child(FOREVER));
        yield 5;
        if (way === 'throws') throw new Error('broken');
      })(),
    );
    spawn(
      sim,
      'joiner',
      (function* (): Behaviour {
        try {
          yield* parent.join();
        } catch (error) {
          note((error as Error).message);
        }
      })(),
    );
    sim.runUntil(100);
    const told = way === 'throws' ? ['5 broken'] : [];
    expect(lines).toEqual(['1 child of 1 completed', '1 child of 1 ended', `5 child of ${FOREVER} ended`, ...told]);
  });

  it('leaves alone what was spawned', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    spawn(
      sim,
      'parent',
      (function* (): Behaviour {
        spawn(
          sim,
          'independent',
          (function* (): Behaviour {
            yield 9;
            note('lives on');
          })(),
        );
        yield 1;
      })(),
    );
    sim.runUntil(100);
    expect(lines).toEqual(['9 lives on']);
  });
});

describe('fork', () => {
  it('outside of a process is an error, also from a callback', () => {
    const sim = new Simulation();
    function* nothing(): Behaviour {}
    expect(() => fork('orphan', nothing())).toThrow(/fork of orphan outside of a process; spawn/);
    sim.schedule(1, () => fork('orphan', nothing()), undefined);
    expect(() => sim.runUntil(10)).toThrow(/outside of a process/);
  });

  it('belongs to the process that runs, also after one that was started within it', () => {
    const sim = new Simulation();
    function* forever(): Behaviour {
      yield FOREVER;
    }
    let inner: Process | undefined;
    let outer: Process | undefined;
    const nested = new Process(
      sim,
      'nested',
      (function* (): Behaviour {
        inner = fork('inner', forever());
        yield FOREVER;
      })(),
    );
    const process = spawn(
      sim,
      'outer process',
      (function* (): Behaviour {
        nested.startNow();
        outer = fork('outer', forever());
        yield FOREVER;
      })(),
    );
    sim.schedule(1, () => process.cancel(), undefined);
    sim.runUntil(10);
    expect([outer?.state, inner?.state]).toEqual(['cancelled', 'waiting']);
  });
});

describe('interrupt', () => {
  it('throws its reason in at the wait, which is given up; the process may go on', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const signal = new Signal<string>(sim);
    const process = spawn(
      sim,
      'patient',
      (function* (): Behaviour {
        for (let i = 0; i < 2; i++) {
          try {
            if (i === 0) yield 50;
            else yield* signal.wait();
            note('undisturbed');
          } catch (error) {
            if (error instanceof Interrupted) note(`interrupted: ${String(error.reason)}`);
          }
        }
        yield 10;
        note('goes on');
      })(),
    );
    sim.schedule(4, () => process.interrupt('crash'), undefined);
    sim.schedule(6, () => process.interrupt('again'), undefined);
    sim.schedule(7, () => expect(signal.fire('late')).toBe(0), undefined);
    sim.runUntil(100);
    expect(lines).toEqual(['4 interrupted: crash', '6 interrupted: again', '16 goes on']);
  });

  it('in the instant at which the wait was about to end wins, and the wait’s event is gone', () => {
    const sim = new Simulation();
    const { lines, note } = diary(sim);
    const completion = new Completion<string>(sim);
    const process = spawn(
      sim,
      'waiter',
      (function* (): Behaviour {
        try {
          note(yield* completion.wait());
        } catch (error) {
          note(String((error as Interrupted).reason));
        }
      })(),
    );
    sim.schedule(
      3,
      () => {
        completion.complete('value');
        process.interrupt('first');
        process.interrupt('second');
      },
      undefined,
    );
    sim.runUntil(10);
    expect(lines).toEqual(['3 second']);
  });

  it('unhandled ends the run like any error, and is refused for who does not wait', () => {
    const sim = new Simulation();
    function* sleeper(): Behaviour {
      yield 10;
    }
    const process = spawn(sim, 'sleeper', sleeper());
    expect(() => process.interrupt('early')).toThrow('the process sleeper is ready; only a waiting process');
    sim.schedule(2, () => process.interrupt('why'), undefined);
    expect(() => sim.runUntil(100)).toThrow('interrupted: why');
    expect(() => process.interrupt('late')).toThrow('is failed');
  });
});
