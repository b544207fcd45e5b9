/** What the guide of doomed work says beyond its variants: what a line cures and what it does not. */
import { expect, it } from 'vitest';
import doomedWork from '../../../scenarios/overload/doomed-work.ts';
import { DOOMED, IN_TROUBLE } from '../../../scenarios/overload/doomed-work/tally.ts';
import { judge, ms, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { totalOf, trialled } from '../trials.ts';

const tried = (variant: string, params: ParameterValues = {}): Trialled =>
  trialled(doomedWork, { variant, seed: 1, params });

it('tells each line from one in order of arrival with as many attempts', () => {
  const inOrder = tried('retry-at-one-tier');
  for (const variant of ['deadline-propagation', 'lifo', 'codel']) {
    for (const { text, pass } of judge(doomedWork, variant, inOrder)) expect(pass, `${variant}: ${text}`).toBe(false);
  }
});

it('answers nobody in the trouble by deadlines alone, where a look takes nearly as long as an attempt waits', () => {
  expect(totalOf(tried('deadline-propagation'), IN_TROUBLE)).toBeLessThan(10);
  expect(totalOf(tried('deadline-propagation', { timeout: ms(300) }), IN_TROUBLE)).toBeGreaterThan(20);
});

it('does less for nobody the sooner it turns somebody away', () => {
  const doomed = (variant: string): number => totalOf(tried(variant), DOOMED);
  const [inOrder, deadline, codel] = ['retry-at-one-tier', 'deadline-propagation', 'codel'].map(doomed);
  expect(deadline).toBeLessThan(inOrder);
  expect(codel).toBeLessThan(deadline);
});
