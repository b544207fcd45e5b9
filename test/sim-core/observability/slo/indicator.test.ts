/** Service level indicators: which requests are valid, which of them good, and their counters. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { availability, Indicator, latencyUnder } from '../../../../sim-core/observability/slo/indicator.ts';

const request = fc.record({ ok: fc.boolean(), duration: fc.nat(ms(1000)) });

it('counts failures against availability, and against latency what succeeded and took longer', () => {
  fc.assert(
    fc.property(fc.array(request), fc.nat(ms(1000)), (requests, threshold) => {
      const [available, fast] = [new Indicator(), new Indicator()];
      for (const one of requests) {
        available.judge(availability(one));
        fast.judge(latencyUnder(threshold)(one));
      }
      const succeeded = requests.filter(({ ok }) => ok);
      expect([available.valid, available.bad]).toEqual([requests.length, requests.length - succeeded.length]);
      expect([fast.valid, fast.bad]).toEqual([
        succeeded.length,
        succeeded.filter(({ duration }) => duration > threshold).length,
      ]);
    }),
  );
});

it('takes many at once, whole numbers only', () => {
  const indicator = new Indicator();
  indicator.add(998, 2);
  expect([indicator.valid, indicator.bad]).toEqual([1000, 2]);
  expect(() => indicator.add(0.5, 0)).toThrow('good: 0.5 is no number of events');
  expect(() => indicator.add(0, -1)).toThrow('bad: -1 is no number of events');
});
