import { expect, it } from 'vitest';
import { ms, smallCluster } from './small-cluster.ts';

it('replicates what is sent, and acknowledges it', () => {
  const small = smallCluster({ sends: [1, 2, 3, 40, 41] });
  small.sim.runUntil(ms(300));
  expect([...small.acknowledged]).toEqual([0, 1, 2, 3, 4]);
  expect(small.log()).toEqual([0, 1, 2, 3, 4]);
  for (const broker of small.cluster.brokers) {
    expect(broker.replica('t-0')!.log.endOffset).toBe(5);
  }
  expect(small.violations()).toEqual([]);
});
