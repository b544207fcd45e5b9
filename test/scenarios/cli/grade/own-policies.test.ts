/** Policies in Node: what a source can reach there, how it is stopped, and what `grade` makes of files that hold one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gradePolicies, isPolicy } from '../../../../scenarios/cli/grade/own-policies.ts';
import { runInProcess } from '../../../../scenarios/cli/grade/policy-process.ts';
import {
  judgePolicyAttempt,
  policyNotes,
  policySeeds,
  readPolicyAttempt,
  seedOfTask,
  writePolicyAttempt,
} from '../../../../scenarios/own-policy/attempt.ts';
import { policyRows } from '../../../../scenarios/own-policy/grade-sheet.ts';
import { STARTERS } from '../../../../scenarios/own-policy/starters.ts';
import { examOf, verdictOf, type Exam } from '../../../../scenarios/own-policy/verdict.ts';
import { runHere } from '../../own-policy/solutions.ts';

const exam = examOf(1);
/** One course of a few requests: what is asked here is where the source runs. */
const small: Exam = { ...exam, courses: [{ capacity: 2, steps: Int32Array.of(1, 2, 3) }] };
const folder = mkdtempSync(join(tmpdir(), 'brownout-policies-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('does in a process of its own what it does anywhere, draws included', async () => {
  const source = STARTERS.lru.source
    .replace('this.capacity = capacity;', 'this.capacity = capacity; this.random = random;')
    .replace('this.held.keys().next().value', '[...this.held.keys()][this.random.integer(this.held.size)]');
  const verdict = verdictOf(exam, await runInProcess(source, exam));
  expect(verdict.broken ?? verdict.fault).toBeUndefined();
  expect(verdict.digest).toBe(verdictOf(exam, runHere(source, exam)).digest);
});

it.each([
  ['the program', 'process.exit(3)', /ReferenceError: process is not defined/, 1],
  ['modules', 'require("node:fs")', /require is not defined/, 1],
  ['code made of strings', '\n(() => {}).constructor("return process")()', /EvalError/, 2],
  ['code fetched', '\n\nimport("node:fs")', /the word import is not allowed/, 3],
  ['a clock', 'Date.now()', /Date is not defined/, 1],
  ['the collector', 'new WeakRef({})', /WeakRef is not defined/, 1],
  ['inexact maths', 'Math.sin(1)', /Math.sin is not a function/, 1],
  ['what others use', '\nMap.prototype.has = () => true;', /TypeError: Cannot assign to read only property 'has'/, 2],
  ['what stands around it', '}); (function () {', /SyntaxError/, 1],
  ['what runs before it', '\n}); function play() {} (function () {', /SyntaxError/, 2],
] as const)('reaches no %s', async (_, source, message, line) => {
  expect(await runInProcess(source, small)).toEqual({ fault: { message: expect.stringMatching(message), line } });
});

it.each([
  ['an endless loop', 'for (;;);', 1, /did not end within 1 s, and was stopped/, true],
  [
    'hunger for memory',
    'const all = []; for (;;) all.push(new Array(1e6).fill(1));',
    20,
    /used up its memory|allocation failed/,
    undefined,
  ],
] as const)('stops %s, and tells the clock from a fault', async (_, source, deadline, message, isOutside) => {
  expect(await runInProcess(source, small, { deadline })).toMatchObject({
    fault: { message: expect.stringMatching(message), ...(isOutside && { isOutside }) },
  });
});

it('does nothing of what a source puts off, were it without an end', async () => {
  const source = `(async () => { for (;;) await 0; })();\n${STARTERS.lru.source}`;
  const ran = await runInProcess(source, exam, { deadline: 10 });
  expect(verdictOf(exam, ran)).toEqual(verdictOf(exam, runHere(STARTERS.lru.source, exam)));
});

const attempt = {
  definition: '',
  seed: 1,
  source: STARTERS.lru.source,
  digest: '',
  solved: false,
  explanation: 'LRU, and "all".',
};
const fileOf = (name: string, text: string): string => {
  const file = join(folder, `${name}.attempt.json`);
  writeFileSync(file, text);
  return file;
};

it('is graded by running it again: what the file says is only compared', async () => {
  let [out, err] = ['', ''];
  const cli = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isTerminal: false,
    showsColours: false,
    interrupted: new AbortController().signal,
  };
  const { digest } = verdictOf(exam, runHere(attempt.source, exam));
  const honest = fileOf('honest', writePolicyAttempt({ ...attempt, digest }));
  const forged = fileOf(
    'forged',
    writePolicyAttempt({ ...attempt, digest: digest.replace(/.$/, (one) => (one === '0' ? '1' : '0')), solved: true }),
  );
  const wrong = fileOf('wrong', writePolicyAttempt({ ...attempt, seed: -1 }));
  expect([honest, forged, wrong].map(isPolicy)).toEqual([true, true, true]);
  expect(await gradePolicies([honest, forged, wrong], 'csv', cli)).toBe(2);
  const rows = out.replaceAll(folder, '').split('\n');
  expect(rows[0]).toBe('file,codeWord,seed,seeds,seedsHeld,solved,verified,pass,explanation,notes');
  expect(rows[1]).toMatch(
    /^\/honest\.attempt\.json,,1,11,0,false,true,false,"LRU, and ""all""\.","?not reached: Scans: fewer/,
  );
  expect(rows[2]).toMatch(/,0,false,false,false,.*another digest; the file says solved/);
  expect(rows[1]).toMatch(/the same source as \/forged\.attempt\.json/);
  expect(err).toMatch(/wrong\.attempt\.json: seed: -1 is not valid; expected a whole number from 0/);
});

it('is told by what is known of it: only a pass that is none is a falsehood', () => {
  const held = [{ solved: true, digest: '' }];
  const judged = (solved: boolean, verdicts: typeof held) =>
    judgePolicyAttempt({ ...attempt, engine: '', solved }, verdicts);
  const all = policySeeds(1).flatMap(() => held);
  expect(judged(false, all)).toMatchObject({ solved: true, verified: true });
  expect(judged(true, all)).toMatchObject({ solved: true, verified: true });
  expect(judged(true, held)).toMatchObject({ solved: false, verified: false });
  // Nobody shops for a seed.
  const shopped = { ...attempt, engine: '', seed: 2 };
  expect(judgePolicyAttempt(shopped, all)).toMatchObject({ solved: true, verified: false });
  const [verdict] = [{ seed: 2, worlds: [], goals: [], ...held[0] }];
  expect(policyNotes(shopped, [verdict], '')).toContain('the seed is 2, and that of the task is 1');
});

it('has the seed of its code word, and passes by it once where words were given out', () => {
  const seed = seedOfTask('Heron');
  expect(seed).toBe(seedOfTask(' heron'));
  const solved = { seed, worlds: [], goals: [], solved: true, digest: '' };
  const handedIn = (file: string, codeWord: string) => ({
    file,
    attempt: { ...attempt, engine: '', codeWord, seed, source: file },
    verdicts: policySeeds(seed).map(() => solved),
  });
  const ada = handedIn('ada', 'heron');
  const passes = (all: (typeof ada)[], words?: string[]) => policyRows(all, '', words).map(({ pass }) => pass);
  expect(passes([ada])).toEqual([true]);
  expect(passes([ada], ['heron', 'egret'])).toEqual([true]);
  expect(passes([ada], ['egret'])).toEqual([false]);
  expect(passes([ada, handedIn('ben', 'Heron')], ['heron'])).toEqual([false, false]);
  // Of two folders.
  expect(passes([ada, handedIn('ada', 'heron')], ['heron'])).toEqual([false, false]);
  // Under another word it is not on that word's seed.
  expect(passes([handedIn('cay', 'egret')], ['egret'])).toEqual([false]);
});

it('is refused with anything in it that is wrong', () => {
  const text = writePolicyAttempt(attempt);
  expect(readPolicyAttempt(text)).toMatchObject(attempt);
  expect(readPolicyAttempt('{"attempt": 1}')).toBeUndefined();
  for (const [from, to, message] of [
    ['"seed": 1', '"seed": "1"', /^seed: '1' is not valid; expected a whole number/],
    ['"solved": false', '"solved": 0', /^solved: 0 is not valid; expected true or false/],
    ['"digest": ""', '"digest": "sha256:0"', /^digest: .* is not valid; expected sha256:/],
    ['"seed": 1', '"codeWord": " ", "seed": 1', /^codeWord: ' ' is not valid; expected a text of at most/],
    ['"seed": 1', '"seeds": 1', /^seeds: there is no such field; expected policyAttempt/],
    ['"policyAttempt": 1', '"policyAttempt": 2', /^policyAttempt: 2 is not valid; expected the form's version, 1/],
  ] as const) {
    expect(() => readPolicyAttempt(text.replace(from, to))).toThrow(message);
  }
});
