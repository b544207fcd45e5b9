/**
 * What has to be fetched before a page is seen, as the scripts that the built page imports statically, compressed as a server would.
 * Of the frame and home, and of every scenario's page with its definition and guide, it is limited by how long it takes over a
 * slow mobile line, 1.6 Mbit/s, by which Lighthouse measures pages: 200 kB a second. What comes later (the editor, the drawer's tabs,
 * comparison, exercise) is in none of them, nor is the worker, which computes meanwhile.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findDefinitions } from '../../tools/definition-hashes.ts';

const BYTES_A_SECOND = 200_000;
/** For who looks around; and for who has chosen, with all models that the scenario is wired of. */
const [HOME_MAX, SCENARIO_MAX] = [0.5 * BYTES_A_SECOND, 1.5 * BYTES_A_SECOND];
/** What only the engine says. */
const ENGINE = 'events have run';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist/page');
const scripts = readdirSync(join(folder, 'assets'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => `assets/${name}`);
const text = new Map(scripts.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
const ids = findDefinitions(join(root, 'scenarios')).map(({ id }) => id);

/** The scripts that have a function a scenario that fetches something of it. */
const lists = [...text.values()].filter((source) => ids.every((id) => source.includes(`import(\`./${id}-`)));
/** By scenario: its definition and its guide, as the lists of the page have them. */
const own = new Map(
  ids.map((id) => {
    const fetched = new RegExp(`[{,]"?${id}"?:\\(\\)=>\\w+\\(\\(\\)=>import\\(\`\\./([^\`]+)\``);
    return [id, lists.flatMap((list) => fetched.exec(list)?.[1] ?? []).map((name) => `assets/${name}`)];
  }),
);

/** The script and all that it imports statically, relative to the page's folder. */
function closureOf(script: string, found = new Set<string>()): Set<string> {
  if (found.has(script)) return found;
  found.add(script);
  const source = text.get(script)!;
  const imports = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?\bfrom\s*)?["'`](\.[^"'`]+)["'`]/g;
  for (const [, path] of source.matchAll(imports)) closureOf(join(dirname(script), path), found);
  return found;
}

/** What is fetched for parts that are called by the names of their files, and for the frame around them. */
function fetchedFor(...parts: readonly string[]): string[] {
  const found = closureOf(entry());
  for (const part of parts) closureOf(scriptOf(part), found);
  return [...found];
}

function scriptOf(part: string): string {
  const found = scripts.filter((path) => nameOf(path) === part);
  expect(found, part).toHaveLength(1);
  return found[0];
}

function entry(): string {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/<script[^>]*\ssrc="\.\/([^"]+)"/g)].map(([, path]) => path);
  expect(entries).toHaveLength(1);
  const preloaded = [...html.matchAll(/<link[^>]*rel="modulepreload"[^>]*href="\.\/([^"]+)"/g)].map(([, path]) => path);
  // What the build has fetched at once is what we find, or our reading of imports has missed some.
  expect(preloaded).not.toEqual([]);
  expect([...closureOf(entries[0])]).toEqual(expect.arrayContaining(preloaded));
  return entries[0];
}

/** `assets/live-run-Ab12Cd34.js`: `live-run`. */
function nameOf(path: string): string {
  return basename(path).replace(/(?:-[\w-]{8})?\.js$/, '');
}

const weights = new Map<string, number>();
function weightOf(path: string): number {
  const known = weights.get(path) ?? gzipSync(text.get(path)!).length;
  weights.set(path, known);
  return known;
}
const weigh = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + weightOf(path), 0);

const listed = (paths: readonly string[]): string => paths.map((path) => `${path} ${weigh([path])}`).join('\n');

const hasEngine = (path: string): boolean => text.get(path)!.includes(ENGINE);

it('the frame and home are half a second of script at most, and home has no engine', () => {
  const frame = fetchedFor();
  // A canary: it holds the framework; less would mean that nothing was read.
  expect(weigh(frame)).toBeGreaterThan(15_000);
  const home = fetchedFor('CataloguePages', 'Home');
  expect(weigh(home), listed(home)).toBeLessThanOrEqual(HOME_MAX);
  expect(home.filter(hasEngine)).toEqual([]);
});

it.each(ids)('%s is a second and a half of script at most, with no engine and no other scenario', (id) => {
  const lab = fetchedFor('CataloguePages', 'LabPage', 'visited-lab');
  const parts = own.get(id)!;
  expect(parts).toHaveLength(2);
  const fetched = [...parts.reduce((found, path) => closureOf(path, found), new Set(lab))];
  expect(weigh(fetched), listed(fetched)).toBeLessThanOrEqual(SCENARIO_MAX);
  expect(fetched.filter(hasEngine)).toEqual([]);
  const others = ids.filter((other) => other !== id).flatMap((other) => own.get(other)!);
  expect(fetched.filter((path) => others.includes(path))).toEqual([]);
});

it('the worker has the engine', () => {
  expect(scripts.filter((path) => nameOf(path) === 'worker-entry' && hasEngine(path))).toHaveLength(1);
});

it('what a page imports is fetched with it, and not one after another', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const frame = [...closureOf(entry())].filter((path) => path !== entry());
  expect(frame.length).toBeGreaterThan(0);
  expect(frame.filter((path) => !html.includes(path))).toEqual([]);
  const pages = scriptOf('CataloguePages');
  const host = text.get(pages)!;
  const before = closureOf(pages, closureOf(entry()));
  const lab = [...closureOf(scriptOf('LabPage'))].filter((path) => !before.has(path));
  expect(lab.length).toBeGreaterThan(10);
  expect(lab.filter((path) => !host.includes(`./${basename(path)}`))).toEqual([]);
});
