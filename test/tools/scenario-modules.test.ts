/** The scenarios as modules: each is fetched by itself, and those that nobody asks for stay out of the first file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scenarioModules } from '../../tools/scenario-modules.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'brownout-scenarios-'));
  mkdirSync(join(root, 'chapters/caching'), { recursive: true });
  for (const id of ['stampede', 'hot-key']) {
    writeFileSync(join(root, `chapters/caching/${id}.ts`), `export default { id: '${id}' };\n`);
    writeFileSync(join(root, `chapters/caching/${id}.md`), '# Guide\n');
  }
  writeFileSync(join(root, 'chapters/caching/wiring.ts'), 'no guide');
});
afterEach(() => rmSync(root, { recursive: true }));

it('have a function a scenario that fetches it', async () => {
  const entry = join(root, 'entry.js');
  writeFileSync(entry, `export { scenarios } from 'virtual:brownout/scenarios';\n`);
  const bundle = await rolldown({ input: entry, plugins: [scenarioModules(join(root, 'chapters'))] });
  const { output } = await bundle.write({ dir: join(root, 'out'), format: 'esm', entryFileNames: '[name].mjs' });
  const [first] = output;
  expect(first.code).not.toMatch(/id:/);
  const { scenarios } = await import(pathToFileURL(join(root, 'out', first.fileName)).href);
  expect(Object.keys(scenarios)).toEqual(['hot-key', 'stampede']);
  expect((await scenarios.stampede()).default).toEqual({ id: 'stampede' });
});
