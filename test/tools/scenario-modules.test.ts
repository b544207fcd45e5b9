/** The scenarios as modules: each is fetched by itself, and those that nobody asks for stay out of the first file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { createServer } from 'vite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scenarioModules } from '../../tools/scenario-modules.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'brownout-scenarios-'));
  mkdirSync(join(root, 'chapters/caching'), { recursive: true });
  for (const id of ['stampede', 'hot-key']) write(id);
  writeFileSync(join(root, 'chapters/caching/wiring.ts'), 'no guide');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(id: string): void {
  writeFileSync(join(root, `chapters/caching/${id}.md`), '# Guide\n');
  writeFileSync(join(root, `chapters/caching/${id}.ts`), `export default { id: '${id}' };\n`);
}

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

it('have one that is added while the development server runs', async () => {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins: [scenarioModules(join(root, 'chapters'))],
    server: { middlewareMode: true, ws: false },
  });
  try {
    const ids = async (): Promise<string[]> => {
      const { scenarios } = await server.ssrLoadModule('virtual:brownout/scenarios');
      return Object.keys(scenarios as object);
    };
    expect(await ids()).toEqual(['hot-key', 'stampede']);
    write('cold-key');
    await expect.poll(ids).toEqual(['cold-key', 'hot-key', 'stampede']);
  } finally {
    await server.close();
  }
});
