/** The example that reads a trace: its misses are those of `cachesim` on the same file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { brownout } from '../command-line.ts';
import { run as cachesim } from '../cachesim/run-cachesim.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../docs/examples/eviction-of-a-trace.ts');
const folder = mkdtempSync(join(tmpdir(), 'brownout-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

it('shows what cachesim counts, for a policy, another and OPT', async () => {
  const path = join(folder, 'keys.txt.gz');
  const keys = Array.from({ length: 9000 }, (_, index) => `k${((index * index) % 997) % (1 + (index % 500))}`);
  writeFileSync(path, gzipSync(keys.join('\n')));
  vi.stubEnv('TRACE', path);
  const { code, out, err } = await brownout(`run ${EXAMPLE} --set eviction=arc --format json`);
  expect([code, err]).toEqual([0, '']);
  const [{ signals }] = JSON.parse(out).runs as { signals: Record<string, { mean: number; total: number }> }[];
  expect(signals['cache.lookups'].total).toBe(keys.length);
  const objects = new Set(keys).size;
  const sizes = [0.01, 0.1, 0.5].map((share) => Math.round(share * objects));
  const words = ['--policies', 'arc,opt-bypass', '--sizes', sizes.join(','), '--format', 'json'];
  const { results } = JSON.parse((await cachesim([path, ...words])).out);
  const lines = ['policy', 'opt'].flatMap((line) =>
    [1, 10, 50].map((percent) => `cache.miss_ratio.${line}.${percent}`),
  );
  expect(lines.map((name) => signals[name].mean)).toEqual(results.map((row: { missRatio: number }) => row.missRatio));
});

it('asks for a trace', async () => {
  vi.stubEnv('TRACE', undefined);
  const { code, err } = await brownout(`run ${EXAMPLE}`);
  expect(code).not.toBe(0);
  expect(err).toContain('TRACE: which file?');
});
