/** Health checks: who is found ill and well again, after how many in a row, beside a naive count over all results. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { HealthChecks } from '../../../../sim-core/network/balancing/health-checks.ts';
import type { Call } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';

type Result = 'ok' | 'refused' | 'silent';

/** One host that does this with one check after the other, a second apart; what was found, and by which check. */
function check(results: readonly Result[], unhealthyThreshold: number, healthyThreshold: number) {
  const sim = new Simulation();
  const found: string[] = [];
  let checked = 0;
  const host = {
    name: 'host',
    receive(call: Call<void, void>): void {
      const result = results[checked++] ?? 'silent';
      if (result === 'ok') call.reply();
      if (result === 'refused') call.refuse('unavailable');
    },
  };
  const link = new Link<void, void>(sim, host, { from: 'balancer', delay: constant(0) });
  const checks = new HealthChecks(
    sim,
    'balancer',
    [link],
    { query: undefined, interval: s(1), timeout: ms(500), unhealthyThreshold, healthyThreshold },
    {
      passed: () => void found.push(`${checked} passed`),
      changed: (_, isHealthy) => void found.push(`${checked} ${isHealthy ? 'well' : 'ill'}`),
    },
  );
  sim.runUntil(s(results.length + 0.6));
  return { found, isHealthy: checks.isHealthy(0) };
}

describe('health checks', () => {
  it('find a host ill by so many failures in a row, a timeout among them, and well by so many answers', () => {
    const { found } = check(['refused', 'silent', 'ok', 'refused', 'silent', 'refused', 'ok', 'ok', 'ok'], 3, 2);
    expect(found).toEqual(['3 passed', '6 ill', '8 well', '8 passed', '9 passed']);
  });

  it('find what a naive count over all results finds', () => {
    const result = fc.constantFrom<Result>('ok', 'refused', 'silent');
    const threshold = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 40 }), threshold, threshold, (results, ill, well) => {
        let isHealthy = true;
        results.forEach((_, i) => {
          const [needed, against] = isHealthy ? [ill, false] : [well, true];
          const last = results.slice(Math.max(0, i + 1 - needed), i + 1);
          if (last.length === needed && last.every((one) => (one === 'ok') === against)) isHealthy = !isHealthy;
        });
        expect(check(results, ill, well).isHealthy).toBe(isHealthy);
      }),
    );
  });

  it('refuse a threshold of none', () => {
    expect(() => check([], 0, 1)).toThrow('balancer: unhealthyThreshold is 0; it must be an integer of at least 1');
  });
});
