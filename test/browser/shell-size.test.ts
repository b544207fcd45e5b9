/**
 * What a first visit has to load before anything is seen: the scripts that the built page's entry imports statically.
 * At most 120 kB of them compressed as a server would, the editor and other parts that come later left out.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const SHELL_MAX = 120_000;
const folder = fileURLToPath(new URL('../../dist/page', import.meta.url));

/** The script and all that it imports statically, relative to the page's folder. */
function shellOf(script: string, found = new Set<string>()): Set<string> {
  if (found.has(script)) return found;
  found.add(script);
  const source = readFileSync(join(folder, script), 'utf8');
  const imports = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?\bfrom\s*)?["'`](\.[^"'`]+)["'`]/g;
  for (const [, path] of source.matchAll(imports)) shellOf(join(dirname(script), path), found);
  return found;
}

it('the app shell is at most 120 kB of script', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/<script[^>]*\ssrc="\.\/([^"]+)"/g)].map(([, path]) => path);
  expect(entries).toHaveLength(1);
  const preloaded = [...html.matchAll(/<link[^>]*rel="modulepreload"[^>]*href="\.\/([^"]+)"/g)].map(([, path]) => path);
  const shell = [...shellOf(entries[0])];
  // What the build would have fetched at once is what we found, or our reading of imports has missed some.
  expect(shell).toEqual(expect.arrayContaining(preloaded));
  const sizes = shell.map((path) => [path, gzipSync(readFileSync(join(folder, path))).length] as const);
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  expect(sum, sizes.map(([path, size]) => `${path} ${size}`).join('\n')).toBeLessThanOrEqual(SHELL_MAX);
  // A canary: the shell holds the framework and the page's frame; less would mean that nothing was read. The catalogue
  // grows with every scenario and is none of it.
  expect(sum).toBeGreaterThan(15_000);
  expect(sizes.map(([path]) => path).filter((path) => path.includes('sim-core'))).toEqual([]);
});
