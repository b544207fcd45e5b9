/**
 * Whatever factor V8 would let the old generation grow by, it is collected at half as much again. In a process of its own each: the
 * flag is of the whole process. V8's own factor hangs on how busy the machine is, so it is given the largest that it takes for itself.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../scenarios/cli/old-generation.ts', import.meta.url));
const JITI = createRequire(import.meta.url).resolve('jiti');

const MB = 2 ** 20;
/** Of each of the two halves of the young generation, in MB. */
const HALF = 1;
/** Marking beside the program is left out, since what is born meanwhile hangs on how busy the machine is, too. */
const FLAGS = [
  '--heap-growing-percent=300',
  `--max-semi-space-size=${HALF}`,
  '--no-incremental-marking',
  '--expose-gc',
];

/** Keeps the last 40,000 of many arrays, which all live long enough to be moved there; says how much lives, and how much it held at most. */
const script = (isBounded: boolean): string => `
  const { createJiti } = require(${JSON.stringify(JITI)});
  createJiti(${JSON.stringify(MODULE)}).import(${JSON.stringify(MODULE)}).then(({ boundOldGeneration }) => {
    const kept = [];
    const replace = (count) => {
      let most = 0;
      for (let i = 0; i < count; i++) {
        kept[i % 40_000] = new Array(32).fill(i);
        if (i % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
      }
      return most;
    };
    replace(40_000);
    if (${isBounded}) boundOldGeneration();
    gc();
    const alive = process.memoryUsage().heapUsed;
    console.log(JSON.stringify({ alive, most: replace(300_000) }));
  });
`;

/** Bytes that live, and that it held at most. */
interface Held {
  readonly alive: number;
  readonly most: number;
}

async function heldBy(isBounded: boolean): Promise<Held> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, '-e', script(isBounded)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout) as Held;
}

/** What V8 lets the heap grow to at a factor: to what lives and 8 MB at least, and the young generation beside it, in both of its halves. */
const limitAt = (factor: number, alive: number): number => Math.max(factor * alive, alive + 8 * MB) + 2 * HALF * MB;

it('grows by half, and what is new', async () => {
  const { alive, most } = await heldBy(true);
  expect(most).toBeLessThan(limitAt(1.5, alive));
});

it('would grow by more', async () => {
  const { alive, most } = await heldBy(false);
  expect(most).toBeGreaterThan(limitAt(1.5, alive));
  expect(most).toBeLessThan(limitAt(4, alive));
});
