/** `brownout bench`: its document, that every benchmark runs, and that it can be stopped. No figure is judged here. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkResult } from '../../../../scenarios/cli/bench/benchmark.ts';
import { brownout } from '../command-line.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const resultsOf = (out: string): BenchmarkResult[] => (JSON.parse(out) as { results: BenchmarkResult[] }).results;

it.each([
  ['process-switch', 'switches/s', 1],
  ['mm1', 'customers/s', 2],
  ['requests', 'requests/s', 2],
  ['cachesim', 'requests/s', 16],
])(
  '%s prints the document of the contract, each figure beside a peer’s',
  { timeout: 300_000 },
  async (name, unit, atLeast) => {
    const { code, out, err } = await brownout(`bench ${name} --quick --json`);
    expect(code).toBe(0);
    expect(err).toContain(`${name}: `);
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['results']);
    const results = resultsOf(out);
    expect(results.length).toBeGreaterThanOrEqual(atLeast);
    for (const result of results) {
      expect(result.name.startsWith(name)).toBe(true);
      expect(result.unit).toBe(unit);
      expect(typeof result.peer).toBe('string');
      for (const figure of [result.value, result.peerValue!, result.ratio!]) {
        expect(Number.isFinite(figure) && figure > 0, JSON.stringify(result)).toBe(true);
      }
    }
  },
);

it('leaves out by name what the sources alone cannot measure', async () => {
  const { code, out, err } = await brownout('bench page memory --quick --json');
  expect(code).toBe(0);
  expect(resultsOf(out)).toEqual([]);
  expect(err).toMatch(/^page: .*; left out$/m);
  expect(err).toMatch(/^memory: .*; left out$/m);
});

it('stops before the next sample when it is interrupted, and prints what was measured', async () => {
  const interruption = new AbortController();
  let said = '';
  const { code, out } = await brownout('bench hold mm1 --quick --json', {
    interrupted: interruption.signal,
    err: (text) => {
      said += text;
      if (text.includes('bimodal')) interruption.abort();
    },
  });
  expect(code).toBe(130);
  expect(new Set(resultsOf(out).map(({ variant }) => variant))).toEqual(new Set(['exponential']));
  expect(said).toMatch(/interrupted; what was measured until then is printed\n$/);
});

describe('the built command', () => {
  beforeAll(() => {
    const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli'];
    execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  });

  it.each(['process-switch', 'memory'])('hears Ctrl-C while %s is computing', async (name) => {
    const child = spawn(process.execPath, [`${root}/dist/brownout.js`, 'bench', name, '--json']);
    const out = textOf(child.stdout);
    const closed = once(child, 'close') as Promise<[number | null]>;
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect((await closed)[0]).toBe(130);
    expect(resultsOf(await out)).toEqual([]);
  });
});

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
