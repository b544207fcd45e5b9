/** The error of a run that passed a budget says which, how much it was, and when. */
import { describe, expect, it } from 'vitest';
import { BudgetExceeded, DEFAULT_BUDGET } from '../../../sim-core/kernel/budget.ts';

describe('a budget that was passed', () => {
  it('says which, how much it was, and when', () => {
    const error = new BudgetExceeded('pendingMax', 500, 1.25);
    expect(error).toMatchObject({ name: 'BudgetExceeded', budget: 'pendingMax', limit: 500 });
    expect(error.message).toBe(
      'budget pendingMax passed: more than 500 events are pending at once, at 1.25 s of simulated time',
    );
    expect(new BudgetExceeded('eventsMax', 7, 0).message).toContain('more than 7 events have run');
  });

  it('is there for every run', () => {
    for (const limit of Object.values(DEFAULT_BUDGET)) expect(limit).toBeLessThan(Infinity);
  });
});
