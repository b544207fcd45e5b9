/** A learner's policy: the requests are the scenario's own, starters fail the goals, solutions reach them, and faults are told. */
import { describe, expect, it } from 'vitest';
import { missesOf } from '../../../scenarios/caching/eviction/limits.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { policySeeds } from '../../../scenarios/own-policy/attempt.ts';
import { rivalHits } from '../../../scenarios/own-policy/rivals.ts';
import { STARTERS } from '../../../scenarios/own-policy/starters.ts';
import { examOf, verdictOf } from '../../../scenarios/own-policy/verdict.ts';
import { courseOf } from '../../../scenarios/own-policy/worlds.ts';
import { run } from '../../../sim-core/index.ts';
import { runHere, SOLUTIONS } from './solutions.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'eviction')!;
const exam = examOf(1);
const { lru, fifo } = STARTERS;
/** The books alone, which are first. */
const books = { ...exam, courses: exam.courses.slice(0, 1) };
const verdictOn = (source: string) => verdictOf(exam, runHere(source, exam));

it('is asked what the run of the scenario asks its serving cache', () => {
  const recording = run(scenario, { variant: 'lru', seed: 7 });
  const course = courseOf('scan', 7);
  const value = missesOf('policy', 10).of(recording);
  expect(value * course.steps.length).toBeCloseTo(course.steps.length - rivalHits(course, 7).lru, 6);
});

describe.each(Object.entries(SOLUTIONS))('the solution %s', (_, source) => {
  it.each(policySeeds(1).slice(0, 2))('reaches every goal on seed %d', (seed) => {
    const asked = examOf(seed);
    const verdict = verdictOf(asked, runHere(source, asked));
    expect(verdict.broken).toBeUndefined();
    expect(verdict.goals.filter(({ holds }) => !holds)).toEqual([]);
  });
});

it('fails on every starter', () => {
  expect(verdictOn(fifo.source)).toMatchObject({
    solved: false,
    broken: { what: expect.stringMatching(/has room for/) },
  });
  const verdict = verdictOn(lru.source);
  expect(verdict.broken).toBeUndefined();
  expect(verdict.goals.map(({ holds }) => holds)).toEqual([true, false, false, true]);
  // The learner's LRU is the project's.
  for (const { hits, rivals } of verdict.worlds) expect(hits).toBe(rivals.lru);
});

it.each([
  [
    'claims hits',
    ['has(id) {', 'has(id) { return true;'],
    ['request(id) {', 'request(id) { return true;'],
    /^it says hit for \d+, which it does not hold$/,
  ],
  [
    'evicts what it does not hold',
    ['this.onEvict(victim)', 'this.onEvict(victim + 100)'],
    ['', ''],
    /^it evicts \d+, which it does not hold$/,
  ],
  ['holds more than it may', ['this.makeRoom(1);', ''], ['', ''], /^it then holds \d+ entries, and has room for \d+$/],
  ['tells nobody', ['this.onEvict(victim);', ''], ['', ''], /^it then holds \d+ entries, and has room for \d+$/],
  ['miscounts', ['get size() { return', 'get size() { return 1 +'], ['', ''], /^size is 2; by its answers it holds 1$/],
  ['answers nothing', ['return true;', 'return;'], ['', ''], /^request\(\d+\) is undefined; expected true or false$/],
  [
    'remembers another run',
    ['class Policy', 'let runs = 0; class Policy'],
    ['this.held = new Map();', 'this.held = new Map(); this.odd = runs++ % 2; '],
    /^$/,
  ],
] as const)('tells of one that %s', (kind, [from, to], [also, instead], what) => {
  let source: string = lru.source.replace(from, to).replace(also, instead);
  if (kind === 'remembers another run') {
    source = source.replace(
      'this.held.keys().next().value',
      '[...this.held.keys()][Math.min(this.odd, this.held.size - 1)]',
    );
    expect(verdictOf(books, runHere(source, books)).broken?.what).toMatch(
      /^asked the same a second time, it does something else/,
    );
  } else expect(verdictOf(books, runHere(source, books)).broken?.what).toMatch(what);
});
