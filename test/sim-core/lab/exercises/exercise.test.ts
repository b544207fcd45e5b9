/** What an exercise is made of, and how its goals are held against a run. */
import { expect, it } from 'vitest';
import {
  cameTo,
  exercisesOf,
  freshAttempt,
  headlineOf,
  run,
  runsToJudge,
  solutionOf,
  waysOf,
  worldOf,
  type Scenario,
} from '../../../../sim-core/index.ts';
import { small } from './small-exercise.ts';

const [exercise] = exercisesOf(small);
const ran = (params: Record<string, number | boolean | string>) =>
  waysOf(small, exercise, run(small, { variant: 'unbounded', params }));

it('lets be set what remedies set and what says so, within the pitfall’s world, and locks the rest', () => {
  expect(exercisesOf(small)).toHaveLength(1);
  expect(exercise.pitfall).toBe('unbounded');
  expect(Object.keys(exercise.design)).toEqual(['queueMax', 'lamp', 'day']);
  expect(exercise.design['day']).toMatchObject({ choices: ['monday', 'tuesday'] });
  expect(worldOf(small, exercise)).toEqual(['load', 'cores']);
});

it('takes for a way what repairs by design alone, and allows as many changes as the widest makes', () => {
  expect(exercise.ways).toEqual(['bounded', 'bounded-later']);
  expect(solutionOf(small, exercise, 'bounded-later')).toEqual({ queueMax: 30, day: 'tuesday' });
  expect(exercise.changesMax).toBe(2);
});

it('has no exercise where the remedy’s parameter is said to be of the world', () => {
  const { queueMax } = small.params;
  const locked = { ...small, params: { ...small.params, queueMax: { ...queueMax, of: 'world' as const } } };
  expect(exercisesOf(locked)).toEqual([]);
});

it('observes from the start what remedies observe, and finds no remedy that observes something else', () => {
  const { lamp } = small.params;
  const params = { ...small.params, lamp: { ...lamp, of: 'view' as const } };
  const variants: Scenario['variants'] = { ...small.variants, bounded: { queueMax: 20, lamp: true } as object };
  const seen: Scenario = { ...small, params, variants };
  const [{ ways, view, design, changesMax }] = exercisesOf(seen);
  expect({ ways, view, changesMax }).toEqual({ ways: ['bounded'], view: { lamp: true }, changesMax: 1 });
  expect(Object.keys(design)).not.toContain('lamp');
  expect(solutionOf(seen, exercisesOf(seen)[0], 'bounded')).toEqual({ queueMax: 20 });
  const attempt = {
    ...freshAttempt(seen, '', exercisesOf(seen)[0]),
    tries: [{ params: { queueMax: 20 }, digest: '' }],
  };
  expect(runsToJudge(seen, attempt).map((one) => one.params)).toEqual([{ lamp: true }, { lamp: true, queueMax: 20 }]);
});

it('holds goals against the remedy’s own limits, which no setting moves', () => {
  const solvedBy = (params: Record<string, number>): string[] =>
    ran(params).flatMap(({ remedy, solved }) => (solved ? [remedy] : []));
  expect(solvedBy({})).toEqual([]);
  expect(solvedBy({ queueMax: 20 })).toEqual(['bounded', 'bounded-later']);
  expect(solvedBy({ queueMax: 25 })).toEqual(['bounded-later']);
  // By its own parameter's limit this one would hold: no more than 5,000 ever wait.
  expect(solvedBy({ queueMax: 5000 })).toEqual([]);
  expect(ran({ queueMax: 5000 })[0].goals[0].limit).toBe(20);
});

it('counts a goal that there is nothing to measure by as one that does not hold', () => {
  const { header, signals } = run(small, { variant: 'unbounded', params: { queueMax: 20 } });
  const without = signals.filter(({ name }) => name !== 'db.client.operations');
  const [{ goals, solved }] = waysOf(small, exercise, { header, signals: without });
  expect(goals[1]).toMatchObject({ pass: false, actual: NaN, limit: 1000 });
  expect(solved).toBe(false);
});

it('foretells by a claim that the pitfall refutes, and tells nearer from no nearer', () => {
  const given = ran({});
  const headline = headlineOf(small, given)!;
  expect(headline).toMatchObject({ remedy: 'bounded', place: 0 });
  expect(cameTo(headline, given, ran({ queueMax: 20 }))).toBe('holds');
  expect(cameTo(headline, given, ran({ queueMax: 100 }))).toBe('nearer');
  expect(cameTo(headline, given, ran({ lamp: true }))).toBe('no nearer');
  expect(headlineOf(small, ran({ queueMax: 20 }))).toBeUndefined();
});
