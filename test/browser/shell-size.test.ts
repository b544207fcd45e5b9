/**
 * What has to be fetched before a page is seen, as the scripts that the built page imports statically: its frame, home, and
 * the page of a scenario, each at most 120 kB compressed as a server would. What comes later (the editor, the drawer's
 * tabs, comparison, exercise) is in none of them. Of a scenario's page three things are weighed by themselves: what it calls
 * of the engine, where the parts of the catalogue are to be found, and the definition with the models that it is wired of.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const SCRIPT_MAX = 120_000;
/** Where each scenario's definition and guide are to be found, and which definition it is. */
const ADDRESSES = ['visited-lab', 'definitions', 'guides'];
const ADDRESSES_MAX = 15_000;
const ENGINE_CALLED_MAX = 10_000;
const DEFINITION_MAX = 80_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist/page');
const scripts = readdirSync(join(folder, 'assets'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => `assets/${name}`);
const modulesOf = (room: string): Set<string> =>
  new Set(readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((path) => nameOf(path)));
const [engine, page] = ['sim-core', 'ui'].map(modulesOf);

/** The script and all that it imports statically, relative to the page's folder. */
function closureOf(script: string, found = new Set<string>()): Set<string> {
  if (found.has(script)) return found;
  found.add(script);
  const source = readFileSync(join(folder, script), 'utf8');
  const imports = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?\bfrom\s*)?["'`](\.[^"'`]+)["'`]/g;
  for (const [, path] of source.matchAll(imports)) closureOf(join(dirname(script), path), found);
  return found;
}

/** What is fetched for parts that are called by the names of their files, and for the frame around them. */
function fetchedFor(...parts: readonly string[]): string[] {
  const found = closureOf(entry());
  for (const part of parts) {
    const own = scripts.filter((path) => nameOf(path) === part);
    expect(own, part).toHaveLength(1);
    closureOf(own[0], found);
  }
  return [...found];
}

function entry(): string {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/<script[^>]*\ssrc="\.\/([^"]+)"/g)].map(([, path]) => path);
  expect(entries).toHaveLength(1);
  const preloaded = [...html.matchAll(/<link[^>]*rel="modulepreload"[^>]*href="\.\/([^"]+)"/g)].map(([, path]) => path);
  // What the build would have fetched at once is what we find, or our reading of imports has missed some.
  expect([...closureOf(entries[0])]).toEqual(expect.arrayContaining(preloaded));
  return entries[0];
}

/** `assets/live-run-Ab12.js`, or `ui/models/live-run.ts`: `live-run`. */
function nameOf(path: string): string {
  return basename(path).replace(/(?:-[\w-]{8})?\.js$|(?:\.svelte)?(?:\.ts)?$/, '');
}

const weigh = (paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);

const listed = (paths: readonly string[]): string => paths.map((path) => `${path} ${weigh([path])}`).join('\n');

/** Chunks that hold modules of the engine; one that might be called by a module of the page counts as the page's. */
const isEngine = (path: string): boolean => engine.has(nameOf(path)) && !page.has(nameOf(path));

it('the frame and home are at most 120 kB of script, and home has no engine', () => {
  const frame = fetchedFor();
  expect(weigh(frame), listed(frame)).toBeLessThanOrEqual(SCRIPT_MAX);
  // A canary: it holds the framework; less would mean that nothing was read.
  expect(weigh(frame)).toBeGreaterThan(15_000);
  const home = fetchedFor('CataloguePages', 'Home');
  expect(weigh(home), listed(home)).toBeLessThanOrEqual(SCRIPT_MAX);
  expect(home.map(nameOf)).not.toContain('simulation');
});

it('a scenario’s page is at most 120 kB of script, beside what it calls of the engine and the catalogue’s addresses', () => {
  const lab = fetchedFor('CataloguePages', 'LabPage', 'visited-lab');
  const [called, addresses] = [isEngine, (path: string) => ADDRESSES.includes(nameOf(path))].map((is) =>
    lab.filter(is),
  );
  expect(weigh(called), listed(called)).toBeLessThanOrEqual(ENGINE_CALLED_MAX);
  expect(weigh(addresses), listed(addresses)).toBeLessThanOrEqual(ADDRESSES_MAX);
  const own = lab.filter((path) => ![...called, ...addresses].includes(path));
  expect(weigh(own), listed(own)).toBeLessThanOrEqual(SCRIPT_MAX);
  expect(lab.map(nameOf)).not.toContain('simulation');
});

it('a definition comes with the models that it is wired of, and with no other scenario', () => {
  const lab = new Set(fetchedFor('CataloguePages', 'LabPage', 'visited-lab'));
  // A guide is data and imports nothing.
  const [stampede] = scripts.filter((path) => nameOf(path) === 'stampede' && closureOf(path).size > 1);
  const more = [...closureOf(stampede)].filter((path) => !lab.has(path));
  expect(more.map(nameOf)).toContain('service');
  expect(more.map(nameOf)).not.toContain('kafka-replication');
  expect(weigh(more), listed(more)).toBeLessThanOrEqual(DEFINITION_MAX);
  // Of the engine as a whole, which is the worker's, it is a small part.
  const [worker, ...others] = scripts.filter((path) => nameOf(path) === 'entry');
  expect(others).toEqual([]);
  expect(weigh(more)).toBeLessThan(weigh([worker]) / 5);
});
