/** What the guide of doomed work says beyond its variants: what a line cures and what it does not. */
import { expect, it } from 'vitest';
import doomedWork from '../../../scenarios/overload/doomed-work.ts';
import { DOOMED, GOODPUT, IN_TROUBLE } from '../../../scenarios/overload/doomed-work/tally.ts';
import { judge, ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { totalOf, trialled } from '../trials.ts';

const tried = (variant: string, params: ParameterValues = {}, ...done: string[]): Trialled =>
  trialled(doomedWork, { variant, seed: 1, params, interventions: done.map(parseIntervention) });

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

it('has one tier that forgets the deadline take it from all behind', () => {
  const [told, untold, inOrder] = ['deadline-inherited', 'deadline-forgotten', 'retry-at-one-tier'].map((variant) =>
    totalOf(tried(variant), DOOMED),
  );
  expect(told).toBeLessThan(untold / 1.5);
  // What is claimed of it is more than those do who look for deadlines and find them.
  const [claim] = tried('deadline-forgotten').expectations;
  expect(claim.text).toContain(DOOMED);
  expect(told).toBeLessThan(claim.limit);
  // What is for nobody is known there too, where each call carries no deadline: as much as without one who looks.
  expect(untold / inOrder).toBeGreaterThan(0.8);
});

it('comes back when the load is cut by hand until the line is gone, and else stays down', () => {
  const length = { length: s(44) };
  const answered = (run: Trialled): number => {
    const { columns } = run.signals.find(({ name }) => name === GOODPUT)!;
    // In the last five seconds.
    return columns['mean'].slice(-20).reduce((sum, rate) => sum + rate / 20, 0);
  };
  const byHand = ['12s:surge:users:factor=0.1', '36s:surge:users:factor=1'];
  expect(answered(tried('retries-in-every-tier', length, ...byHand))).toBeGreaterThan(90);
  expect(answered(tried('retries-in-every-tier', length))).toBe(0);
});

it('a stock that says that it is not to be asked again has the tier before it ask once', () => {
  const asked = (pushback: boolean): number =>
    totalOf(tried('codel', { retriesIn: 'every-tier', pushback }), 'doomed_work.asked');
  expect(asked(true)).toBeLessThan(asked(false));
});
