/** The build's hashes of scenario definitions: which files count, what is hashed, and what an ambiguous id does. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { definitionHashes } from '../../tools/definition-hashes.ts';

let catalogue: string;

beforeEach(() => {
  catalogue = mkdtempSync(join(tmpdir(), 'brownout-catalogue-'));
});
afterEach(() => rmSync(catalogue, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(catalogue, path)), { recursive: true });
  writeFileSync(join(catalogue, path), text);
}

/** What a module that is bundled with the plugin sees. */
async function definitions(): Promise<unknown> {
  const entry = join(catalogue, 'entry.js');
  writeFileSync(entry, `export { definitions } from 'virtual:brownout/definitions';\n`);
  const bundle = await rolldown({ input: entry, plugins: [definitionHashes(catalogue)] });
  const { output } = await bundle.generate({ format: 'esm' });
  const module = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
  return module.definitions;
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

it('are there for each file of a chapter with a guide beside it, and for no other', async () => {
  write('caching/stampede.ts', 'export default 1;\n');
  write('caching/stampede.md', '# Cache stampede\n\n`${ttl}` and "quotes"\n');
  write('messaging/poison.ts', 'export default 2;\n');
  write('messaging/poison.md', '# Poison\n');
  write('caching/wiring.ts', 'no guide');
  write('caching/notes.md', 'no definition');
  write('caching/deeper/nested.ts', 'not a chapter');
  write('caching/deeper/nested.md', 'not a chapter');
  write('index.ts', 'the catalogue itself');
  write('index.md', 'not a chapter');
  expect(await definitions()).toEqual({
    poison: sha256('export default 2;\n'),
    stampede: sha256('export default 1;\n'),
  });
});

it('change with any byte of the definition, and not with its guide', async () => {
  write('caching/stampede.ts', 'export default 1;\n');
  write('caching/stampede.md', 'guide');
  const before = await definitions();
  write('caching/stampede.md', 'better guide');
  expect(await definitions()).toEqual(before);
  write('caching/stampede.ts', 'export default 1; \n');
  expect(await definitions()).not.toMatchObject(before as object);
  expect(await definitions()).toEqual({ stampede: sha256('export default 1; \n') });
});

it('change with any byte of the folder of the definition’s name, in the order of the files’ names', async () => {
  write('caching/stampede.ts', 'one');
  write('caching/stampede.md', 'guide');
  write('caching/stampede/parts.ts', 'three');
  write('caching/stampede/limits.ts', 'two');
  write('caching/stampede/notes.txt', 'no source');
  expect(await definitions()).toEqual({ stampede: sha256('onetwothree') });
});

it('refuse two scenarios of one id', async () => {
  for (const chapter of ['caching', 'messaging']) {
    write(`${chapter}/twice.ts`, '');
    write(`${chapter}/twice.md`, '');
  }
  await expect(definitions()).rejects.toThrow(/two scenarios are called 'twice'/);
});
