/** The retry budget against a naive one that remembers every deposit and withdrawal, and the bound that it is there for. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { RetryBudget } from '../../../../sim-core/network/resilience/retry-budget.ts';

const WINDOW = s(10);
const steps = fc.array(fc.record({ pauseMs: fc.nat(3_000), requests: fc.nat(20), retries: fc.nat(20) }), {
  maxLength: 60,
});

it('allows what a list of the window’s deposits and withdrawals allows, slice by slice', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }), (steps, quarters, reserve) => {
      const share = quarters / 4;
      const sim = new Simulation();
      const budget = new RetryBudget(sim, { share, reserve, window: WINDOW });
      const entries: { slice: number; tokens: number }[] = [];
      const slice = (): number => Math.floor(sim.now / (WINDOW / 10));
      const tokens = (): number =>
        entries.filter((entry) => entry.slice > slice() - 10).reduce((sum, entry) => sum + entry.tokens, reserve * 10);
      for (const { pauseMs, requests, retries } of steps) {
        sim.runUntil(sim.now + ms(pauseMs));
        for (let i = 0; i < requests; i++) {
          budget.deposit();
          entries.push({ slice: slice(), tokens: share });
        }
        for (let i = 0; i < retries; i++) {
          const allowed = tokens() >= 1;
          expect(budget.withdraw()).toBe(allowed);
          if (allowed) entries.push({ slice: slice(), tokens: -1 });
        }
        expect(budget.tokens).toBe(tokens());
      }
    }),
  );
});

it('never lets more be retried within a window than its requests and its reserve pay for', () => {
  fc.assert(
    fc.property(
      steps,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 3 }),
      (steps, share, reserve) => {
        const sim = new Simulation();
        const budget = new RetryBudget(sim, { share, reserve, window: WINDOW });
        let [requested, retried] = [0, 0];
        for (const { requests, retries } of steps) {
          // All of it within one window.
          for (let i = 0; i < requests; i++, requested++) budget.deposit();
          for (let i = 0; i < retries; i++) if (budget.withdraw()) retried++;
          expect(retried).toBeLessThanOrEqual(requested * share + reserve * 10 + 1e-9);
        }
      },
    ),
  );
});

it.each([
  [{ share: -1, reserve: 0, window: WINDOW }, 'share is -1'],
  [{ share: 0, reserve: -1, window: WINDOW }, 'reserve is -1'],
  [{ share: 0, reserve: 0, window: 0 }, 'window is 0 ns'],
])('refuses %j', (options, message) => {
  expect(() => new RetryBudget(new Simulation(), options)).toThrow(message);
});
