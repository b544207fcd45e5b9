/** Attempts as files: what is read back, what is refused, and what replay says of one that was tampered with. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesSince,
  exercisesOf,
  FORETOLD,
  freshAttempt,
  judgedRun,
  judgementOf,
  openAttempt,
  readAttempt,
  run,
  runsToJudge,
  seedOfWord,
  writeAttempt,
  type Attempt,
  type Judgement,
  type Try,
} from '../../../../sim-core/index.ts';
import { small } from './small-exercise.ts';

const [exercise] = exercisesOf(small);
const fresh = freshAttempt(small, '', exercise);

function tried(params: Try['params'], foretold?: Try['foretold']): Try {
  const { header } = run(small, { variant: 'unbounded', params });
  return { params, ...(foretold && { foretold }), digest: header.digest };
}

function judgeAttempt(attempt: Attempt): Judgement {
  const runs = runsToJudge(small, attempt).map((one) =>
    judgedRun(small, exercise, run(small, { variant: exercise.pitfall, ...one })),
  );
  return judgementOf(small, attempt, runs);
}

/** On the seed of a code word, with a deed. */
const OWN = freshAttempt(small, '', exercise, ' Heron ');
const DEED = { at: 1e9, action: 'slow', target: 'database', args: { factor: 0.5 } };

const honest: Attempt = {
  ...fresh,
  tries: [tried({ lamp: true }, 'holds'), tried({ queueMax: 20 }, 'holds')],
  hints: 1,
  handedIn: 2,
  solved: true,
  explanation: 'Who does not fit is refused.',
};

describe('a file', () => {
  it('reads back as the attempt that was written', () => {
    const anyTry = fc.record(
      {
        params: fc.record({ queueMax: fc.nat(9999), lamp: fc.constant(true) }, { requiredKeys: [] }),
        foretold: fc.constantFrom(...FORETOLD),
        digest: fc.constant(honest.tries[0].digest),
      },
      { requiredKeys: ['params', 'digest'] },
    );
    const anyAttempt = fc
      .record({
        tries: fc.array(anyTry, { maxLength: 5 }),
        hints: fc.nat(9),
        explanation: fc.string({ maxLength: 50 }),
      })
      .chain((some) =>
        fc
          .record(
            { handedIn: fc.integer({ min: 1, max: Math.max(1, some.tries.length) }), solved: fc.boolean() },
            { requiredKeys: ['solved'] },
          )
          .map((end) => {
            const { handedIn } = some.tries.length > 0 ? end : {};
            const solved = handedIn !== undefined && end.solved;
            return { ...fresh, ...some, ...(handedIn !== undefined && { handedIn }), solved } as Attempt;
          }),
      );
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        expect(readAttempt(openAttempt(writeAttempt(attempt)).fields, small)).toEqual(attempt);
      }),
    );
  });

  const changed = (change: object): string => JSON.stringify({ ...JSON.parse(writeAttempt(honest)), ...change });
  const withTry = (change: object): string => changed({ tries: [{ ...honest.tries[0], ...change }, honest.tries[1]] });

  it.each([
    ['nothing', '{', 'the file is no JSON'],
    ['a list', '[]', 'the file holds a list; expected an attempt'],
    ['another form', changed({ attempt: 2 }), "attempt: 2 is not valid; expected the form's version, 1"],
    ['no scenario at all', changed({ scenario: undefined }), 'scenario: it is missing; expected the id of a scenario'],
    ['no scenario', changed({ scenario: 3 }), 'scenario: 3 is not valid; expected the id of a scenario'],
    ['another scenario', changed({ scenario: 'big' }), "scenario: 'big' is not valid; expected small"],
    ['a field of its own', changed({ grade: 1 }), 'grade: there is no such field; expected attempt, engine'],
    ['no exercise', changed({ exercise: 'small' }), "exercise: 'small' is not valid; expected one of unbounded"],
    ['tries that are none', changed({ tries: {} }), 'tries: an object is not valid; expected a list of at most 200'],
    ['hints', changed({ hints: -1 }), 'hints: -1 is not valid; expected how many were opened'],
    ['what was not tried', changed({ handedIn: 3 }), 'handedIn: 3 is not valid; expected the number of a try, 1 to 2'],
    ['no verdict', changed({ solved: 'yes' }), "solved: 'yes' is not valid; expected true or false"],
    ['solved by nothing', changed({ handedIn: undefined }), 'solved: true is not valid; expected false where no try'],
    [
      'a parameter of the world',
      withTry({ params: { load: 1 } }),
      'tries[0].params.load: load is of the world, which is locked at 900/s; expected one of queueMax, lamp, day',
    ],
    [
      'no parameter',
      withTry({ params: { lode: 1 } }),
      'tries[0].params.lode: there is no parameter lode; expected one of queueMax',
    ],
    [
      'another world',
      withTry({ params: { day: 'sunday' } }),
      'tries[0].params.day: parameter day: sunday is not valid; expected one of monday, tuesday',
    ],
    [
      'too much',
      withTry({ params: { queueMax: 1, lamp: true, day: 'tuesday' } }),
      "tries[0].params: 3 settings differ from the pitfall's; expected at most 2",
    ],
    [
      'a word for it',
      withTry({ foretold: 'maybe' }),
      "tries[0].foretold: 'maybe' is not valid; expected one of holds, nearer, no nearer",
    ],
    [
      'what the world does',
      withTry({ interventions: [{ at: 1e9, action: 'fail', target: 'database', args: { share: 0 } }] }),
      'tries[0].interventions: to fail database is of the world, which is locked; expected one of: slow database',
    ],
    [
      'too many deeds',
      withTry({ interventions: [1e9, 2e9].map((at) => ({ at, action: 'slow', target: 'database' })) }),
      'tries[0].interventions: 2 are done; expected at most 1',
    ],
    [
      'a deed after the end',
      withTry({ interventions: [{ at: 9e9, action: 'slow', target: 'database' }] }),
      'tries[0].interventions: intervention slow: 9s is outside of the run, 0s to 4s',
    ],
    ['no instant', withTry({ interventions: [{ action: 'slow' }] }), 'tries[0].interventions[0].at: it is missing'],
    ['a seed alone', changed({ seed: 3 }), 'seed: 3 is not valid; expected to be left out where there is no code word'],
    ['no word', changed({ codeWord: ' ', seed: 3 }), "codeWord: ' ' is not valid; expected a text of at most 60"],
    ['a word without seed', changed({ codeWord: 'heron' }), 'seed: it is missing; expected what the code word gives'],
    [
      'a prediction of nothing',
      changed({ predictions: [{ ask: 'How many?', answer: 'many' }] }),
      "predictions[0].answer: 'many' is not valid; expected a number, or a list of at most 100",
    ],
    ['no digest', withTry({ digest: 'sha256:1' }), "tries[0].digest: 'sha256:1' is not valid; expected sha256: and 64"],
  ])('with %s is refused by one line', (_, text, message) => {
    expect(() => readAttempt(openAttempt(text).fields, small)).toThrow(message);
  });
});

it('tells what has changed since it was made, as far as it says of what it was made', () => {
  expect(changesSince(fresh, 'sha256:1')).toEqual([]);
  expect(changesSince({ ...fresh, definition: 'sha256:1' }, 'sha256:1')).toEqual([]);
  expect(changesSince({ engine: '0.0.0', definition: 'sha256:2' }, 'sha256:1')).toEqual([
    "the scenario's definition has changed since",
    expect.stringMatching(/^the engine was 0\.0\.0, and is /),
  ]);
});

describe('a code word', () => {
  it('gives everybody another seed, whatever its capitals, and another one in each exercise', () => {
    expect(OWN).toMatchObject({ codeWord: ' Heron ', seed: seedOfWord(small, 'unbounded', 'heron') });
    const words = ['heron', 'herons', 'egret', 'stork'];
    const seeds = words.flatMap((word) => ['unbounded', 'other'].map((name) => seedOfWord(small, name, word)));
    expect(new Set(seeds).size).toBe(8);
    // A seed that was handed out yesterday has to be the same tomorrow.
    expect(seedOfWord({ id: 'stampede' }, 'none', 'heron')).toBe(679_641_639);
  });

  it('has its runs on its own seed and those after it, with what was done in them', () => {
    const { header } = run(small, { variant: 'unbounded', params: {}, seed: OWN.seed!, interventions: [DEED] });
    const one = { params: {}, interventions: [DEED], digest: header.digest };
    const attempt: Attempt = { ...OWN, tries: [one], handedIn: 1 };
    expect(readAttempt(openAttempt(writeAttempt(attempt)).fields, small)).toEqual(attempt);
    const runs = runsToJudge(small, attempt);
    expect(runs[0]).toEqual({ params: {}, interventions: [], seed: OWN.seed });
    expect(runs.slice(1).map(({ seed }) => seed)).toEqual(Array.from({ length: 11 }, (_, i) => OWN.seed! + i));
    expect(runs.slice(1).every(({ interventions }) => interventions.length === 1)).toBe(true);
    const { verified, seedFollows, tries } = judgeAttempt(attempt);
    expect([verified, seedFollows, tries[0].identical]).toEqual([true, true, true]);
    // Somebody else's attempt with one's own word, or a seed that suits better.
    expect(judgeAttempt({ ...attempt, codeWord: 'egret' })).toMatchObject({ verified: false, seedFollows: false });
  });
});

describe('replay', () => {
  it('finds an honest attempt solved and the same, and what was foretold beside what came', () => {
    const { tries, seeds, by, solved, verified } = judgeAttempt(honest);
    expect(tries.map(({ identical, cameTo, foretold }) => ({ identical, cameTo, foretold }))).toEqual([
      { identical: true, cameTo: 'no nearer', foretold: 'holds' },
      { identical: true, cameTo: 'holds', foretold: 'holds' },
    ]);
    expect(seeds).toHaveLength(10);
    expect(by).toEqual(['bounded', 'bounded-later']);
    expect([solved, verified]).toEqual([true, true]);
  });

  it('finds out what was never run, and what is only said to be solved', () => {
    const forged = { ...honest, tries: [honest.tries[0], { ...honest.tries[1], digest: honest.tries[0].digest }] };
    expect(judgeAttempt(forged)).toMatchObject({ solved: true, verified: false });
    const boast = { ...honest, handedIn: 1 };
    expect(judgeAttempt(boast)).toMatchObject({ solved: false, verified: false, by: [] });
    const modest = { ...fresh, tries: honest.tries };
    expect(judgeAttempt(modest)).toMatchObject({ solved: false, verified: true, seeds: [] });
  });
});
