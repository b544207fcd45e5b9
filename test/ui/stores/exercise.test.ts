/** A task as it is worked at: a check is of one try and gives no verdict before its end; a try that is left behind is none. */
import { beforeEach, expect, it, vi } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import {
  exercisesOf,
  furtherSeeds,
  run,
  TRIES_MAX,
  type JudgedRun,
  type ParameterValues,
} from '../../../sim-core/index.ts';
import type { Experiment } from '../../../ui/models/experiment.ts';
import type { KeptAttempt } from '../../../ui/models/merged-attempt.ts';
import { ExerciseWork } from '../../../ui/stores/exercise.svelte.ts';
import type { Lab } from '../../../ui/stores/lab.svelte.ts';
import type { computeAll } from '../../../ui/worker/pool.ts';
import type { RunRequest } from '../../../ui/worker/simulator.ts';

/** Runs that were asked for, each answered when the test says so. */
interface Asked {
  readonly requests: readonly RunRequest[];
  readonly done: (run: JudgedRun, index: number) => void;
  readonly signal: AbortSignal;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}
const { asked, kept, tabs } = vi.hoisted(() => ({
  asked: [] as Asked[],
  kept: [] as KeptAttempt[],
  tabs: { told: () => {} },
}));

vi.mock('../../../ui/worker/pool.ts', () => ({
  computeAll: ((requests, _compute, done, signal) => {
    return new Promise<void>((end, fail) => {
      signal.addEventListener('abort', () => end());
      asked.push({ requests, done: done as Asked['done'], signal, end, fail });
    });
  }) satisfies typeof computeAll,
}));
vi.mock('../../../ui/stores/progress.svelte.ts', () => ({
  progress: {
    attempt: () => Promise.resolve(kept.at(-1)),
    attempted: (attempt: KeptAttempt) => Promise.resolve(kept[kept.push(attempt) - 1]),
    attemptedElsewhere: (told: () => void) => {
      tabs.told = told;
      return () => {};
    },
    predictionsOf: () => [],
    repaired: () => {},
  },
}));

const { scenario, definition } = catalogue.find((one) => one.scenario.id === 'orphan-compensation')!;
const [{ pitfall, ways }] = exercisesOf(scenario);
const SOLUTION = { watchdog: true, audit: true };
const OTHER = { attempts: 20 };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const recordings = new Map<string, ReturnType<typeof run>>();
function recordingOf(params: ParameterValues): ReturnType<typeof run> {
  const key = JSON.stringify(params);
  if (!recordings.has(key)) recordings.set(key, run(scenario, { variant: pitfall, params }));
  return recordings.get(key)!;
}

/** The part of a lab that an exercise is worked at by; a run comes when `show` says so. */
class SmallLab {
  readonly entry = { scenario, definition };
  readonly playback = { stop: () => {} };
  mode = 'exercise';
  experiment: Experiment = { variant: pitfall, changed: {}, seed: scenario.seed, interventions: [] };
  recording: ReturnType<typeof run> | undefined = undefined;

  change(experiment: Experiment): void {
    this.experiment = experiment;
  }

  show(work: ExerciseWork): void {
    this.recording = recordingOf(this.experiment.changed);
    work.saw(this.recording);
  }
}

let lab: SmallLab;
let work: ExerciseWork;

function set(params: ParameterValues): void {
  for (const name of Object.keys(work.draft.params)) work.draft.unset(name);
  for (const [name, value] of Object.entries(params)) work.draft.set(name, value);
}

function tried(params: ParameterValues): void {
  set(params);
  work.try();
  lab.show(work);
}

/** What a further seed's run keeps. */
const keeping = (...solves: string[]): JudgedRun => ({
  digest: '',
  ways: ways.map((remedy) => ({ remedy, goals: [], solved: solves.includes(remedy) })),
});

/** Answers the last check's seeds, the first so many of them. */
function answer(count = furtherSeeds(scenario).length): void {
  const { requests, done, end } = asked.at(-1)!;
  requests.slice(0, count).forEach((_, i) => done(keeping(ways[0]), i));
  if (count === requests.length) end();
}

beforeEach(async () => {
  asked.length = 0;
  kept.length = 0;
  lab = new SmallLab();
  work = new ExerciseWork(lab as unknown as Lab);
  await settle();
  work.begin();
  lab.show(work);
});

it('solves the try that was handed in, by what holds on every seed', async () => {
  tried(SOLUTION);
  const handed = work.handIn();
  expect(asked.at(-1)!.requests.map(({ seed, params }) => ({ seed, params }))).toEqual(
    furtherSeeds(scenario).map((seed) => ({ seed, params: SOLUTION })),
  );
  answer();
  await handed;
  expect(work.attempt).toMatchObject({ handedIn: 1, solved: true });
  expect(work.solvedBy).toEqual([ways[0]]);
});

it('gives a check up when something else is tried, and hands nothing in by it', async () => {
  tried(SOLUTION);
  const handed = work.handIn();
  const { signal, requests, done } = asked.at(-1)!;
  set(OTHER);
  work.try();
  expect([signal.aborted, work.check.running]).toEqual([true, false]);
  lab.show(work);
  requests.forEach((_, i) => done(keeping(ways[0]), i));
  await handed;
  expect(work.attempt.tries).toHaveLength(2);
  expect(work.attempt.handedIn).toBeUndefined();
  expect(work.check.words).toBeUndefined();
});

it('hands nothing in while a try is computed, nor before there is one', async () => {
  await work.handIn();
  tried(SOLUTION);
  set(OTHER);
  work.try();
  const before = asked.length;
  await work.handIn();
  expect(asked).toHaveLength(before);
});

it('says of a check that was stopped, or that a crash has ended, how far it came, and no verdict', async () => {
  tried(SOLUTION);
  const stopped = work.handIn();
  answer(3);
  work.check.halt();
  await stopped;
  expect(work.check.words).toBe('Stopped after 3 of 10 seeds: nothing follows.');
  const crashed = work.handIn();
  answer(2);
  asked.at(-1)!.fail(new Error('the worker is gone'));
  await crashed;
  expect(work.check).toMatchObject({ failure: 'the worker is gone', running: false });
  expect(work.check.words).toBe('Stopped after 2 of 10 seeds: nothing follows.');
  expect(work.attempt.handedIn).toBeUndefined();
});

it('says on which seeds it fails, when it does', async () => {
  tried(SOLUTION);
  const handed = work.handIn();
  const { requests, done, end } = asked.at(-1)!;
  requests.forEach((_, i) => done(i === 4 ? keeping() : keeping(ways[0]), i));
  end();
  await handed;
  expect(work.attempt).toMatchObject({ handedIn: 1, solved: false });
  expect(work.check.words).toBe(`Not solved: it fails with seed ${requests[4].seed}: it was luck.`);
});

it('waits no more for a try that was left, keeps what it was to set, and shows the one before it', () => {
  tried(OTHER);
  set(SOLUTION);
  work.try();
  expect(work.waiting).toBe(true);
  work.enter();
  expect([work.waiting, work.draft.params]).toEqual([false, SOLUTION]);
  lab.show(work);
  expect(work.attempt.tries.map(({ params }) => params)).toEqual([OTHER]);
  expect(work.ways).toBeDefined();
  work.try();
  lab.show(work);
  expect(work.attempt.tries).toHaveLength(2);
});

it('tells tries with one digest apart', () => {
  tried(OTHER);
  tried(SOLUTION);
  tried(OTHER);
  expect([...work.fared.keys()]).toEqual(work.attempt.tries);
  expect(work.fared.size).toBe(3);
  work.restart();
  expect(work.fared.size).toBe(0);
});

it('goes on with what was kept, and by whom it is solved', async () => {
  tried(SOLUTION);
  const handed = work.handIn();
  answer();
  await handed;
  const again = new ExerciseWork(lab as unknown as Lab);
  await settle();
  expect(again.attempt).toEqual(work.attempt);
  expect([again.solvedBy, again.notice]).toEqual([[ways[0]], '']);
});

it('has the runs of a code word on its seed, which is taken before anything is tried', () => {
  work.takeCodeWord('Heron');
  expect(work.attempt).toMatchObject({ codeWord: 'Heron', seed: work.seed });
  expect(lab.experiment.seed).toBe(work.seed);
  expect(work.seed).not.toBe(scenario.seed);
  work.takeCodeWord('');
  expect([work.attempt.codeWord, work.seed]).toEqual([undefined, scenario.seed]);
  work.begin();
  tried(OTHER);
  work.takeCodeWord('egret');
  expect(work.attempt.codeWord).toBeUndefined();
});

it('plans no deed of the world', () => {
  const crash = { at: 1e9, action: 'crash', target: 'payments' };
  expect(work.draft.plan(crash)).toBe('In a task the world is locked.');
  expect(work.draft.interventions).toEqual([]);
});

it('takes over what another tab has tried, and hands in the try that is shown here', async () => {
  tried(SOLUTION);
  await settle();
  const [mine] = work.attempt.tries;
  const theirs = { params: OTHER, digest: `sha256:${'1'.repeat(64)}` };
  kept.push({ ...kept.at(-1)!, tries: [theirs, mine], hints: 2 });
  tabs.told();
  await settle();
  expect(work.attempt).toMatchObject({ tries: [theirs, mine], hints: 2 });
  expect(work.tried).toBe(mine);
  expect(work.ways).toBeDefined();
  const handed = work.handIn();
  answer();
  await handed;
  expect(work.attempt).toMatchObject({ handedIn: 2, solved: true });
});

it('says how many of its tries found no room beside those of another tab', async () => {
  tried(SOLUTION);
  await settle();
  const theirs = { params: OTHER, digest: `sha256:${'1'.repeat(64)}` };
  kept.push({ ...kept.at(-1)!, tries: Array.from({ length: TRIES_MAX }, () => theirs) });
  tabs.told();
  await settle();
  expect([work.attempt.tries.length, work.notice]).toEqual([
    TRIES_MAX,
    `Another tab has used up the ${TRIES_MAX} tries there may be: one try of this tab is not kept.`,
  ]);
});

it.each([
  ['engine', { engine: '0.0.0' }, 'the engine was 0.0.0, and is'],
  ['definition', { definition: `sha256:${'0'.repeat(64)}` }, "the scenario's definition has changed since"],
  ['form', { hints: -1 }, 'hints: -1 is not valid'],
])('begins anew, and says why, where what was kept is of another %s', async (_, change, why) => {
  tried(OTHER);
  kept.push({ ...kept.at(-1)!, ...change });
  const again = new ExerciseWork(lab as unknown as Lab);
  await settle();
  expect(again.attempt.tries).toEqual([]);
  expect(again.notice).toContain(`The attempt that was kept is not gone on with: ${why}`);
});
