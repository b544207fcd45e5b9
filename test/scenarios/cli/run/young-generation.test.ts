/**
 * The young generation stays at its bound whatever survives in it, where it would grow to twice as much. Each in a process of its
 * own: how far it has grown, and the flag that bounds it, are of the whole process.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BOUND = 16 * 2 ** 20;
/** V8 rounds to its pages. */
const ROUNDING = 2 ** 20;

const MODULE = fileURLToPath(new URL('../../../../scenarios/cli/run/young-generation.ts', import.meta.url));
const JITI = createRequire(import.meta.url).resolve('jiti');

/** Lets much survive for a while, and says what the young generation takes then, in bytes. */
const script = (isBounded: boolean): string => `
  const { createJiti } = require(${JSON.stringify(JITI)});
  createJiti(${JSON.stringify(MODULE)}).import(${JSON.stringify(MODULE)}).then((module) => {
    const survivors = [];
    for (let i = 0; i < 400_000; i++) {
      survivors[i % 60_000] = [i, i, i, i, i, i, i, i];
      if (${isBounded} && i % 1000 === 0) module.boundYoungGeneration();
    }
    console.log(survivors.length, module.youngGenerationSize());
  });
`;

async function sizeAfter(isBounded: boolean): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script(isBounded)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [survivors, size] = stdout.split(' ').map(Number);
  expect(survivors).toBe(60_000);
  return size;
}

it('does not grow beyond its bound', async () => {
  expect(await sizeAfter(true)).toBeLessThanOrEqual(BOUND + ROUNDING);
});

it('would have grown beyond it', async () => {
  expect(await sizeAfter(false)).toBeGreaterThan(BOUND + ROUNDING);
});
