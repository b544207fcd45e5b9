/** The hold benchmark runs every contender it can, and reports in the bench command's terms. No speed is judged here. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { BenchmarkResult } from '../../../../scenarios/cli/bench/benchmark.ts';
import { measureInTurn } from '../../../../scenarios/cli/bench/benchmark.ts';
import { hold } from '../../../../scenarios/cli/bench/hold.ts';

const VARIANTS = ['exponential', 'bimodal', 'constant', 'far-future'];

function compilerFound(): boolean {
  return ['c++', 'g++', 'clang++'].some((compiler) => {
    try {
      execFileSync(compiler, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

const never = new AbortController().signal;

async function runQuick(): Promise<{ results: BenchmarkResult[]; lines: string[] }> {
  const lines: string[] = [];
  const results: BenchmarkResult[] = [];
  const progress = (line: string): number => lines.push(line);
  for await (const result of hold.run({ quick: true, progress, interrupted: never })) results.push(result);
  return { results, lines };
}

describe('bench hold', () => {
  test('compares with every peer at every size and distribution', { timeout: 60_000 }, async () => {
    const peers = ['tinyqueue', 'simjs', ...(compilerFound() ? ['c++ std::priority_queue'] : [])];
    const { results } = await runQuick();
    const cells = results.map(({ size, variant, peer }) => `${size} ${variant} ${peer}`);
    const wanted = [100, 10_000].flatMap((size) =>
      VARIANTS.flatMap((variant) => peers.map((peer) => `${size} ${variant} ${peer}`)),
    );
    expect(cells).toEqual(wanted);
    for (const { name, unit, value, peerValue, ratio } of results) {
      expect({ name, unit }).toEqual({ name: 'hold', unit: 'events/s' });
      for (const figure of [value, peerValue, ratio]) expect(figure).toBeGreaterThan(0);
    }
  });

  test('leaves C++ out and says so where nothing compiles it', { timeout: 60_000 }, async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const { results, lines } = await runQuick();
      expect(new Set(results.map(({ peer }) => peer))).toEqual(new Set(['tinyqueue', 'simjs']));
      expect(lines.join('\n')).toContain('no working C++ compiler');
    } finally {
      process.env['PATH'] = path;
    }
  });

  test("takes a contender's own CPU time where it reports one", async () => {
    const rates = await measureInTurn([{ name: 'elsewhere', work: () => ({ units: 10, cpuSeconds: 4 }) }], 2, never);
    expect(rates.get('elsewhere')).toEqual([2.5, 2.5]);
  });
});
