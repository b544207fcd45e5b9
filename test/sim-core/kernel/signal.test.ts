/** Signals, completions and gates: who is woken, when, and in what order. */
import { describe, expect, it } from 'vitest';
import { race } from '../../../sim-core/kernel/combine.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Completion, Gate, Signal } from '../../../sim-core/kernel/signal.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import type { Wait } from '../../../sim-core/kernel/wait.ts';

const later = (sim: Simulation, time: number, act: () => void): void => void sim.scheduleAt(time, act, undefined);

/** A process that asks for a wait at one time, begins it at another, and notes what came of it. */
function observe<Value>(
  sim: Simulation,
  lines: string[],
  name: string,
  wait: () => Wait<Value>,
  asks = 0,
  begins = 0,
): void {
  function* observer(): Behaviour {
    yield asks;
    const asked = wait();
    yield begins - asks;
    try {
      const value = yield* asked;
      lines.push(`${sim.now} ${name} ${String(value)}`);
    } catch (error) {
      lines.push(`${sim.now} ${name} failed: ${(error as Error).message}`);
    }
  }
  spawn(sim, name, observer());
}

describe('a signal', () => {
  it('wakes those who wait at that moment, in the order in which they began, and nobody later', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const signal = new Signal<number>(sim);
    observe(sim, lines, 'second', () => signal.wait(), 0, 2);
    observe(sim, lines, 'first', () => signal.wait(), 0, 1);
    observe(sim, lines, 'late', () => signal.wait(), 0, 6);
    const woken: number[] = [];
    for (const time of [0, 5, 8, 9]) later(sim, time, () => woken.push(signal.fire(time)));
    sim.runUntil(10);
    expect(lines).toEqual(['5 first 5', '5 second 5', '8 late 8']);
    expect(woken).toEqual([0, 2, 1, 0]);
  });

  it('forgets who no longer waits', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const [left, right] = [new Signal<string>(sim), new Signal<string>(sim)];
    observe(sim, lines, 'racer', () => race(left.wait(), right.wait()));
    const woken: number[] = [];
    later(sim, 1, () => woken.push(left.fire('a')));
    later(sim, 2, () => woken.push(right.fire('b')));
    sim.runUntil(10);
    expect([woken, sim.pending]).toEqual([[1, 0], 0]);
  });
});

describe('a completion', () => {
  it('is remembered: waits that begin after it, or were asked for before it, end at once', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const done = new Completion<string>(sim);
    observe(sim, lines, 'before', () => done.wait(), 0, 1);
    observe(sim, lines, 'asked before, begun after', () => done.wait(), 0, 7);
    observe(sim, lines, 'after', () => done.wait(), 6, 6);
    expect(done.happened).toBe(false);
    later(sim, 5, () => done.complete('value'));
    sim.runUntil(10);
    expect(lines).toEqual(['5 before value', '6 after value', '7 asked before, begun after value']);
    expect(done.happened).toBe(true);
  });

  it('fails everybody with its error', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const done = new Completion<string>(sim);
    observe(sim, lines, 'before', () => done.wait(), 0, 1);
    observe(sim, lines, 'asked before, begun after', () => done.wait(), 0, 7);
    later(sim, 5, () => done.fail(new Error('broken')));
    sim.runUntil(10);
    expect(lines).toEqual(['5 before failed: broken', '7 asked before, begun after failed: broken']);
  });

  it('happens only once', () => {
    const done = new Completion(new Simulation());
    done.complete();
    expect(() => done.complete()).toThrow('only once');
    expect(() => done.fail(new Error('late'))).toThrow('only once');
  });
});

describe('a gate', () => {
  it('lets through while it is open, looking when the wait begins', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const gate = new Gate(sim, true);
    observe(sim, lines, 'open', () => gate.pass(), 1, 1);
    observe(sim, lines, 'closed', () => gate.pass(), 3, 3);
    observe(sim, lines, 'asked while open', () => gate.pass(), 1, 3);
    observe(sim, lines, 'asked while closed', () => gate.pass(), 3, 6);
    later(sim, 2, () => gate.set(false));
    later(sim, 5, () => gate.set(true));
    later(sim, 8, () => gate.set(false));
    observe(sim, lines, 'closed again', () => gate.pass(), 9, 9);
    sim.runUntil(100);
    const expected = ['1 open', '5 asked while open', '5 closed', '6 asked while closed'];
    expect(lines).toEqual(expected.map((line) => `${line} undefined`));
    expect(gate.open).toBe(false);
  });
});
