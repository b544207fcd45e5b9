/** The error of a run that passed a budget says which, how much it was, and when. */
import { describe, expect, it } from 'vitest';
import { BudgetExceeded, DEFAULT_BUDGET } from '../../../sim-core/kernel/budget.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

describe('a budget that was passed', () => {
  it('says which, how much it was, and when', () => {
    const error = new BudgetExceeded('pendingMax', 500, 1.25);
    expect(error).toMatchObject({ name: 'BudgetExceeded', budget: 'pendingMax', limit: 500 });
    expect(error.message).toBe(
      'budget pendingMax passed: more than 500 events are pending at once, at 1.25 s of simulated time',
    );
    expect(new BudgetExceeded('timeMax', 2e9, 2).message).toContain(
      'timeMax passed: it goes on for more than 2 s, at 2 s',
    );
    expect(new BudgetExceeded('eventsMax', 7, 0).message).toContain('more than 7 events have run');
  });

  it('of time lets all run that is due by it and nothing later, however the run is cut into pieces', () => {
    for (const piece of [1, 2, Infinity]) {
      const sim = new Simulation({ budget: { timeMax: 20 } });
      const ran: number[] = [];
      for (const at of [5, 19, 20, 25]) sim.scheduleAt(at, (time: number) => ran.push(time), at);
      const run = () => {
        while (!sim.runUntil(100, piece));
      };
      expect(run).toThrow(/budget timeMax passed/);
      expect([ran, sim.now]).toEqual([[5, 19], 20]);
      expect(run).toThrow(BudgetExceeded);
      expect(ran).toHaveLength(2);
    }
    const short = new Simulation({ budget: { timeMax: 20 } });
    short.scheduleAt(5, () => {}, undefined);
    expect(short.runUntil(100)).toBe(true);
  });

  it('is there for every run', () => {
    for (const limit of Object.values(DEFAULT_BUDGET)) expect(limit).toBeLessThan(Infinity);
  });
});
