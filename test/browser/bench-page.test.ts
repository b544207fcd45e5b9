/** `brownout bench page` drives the built page and reports every figure that it promises. No figure is judged here. */
import { execFile, execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { BenchmarkResult } from '../../scenarios/cli/bench/benchmark.ts';
import { PARTS } from '../../scenarios/cli/bench/page/delays.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('tells the engine beside Node’s, and how soon a reader sees what they asked for', { timeout: 300_000 }, async () => {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli'];
  execFileSync(process.execPath, build, { cwd: root, stdio: 'ignore' });
  const words = ['dist/brownout.js', 'bench', 'page', '--quick', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
  const { results } = JSON.parse(stdout) as { results: BenchmarkResult[] };
  const [engine, ...times] = results;
  expect(engine).toMatchObject({ name: 'page', unit: 'requests/s', peer: 'Node' });
  const way = Object.values(PARTS).map((words) => `step, ${words}`);
  const both = (what: string): string[] => ['median', 'p95'].map((figure) => `${what}, ${figure}`);
  expect(times.map(({ variant, unit }) => [variant, unit])).toEqual(
    [
      ...[...both('step to screen'), ...way, ...both('drag to screen')].map((what) => `stampede: ${what}`),
      ...[...both('step to screen'), ...way, ...both('drag to screen')].map((what) => `all scenarios: ${what}`),
      ...both('stampede: script of a frame'),
      ...both('stampede: scrub to screen'),
      ...both('stampede: scrub to screen, while a run is computed'),
    ].map((variant) => [variant, 'ms']),
  );
  // A part of the way can be shorter than a browser's clock tells.
  for (const { value, variant } of results)
    expect(value).toBeGreaterThan(way.some((part) => variant?.endsWith(part)) ? -1 : 0);
  expect(times[0]).toMatchObject({ peer: 'Node, the run alone' });
  // Script of frames: with as many dots on the stage as the aim speaks of, in every frame.
  for (const { size } of times.filter(({ variant }) => variant?.includes('script')))
    expect(size).toBeGreaterThanOrEqual(400);
});
