/** What a lab fetches when it is asked for is all on the list of what is fetched once the first run is shown. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ui = fileURLToPath(new URL('../../../ui', import.meta.url));
const LIST = 'pages/later-parts.ts';
/** Where there are no workers the engine computes in the page, with the whole catalogue: nobody waits for that. */
const ENGINE = 'worker/engine.ts';

/** Files that a file imports, relative to `ui`: those that come with it, and those that it fetches later. */
function importsOf(file: string): { with: string[]; later: string[] } {
  const text = readFileSync(join(ui, file), 'utf8');
  const found = (pattern: RegExp): string[] =>
    [...text.matchAll(pattern)]
      .map(([, path]) => relative(ui, join(ui, dirname(file), path)))
      .filter((path) => !path.startsWith('..') && existsSync(join(ui, path)));
  // A type alone is not fetched; what is only named as the type of an import is not either.
  return {
    with: found(/^\s*(?:import|export)\s+(?!type\b)[^;'"]*?from\s+'(\.[^']+)'/gm),
    later: found(/(?<!typeof )\bimport\(\s*'(\.[^']+)'/g),
  };
}

/** All files of the lab, by what they fetch later. */
function fetchedWithin(start: string): Set<string> {
  const seen = new Set<string>();
  const fetched = new Set<string>();
  const read = (file: string): void => {
    if (seen.has(file) || file === LIST || file === ENGINE) return;
    seen.add(file);
    const imports = importsOf(file);
    for (const path of imports.later) fetched.add(path);
    for (const path of [...imports.with, ...imports.later]) read(path);
  };
  read(start);
  return fetched;
}

it('names every part that some file of the lab fetches by itself, and no other', () => {
  const fetched = fetchedWithin('pages/LabPage.svelte');
  expect([...fetched]).toContain('charts/LinesTable.svelte');
  expect([...importsOf(LIST).later].toSorted()).toEqual([...fetched].toSorted());
});
