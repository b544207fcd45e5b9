/** Errors that are outcomes of a run: errors in every respect, but for the stack. */
import { describe, expect, it } from 'vitest';
import { OutcomeError } from '../../../sim-core/kernel/outcome-error.ts';
import { Cancelled, Interrupted, spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { QueueFull } from '../../../sim-core/kernel/resource.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { CallFailed } from '../../../sim-core/network/call.ts';

const outcomes: [OutcomeError, string, string][] = [
  [new QueueFull('pool', 3), 'QueueFull', 'pool: the waiting line is full (3 waiting)'],
  [new CallFailed('database', 'timeout'), 'CallFailed', 'database: timeout'],
  [new Interrupted('enough'), 'Interrupted', 'interrupted: enough'],
  [new Cancelled('reader'), 'Cancelled', 'the process reader was cancelled'],
];

describe.each(outcomes)('%s', (error, name, message) => {
  it('is an error that says its name and what happened', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(OutcomeError);
    expect([error.name, error.message, String(error)]).toEqual([name, message, `${name}: ${message}`]);
  });

  it('has noted no stack', () => {
    expect(error.stack).toBe(`${name}: ${message}`);
  });

  it('ends a run that nobody expected it in, with its message', () => {
    const sim = new Simulation();
    function* fails(): Behaviour {
      yield 1;
      throw error;
    }
    spawn(sim, 'fails', fails());
    expect(() => sim.runUntil(10)).toThrow(message);
  });
});
