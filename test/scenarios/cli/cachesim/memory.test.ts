/** cachesim's memory grows with the distinct objects of a trace, not with its requests. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCommandLine, peakOf } from '../peak-memory.ts';

const OBJECTS = 10_000;

let directory: string;
beforeAll(() => {
  buildCommandLine();
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

/** Its young generation is kept small: by default it is let grow to 48 MB as a process goes on, whatever that holds. */
const peak = (words: readonly string[]): number => peakOf(words, { flags: ['--max-semi-space-size=2'] });

it.each([
  ['directly', '100'],
  ['by way of the temporary file', '10%'],
])('a trace thirty times as long takes no more memory, replayed %s', { timeout: 200_000 }, (_how, size) => {
  const [few, many] = [100_000, 3_000_000];
  const words = ['--policies', 'lru,w-tinylfu', '--sizes', size];
  const short = peak(['cachesim', traceOf(few), ...words]);
  const trace = traceOf(many);
  const long = Math.min(...[1, 2].map(() => peak(['cachesim', trace, ...words])));
  // What the collector leaves lying, at four bytes a request would be 12 MB of ids alone, and the text is 35 MB.
  expect(long - short).toBeLessThan(32e6);
});
