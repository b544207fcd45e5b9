/** cachesim's memory grows with the distinct objects of a trace, not with its requests. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const OBJECTS = 10_000;

let directory: string;
beforeAll(() => {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli'];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  directory = mkdtempSync(join(tmpdir(), 'brownout-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A trace of so many requests for the same objects, each as often, in an order that repeats itself after all of them. */
function traceOf(requests: number): string {
  const path = join(directory, `${requests}.txt`);
  const round = Array.from({ length: OBJECTS }, (_, i) => `object-${(i * 7919) % OBJECTS}`).join('\n');
  const file = openSync(path, 'w');
  for (let written = 0; written < requests; written += OBJECTS) writeSync(file, `${round}\n`);
  closeSync(file);
  return path;
}

/**
 * Peak memory of the command in a process of its own, in bytes. Its young generation is kept small: by default it is let grow
 * to 48 MB as a process goes on, whatever that holds.
 */
function peakOf(words: readonly string[]): number {
  const reporting = `
    process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS));
    await import(process.argv[1]);`;
  const program = join(root, 'dist/brownout.js');
  const options = ['--max-semi-space-size=2', '--input-type=module', '--eval', reporting, '--', program, ...words];
  const { status, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return 1024 * Number(/peak (\d+)$/.exec(stderr)![1]);
}

it.each([
  ['directly', '100'],
  ['by way of the temporary file', '10%'],
])('a trace thirty times as long takes no more memory, replayed %s', { timeout: 200_000 }, (_how, size) => {
  const [few, many] = [100_000, 3_000_000];
  const words = ['--policies', 'lru,w-tinylfu', '--sizes', size];
  const short = peakOf(['cachesim', traceOf(few), ...words]);
  const trace = traceOf(many);
  const long = Math.min(...[1, 2].map(() => peakOf(['cachesim', trace, ...words])));
  // What the collector leaves lying, at four bytes a request would be 12 MB of ids alone, and the text is 35 MB.
  expect(long - short).toBeLessThan(32e6);
});
