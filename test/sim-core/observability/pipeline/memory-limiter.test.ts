/** When the memory limiter refuses, by the README’s own example. */
import { expect, it } from 'vitest';
import { s } from '../../../../sim-core/kernel/time.ts';
import { MemoryLimiter } from '../../../../sim-core/observability/pipeline/memory-limiter.ts';

// The README's first example: a limit of 4,000 MiB and a spike of 800 MiB give a soft limit of 3,200 MiB.
const limiter = () => new MemoryLimiter({ limit: 4000, spikeLimit: 800, checkInterval: s(1) });

it('refuses from the soft limit on, which is the limit less the spike, until a look finds less', () => {
  const memory = limiter();
  expect(memory.softLimit).toBe(3200);
  const answers = [3199, 3200, 9000, 3199].map((used) => {
    memory.check(used);
    return memory.mustRefuse;
  });
  expect(answers).toEqual([false, true, true, false]);
});

it.each([
  [{ limit: 0 }, 'limit is 0 bytes'],
  [{ spikeLimit: 4000 }, 'spikeLimit is 4000 bytes; it must be from 0 to less than the limit'],
  [{ checkInterval: 0 }, 'checkInterval is 0 ns'],
])('does not take %o', (wrong, message) => {
  expect(() => new MemoryLimiter({ limit: 4000, spikeLimit: 800, checkInterval: s(1), ...wrong })).toThrow(message);
});
