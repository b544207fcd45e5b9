/** `brownout grade`: what a teacher reads of a folder of attempts, honest, unsolved, tampered with, and none at all. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { experimentFor, outcomeOf, scoreOf, sketchFrame } from '../../../../scenarios/answers.ts';
import { guideOf } from '../../../../scenarios/guides.ts';
import { seedOfTask, writePolicyAttempt } from '../../../../scenarios/own-policy/attempt.ts';
import type { PolicyRow } from '../../../../scenarios/own-policy/grade-sheet.ts';
import { promptsIn } from '../../../../scenarios/prompts.ts';
import { findScenario, loadScenarioFile } from '../../../../scenarios/cli/load-scenario.ts';
import { exercisesOf, freshAttempt, run, writeAttempt, type Attempt } from '../../../../sim-core/index.ts';
import { brownout } from '../command-line.ts';
import { userFolder, userScenario } from '../run/user-scenario.ts';

const { scenario, definition } = await findScenario('orphan-compensation');
const [exercise] = exercisesOf(scenario);
const fresh = freshAttempt(scenario, definition, exercise);
const digestOf = (params: Attempt['tries'][number]['params']): string =>
  run(scenario, { variant: exercise.pitfall, params }).header.digest;

const folder = userFolder();
afterAll(() => folder.remove());
const both = { watchdog: true, audit: true };
let honest: Attempt;

beforeAll(() => {
  const wrong = { params: { attempts: 20 }, foretold: 'no nearer' as const, digest: digestOf({ attempts: 20 }) };
  honest = {
    ...fresh,
    tries: [wrong, { params: both, digest: digestOf(both) }],
    hints: 2,
    handedIn: 2,
    solved: true,
    explanation: '=who looks, finds',
  };
});

const written = (name: string, attempt: Attempt): string => folder.write(`${name}.attempt.json`, writeAttempt(attempt));

it('finds an honest attempt solved and verified', async () => {
  const { code, out, err } = await brownout(`grade ${written('ada', honest)}`);
  expect(out).toMatch(/orphan-compensation {2}no-watchdog +✓ +✓ +10\/10 +1\/1 +2 +2\n1 of 1 solved and verified\n$/);
  expect([code, err]).toEqual([0, '']);
});

it('finds what is unsolved, and what was tampered with, and says what in JSON and CSV', async () => {
  const open = written('ben', { ...fresh, tries: honest.tries.slice(0, 1) });
  const forged = written('cay', {
    ...honest,
    tries: [honest.tries[0], { ...honest.tries[1], digest: honest.tries[0].digest }],
  });
  const old = written('dot', { ...honest, definition: `sha256:${'0'.repeat(64)}` });
  const { code, out } = await brownout(`grade ${open} ${forged} ${old} --format json`);
  const { pass, attempts } = JSON.parse(out) as { pass: boolean; attempts: Record<string, unknown>[] };
  expect([code, pass]).toEqual([1, false]);
  expect(attempts.map(({ solved, verified, notes }) => ({ solved, verified, notes }))).toEqual([
    { solved: false, verified: true, notes: [] },
    { solved: true, verified: false, notes: ['another digest in try 2'] },
    { solved: true, verified: true, notes: ["the scenario's definition has changed since"] },
  ]);
  const csv = (await brownout(`grade ${old} --format csv`)).out.split('\n');
  expect(csv[0]).toMatch(/^file,scenario,exercise,codeWord,seed,seedFollows,solved,verified,/);
  expect(csv[1]).toContain(`,"'=who looks, finds",watchdog-and-audit-log,`);
});

it("tells code words, whether the seed is theirs, who shares one, and what the guide's predictions were worth", async () => {
  const other = userFolder();
  const own = freshAttempt(scenario, definition, exercise, 'Heron');
  const { digest } = run(scenario, { variant: exercise.pitfall, params: both, seed: own.seed! }).header;
  const [prompt] = promptsIn(guideOf(scenario.id));
  const asked = experimentFor(prompt, scenario, scenario.seed);
  const answered = run(scenario, { variant: asked.variant, params: asked.changed });
  const signal = answered.signals.find(({ name }) => name === prompt.signal)!;
  const outcome = outcomeOf(prompt, answered, sketchFrame(prompt, scenario))!;
  const score = scoreOf(prompt, signal, 0, outcome);
  const told = { ask: prompt.ask, answer: 0, score, seed: scenario.seed, digest: answered.header.digest };
  const tries = [{ params: both, digest }];
  other.write('ada.attempt.json', writeAttempt({ ...own, tries, predictions: [told] }));
  other.write('ben.attempt.json', writeAttempt({ ...own, codeWord: 'heron ', tries }));
  other.write(
    'cay.attempt.json',
    writeAttempt({ ...own, codeWord: 'egret', tries, predictions: [{ ...told, score: 99 }] }),
  );
  other.write('class.txt', 'heron\nstork\n');
  const { out } = await brownout(`grade ${other.path} --format json --code-words ${other.path}/class.txt`);
  const { attempts } = JSON.parse(out) as { attempts: Record<string, unknown>[] };
  const shared = (name: string): string => `the same code word as ${other.path}/${name}.attempt.json`;
  const picked = ['codeWord', 'seedFollows', 'verified', 'predicted', 'predictionScore', 'notes'];
  expect(attempts.map((row) => picked.map((name) => row[name]))).toEqual([
    ['Heron', true, true, 1, Math.round(score), [shared('ben')]],
    ['heron ', true, true, 0, '', [shared('ada')]],
    [
      'egret',
      false,
      false,
      1,
      Math.round(score),
      [
        'the seed is not that of the code word',
        '1 predictions are not what their runs say now',
        'the code word was given to nobody',
      ],
    ],
  ]);
  other.write('class.txt', 'heron\n Heron\n');
  expect((await brownout(`grade ${other.path} --code-words ${other.path}/class.txt`)).err).toContain(
    "'Heron' is there twice; expected each once",
  );
  other.remove();
});

it('refuses a scenario for a policy, and takes its code word for one that was given out or not', async () => {
  const policy = folder.write(
    'eva.attempt.json',
    writePolicyAttempt({
      definition: '',
      codeWord: 'Owl',
      seed: 1,
      source: '',
      digest: '',
      solved: false,
      explanation: '',
    }),
  );
  const { code, err } = await brownout(`grade ${policy} --scenario none.txt`);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/--scenario: \S+eva.attempt.json is a policy, and a policy has no scenario/),
  ]);
  const words = folder.write('words.txt', 'heron\n');
  const graded = await brownout(`grade ${policy} --code-words ${words} --format json`);
  const [{ codeWord, verified, notes }] = (JSON.parse(graded.out) as { policies: PolicyRow[] }).policies;
  expect([graded.code, codeWord, verified]).toEqual([1, 'Owl', false]);
  expect(notes).toEqual(
    expect.arrayContaining([
      `the seed is 1, and that of the code word is ${seedOfTask('owl')}`,
      'the code word was given to nobody',
    ]),
  );
});

it('names what is no attempt, and grades the rest of the folder', async () => {
  const other = userFolder();
  other.write('eve.attempt.json', writeAttempt(honest).replace('"attempts": 20', '"rate": 1'));
  other.write('fay.attempt.json', writeAttempt(fresh));
  other.write('notes.json', '{}');
  const { code, out, err } = await brownout(`grade ${other.path}`);
  other.remove();
  expect(code).toBe(2);
  expect(err).toMatch(/^brownout: .*eve\.attempt\.json: tries\[0\]\.params\.rate: rate is of the world, [^\n]*\n$/);
  expect(out).toMatch(/fay\.attempt\.json +orphan-compensation .*\n0 of 1 solved and verified\n$/);
  expect((await brownout('grade none.attempt.json')).err).toBe('brownout: none.attempt.json: there is no such file\n');
  expect((await brownout('grade none --format xml')).err).toContain("--format: there is no format 'xml'");
});

it('names an attempt whose run throws, and grades those after it all the same', async () => {
  const other = userFolder();
  const file = other.write(
    'mine.ts',
    userScenario()
      .replace('default: 100', 'default: 1000')
      .replace('{ calm: {}, busy: { rate: 200 } }', '{ busy: {}, calm: { rate: 100 } }')
      .replace("{ calm: 'control', busy: 'fault' }", "{ busy: 'pitfall', calm: 'remedy' }")
      .replace('const database', "if (p.rate === 13) throw new Error('13 is unlucky'); const database")
      .replace('busy: [atMost', 'busy: [atLeast')
      .replace('{ atMost,', '{ atLeast, atMost,'),
  );
  const { scenario: mine } = await loadScenarioFile(file);
  const blank = freshAttempt(mine, '', exercisesOf(mine)[0]);
  const { digest } = run(mine, { variant: 'busy', params: { rate: 100 } }).header;
  const at = (rate: number): string => writeAttempt({ ...blank, tries: [{ params: { rate }, digest }] });
  other.write('gus.attempt.json', at(13));
  other.write('hal.attempt.json', at(100));
  const { code, out, err } = await brownout(`grade ${other.path} --scenario ${file}`);
  other.remove();
  expect(err).toMatch(/^brownout: .*gus\.attempt\.json: its runs cannot be judged: 13 is unlucky\n$/);
  expect(out).toMatch(/hal\.attempt\.json +mine +busy .*\n0 of 1 solved and verified\n$/);
  expect(code).toBe(2);
});
