/**
 * The package as others meet it: the built library in plain Node and through a bundler for the browser, the command line,
 * and the declarations under both ways in which TypeScript resolves packages, with libraries checked.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findDefinitions } from '../../tools/definition-hashes.ts';
import { compile } from './compile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let consumer: string;

beforeAll(() => {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli', 'types'];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  consumer = mkdtempSync(join(tmpdir(), 'brownout-consumer-'));
  mkdirSync(join(consumer, 'node_modules'));
  symlinkSync(root, join(consumer, 'node_modules/brownout'), 'dir');
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(
    join(consumer, 'index.ts'),
    `import { ENGINE_VERSION } from 'brownout';\nexport const version: string = ENGINE_VERSION;\n`,
  );
  writeFileSync(
    join(consumer, 'index.js'),
    `import { ENGINE_VERSION } from 'brownout';\nprocess.stdout.write(ENGINE_VERSION);\n`,
  );
}, 300_000);
afterAll(() => rmSync(consumer, { recursive: true, force: true }));

it('the library needs nothing beside itself', () => {
  const text = readFileSync(join(root, 'dist/index.js'), 'utf8');
  expect(ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)).toEqual([]);
});

it('the library works in plain Node', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(execFileSync(process.execPath, ['index.js'], { cwd: consumer, encoding: 'utf8' })).toBe(version);
});

it('the library goes through a bundler for the browser without a warning', async () => {
  const warnings: string[] = [];
  const bundle = await rolldown({
    input: join(consumer, 'index.js'),
    platform: 'browser',
    onwarn: ({ message }) => warnings.push(message),
  });
  const { output } = await bundle.generate({ format: 'esm' });
  expect(warnings).toEqual([]);
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
});

it('who runs a scenario loads no other, no server’s client, and no peer of a benchmark', () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    for (const [, name] of text.matchAll(/^import .*"\.\/(brownout-[\w-]+\.js)";$/gm)) load(name);
  };
  load('brownout.js');
  load('brownout-run.js');
  expect(loaded.size).toBeGreaterThan(3);
  expect([...loaded]).not.toEqual(expect.arrayContaining([expect.stringMatching(/twin|bench/)]));
  const scenarios = findDefinitions(join(root, 'scenarios')).map(({ id }) => `brownout-${id}.js`);
  expect(readdirSync(join(root, 'dist'))).toEqual(expect.arrayContaining(scenarios));
  expect(scenarios.filter((file) => loaded.has(file))).toEqual([]);
  load('brownout-stampede.js');
  expect(scenarios.filter((file) => loaded.has(file))).toEqual(['brownout-stampede.js']);
});

it.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext'],
])('the declarations serve a consumer that resolves by %s', (resolution, module) => {
  const options = `--moduleResolution ${resolution} --module ${module} --target es2023 --lib es2023 --strict --noEmit`;
  const words = ['index.ts', ...options.split(' '), '--skipLibCheck', 'false', '--listFiles'];
  const { status, stdout } = compile(consumer, words);
  const read = stdout.split('\n').filter((line) => line.includes('/sim-core/'));
  expect(status, stdout).toBe(0);
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter((name) => !name.includes('/dist/types/'))).toEqual([]);
});

it('no declaration names a source file', () => {
  const folder = join(root, 'dist/types');
  const named = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .flatMap((name) => ts.preProcessFile(readFileSync(join(folder, name), 'utf8'), true, true).importedFiles)
    .map(({ fileName }) => fileName);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
});
