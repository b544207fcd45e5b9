/** Scenarios of the catalogue, one by one; users' scenario files: what runs, and what is said of those that do not. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { scenarios } from 'virtual:brownout/scenarios';
import { findScenario, loadScenario } from '../../../scenarios/cli/load-scenario.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { brownout } from './command-line.ts';
import { userFolder, userScenario } from './run/user-scenario.ts';

const folder = userFolder();
afterAll(() => folder.remove());

it('finds each scenario of the catalogue as the catalogue has it, and no other', async () => {
  expect(Object.keys(scenarios).toSorted()).toEqual(catalogue.map(({ scenario }) => scenario.id).toSorted());
  for (const { scenario, definition } of catalogue) {
    const found = await findScenario(scenario.id);
    expect(found.scenario).toBe(scenario);
    expect(found.definition).toBe(definition);
  }
});

it('runs a file in TypeScript and one in JavaScript, from a folder that has no packages, to the same digests', async () => {
  const typed = folder.write(
    'mine.ts',
    `import type { Simulation } from 'brownout';${userScenario({ sim: ': Simulation' })}`,
  );
  const plain = folder.write('mine.js', userScenario());
  const digests: string[][] = [];
  for (const file of [typed, plain]) {
    const { code, out, err } = await brownout(`run ${file} --format json`);
    expect(err).toBe('');
    expect(code).toBe(0);
    const { runs } = JSON.parse(out) as { runs: { digest: string; events: number }[] };
    expect(runs.every(({ events }) => events > 1000)).toBe(true);
    digests.push(runs.map(({ digest }) => digest));
  }
  expect(digests[0]).toEqual(digests[1]);
});

it('names the definition by the hash of its bytes, and reads a changed file anew', async () => {
  const file = folder.write('again.js', userScenario());
  const hash = (): string => `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
  const first = await loadScenario(file);
  expect(first.definition).toBe(hash());
  folder.write('again.js', userScenario().replace('My own', 'My other'));
  const second = await loadScenario(file);
  expect(second.definition).toBe(hash());
  expect(second.scenario.title).toBe('My other');
});

folder.write('library.ts', '\n\nexport function broken(): never {\n  throw new TypeError("in the library");\n}\n');
it.each([
  ['throws.ts', 'const a: number = 1;\n\nthrow new Error(`kaputt ${a}`);\n', 'throws.ts:3: kaputt 1'],
  ['syntax.ts', 'const a = 1;\n\n\nconst b = = 2;\n', 'syntax.ts:4: ParseError: Unexpected token'],
  ['throws-text.js', 'throw "only a text";\n', 'throws-text.js: only a text'],
  ['missing.ts', '\nimport x from "no-such-package";\nexport default x;\n', "Cannot find module 'no-such-package'"],
  ['deep.ts', 'import { broken } from "./library.ts";\nexport default broken();\n', 'library.ts:4: in the library'],
  ['no-default.ts', 'export const scenario = 1;\n', 'no-default.ts: it has no default export'],
  ['number.js', 'export default 5;\n', 'number.js: its default export is no scenario but a number'],
  ['empty.js', 'export default {};\n', 'empty.js: its default export is no scenario: scenario undefined: id: expected'],
  [
    'role.js',
    userScenario().replace("busy: 'fault'", ''),
    'role.js:5: scenario mine: roles: the variant busy has none',
  ],
])('says what is wrong with %s', async (name, text, complaint) => {
  const file = folder.write(name, text);
  const { code, out, err } = await brownout(`run ${file}`);
  expect(err).toContain(complaint);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(out).toBe('');
  expect(code).toBe(2);
});

it('reports a system that throws as a failed run, with the line', async () => {
  const file = folder.write(
    'throws-in-system.js',
    userScenario().replace('const link', 'undefined.x;\n    const link'),
  );
  const { code, err } = await brownout(`run ${file} --variant calm`);
  expect(err).toMatch(/^brownout: mine calm seed 3: Cannot read .*throws-in-system\.js:19\)\n$/);
  expect(code).toBe(3);
});
