/** A run's memory is that of its recording, which is bounded, and not that of its requests. */
import { beforeAll, expect, it } from 'vitest';
import { buildCommandLine, peakOf } from '../peak-memory.ts';

beforeAll(buildCommandLine);

it('ten times as many requests take no more memory', { timeout: 200_000 }, () => {
  // A thousand a second. The verdict may be that it was too short for the expiry that is expected: 1.
  const peak = (seconds: number): number =>
    peakOf(['run', 'stampede', '--variant', 'none', '--set', `length=${seconds}s`], { codes: [0, 1] });
  expect(peak(1000) / peak(100)).toBeLessThan(1.2);
});
