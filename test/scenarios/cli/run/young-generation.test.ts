/** The young generation stays at its bound whatever survives in it, where it would grow to twice as much. */
import { expect, it } from 'vitest';
import { boundYoungGeneration, youngGenerationSize } from '../../../../scenarios/cli/run/young-generation.ts';

const BOUND = 16 * 2 ** 20;
/** V8 rounds to its pages. */
const ROUNDING = 2 ** 20;

it('does not grow beyond its bound, nor further where it was beyond it before', () => {
  const most = Math.max(BOUND, youngGenerationSize()) + ROUNDING;
  const survivors: number[][] = [];
  for (let i = 0; i < 400_000; i++) {
    survivors[i % 60_000] = [i, i, i, i, i, i, i, i];
    if (i % 1000 === 0) boundYoungGeneration();
  }
  expect(survivors.length).toBe(60_000);
  expect(youngGenerationSize()).toBeLessThanOrEqual(most);
});
