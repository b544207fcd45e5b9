/** The figures that `cachesim` prints for the real traces of the shared data, beside the reference's. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run-cachesim.ts';

const traces = join(
  process.env['BROWNOUT_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url)),
  'data/traces',
);
const hasTraces = existsSync(traces) || process.env['CI'] !== undefined;

describe.skipIf(!hasTraces)('cachesim on multi1 of the shared traces (skipped where they are absent)', () => {
  it('agrees with both reference simulators', async () => {
    const reference = readFileSync(join(traces, 'reference.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(','))
      .filter(([trace]) => trace === 'multi1');
    const sources = {
      fifo: ['libCacheSim:fifo', 'caffeine-simulator:linked.FIFO'],
      lru: ['libCacheSim:lru', 'caffeine-simulator:linked.LRU'],
      lfu: ['libCacheSim:lfu', 'caffeine-simulator:linked.LFU'],
      opt: ['libCacheSim:belady'],
      'opt-bypass': ['caffeine-simulator:opt.Clairvoyant'],
    };
    const names = Object.keys(sources) as (keyof typeof sources)[];
    const sizes = [...new Set(reference.map(([, , size]) => size))];
    const { out } = await run([
      join(traces, 'multi1.txt.gz'),
      '--policies',
      names.join(','),
      '--sizes',
      sizes.join(','),
      '--format',
      'json',
    ]);
    const { trace, results } = JSON.parse(out);
    expect(trace).toEqual({ requests: 15_858, objects: 2606 });
    const compared = new Map<string, number>();
    for (const [, source, size, , missRatio] of reference) {
      const name = names.find((one) => sources[one].includes(source));
      if (name === undefined) continue;
      const own = results.find(
        (row: { policy: string; size: number }) => row.policy === name && row.size === Number(size),
      );
      expect(`${source} ${size} ${own.missRatio.toFixed(6)}`).toBe(`${source} ${size} ${missRatio}`);
      compared.set(source, (compared.get(source) ?? 0) + 1);
    }
    const everySource = Object.values(sources).flat();
    expect([...compared.keys()].sort()).toEqual([...everySource].sort());
    for (const source of everySource) expect([source, compared.get(source)]).toEqual([source, sizes.length]);
  });
});

describe.skipIf(!hasTraces)('cachesim --policies w-tinylfu on shared traces (skipped where they are absent)', () => {
  it.each(['2_pools', 'cloudPhysicsIO'])("repeats the figures of Caffeine's simulator on %s", async (name) => {
    const expected = readFileSync(join(traces, 'reference.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(','))
      .filter(([trace, policy]) => trace === name && policy === 'caffeine-simulator:sketch.WindowTinyLfu(1%)')
      .map(([, , size, , missRatio]) => [Number(size), missRatio]);
    expect(expected.length).toBeGreaterThanOrEqual(3);
    const sizes = expected.map(([size]) => size).join(',');
    const words = [join(traces, `${name}.txt.gz`), '--policies', 'w-tinylfu', '--sizes', sizes, '--format', 'json'];
    const missRatios = async (...more: string[]): Promise<[number, string][]> =>
      JSON.parse((await run([...words, ...more])).out).results.map((row: { size: number; missRatio: number }) => [
        row.size,
        row.missRatio.toFixed(6),
      ]);
    expect(await missRatios()).toEqual(expected);
    // Another stream of draws admits others: the figures do hang on the source's own.
    expect(await missRatios('--seed', '2')).not.toEqual(expected);
  });
});
