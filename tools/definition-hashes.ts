/**
 * The module `virtual:brownout/definitions`: for every scenario, a hash of the bytes of its source. What a definition does
 * not want to say on its first pages stands in a folder of its name and is part of it. A recording names the definition
 * it was computed from by that hash, and the bytes are known only where the sources are, so it is taken at build. One
 * plugin serves Vite, Vitest and Rolldown; in development a change to a scenario reloads the module.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';

const PUBLIC_ID = 'virtual:brownout/definitions';
const RESOLVED_ID = `\0${PUBLIC_ID}`;

/** One scenario as the build sees it: its id is its file's name. */
export interface DefinitionSource {
  readonly id: string;
  readonly definitionFile: string;
  /** The files of the folder of the scenario's name, in the order of their names; most have none. */
  readonly furtherFiles: readonly string[];
  readonly guideFile: string;
}

/** Serves the virtual module for the scenarios found in `root`, the folder with one folder per chapter. */
export function definitionHashes(root: string): Plugin {
  const chapters = resolve(root);
  return {
    name: 'brownout-definition-hashes',
    resolveId(id) {
      return id === PUBLIC_ID ? RESOLVED_ID : undefined;
    },
    load(id) {
      if (id !== RESOLVED_ID) return undefined;
      const sources = findDefinitions(chapters);
      for (const { definitionFile, furtherFiles } of sources) {
        for (const file of [definitionFile, ...furtherFiles]) this.addWatchFile(file);
      }
      return { code: definitionsModule(sources), moduleType: 'js' };
    },
    hotUpdate: reloadedWithSources(chapters, RESOLVED_ID),
  };
}

/** In development, a change to any source of the catalogue in `chapters` loads the virtual module `id` anew. */
export function reloadedWithSources(chapters: string, id: string): NonNullable<Plugin['hotUpdate']> {
  return function reload({ file, modules }) {
    if (!resolve(file).startsWith(chapters + sep) || !file.endsWith('.ts')) return undefined;
    const served = this.environment.moduleGraph.getModuleById(id);
    return served && !modules.includes(served) ? [...modules, served] : undefined;
  };
}

/** Every `CHAPTER/NAME.ts` with a `NAME.md` beside it, by id; two of the same id are an error. */
export function findDefinitions(root: string): DefinitionSource[] {
  if (!existsSync(root)) return [];
  const found = new Map<string, DefinitionSource>();
  for (const chapter of readdirSync(root, { withFileTypes: true })) {
    if (!chapter.isDirectory()) continue;
    for (const file of readdirSync(join(root, chapter.name))) {
      if (!file.endsWith('.ts')) continue;
      const definitionFile = join(root, chapter.name, file);
      const id = basename(file, '.ts');
      const guideFile = join(dirname(definitionFile), `${id}.md`);
      if (!existsSync(guideFile)) continue;
      const other = found.get(id);
      if (other) throw new Error(`two scenarios are called '${id}': ${other.definitionFile} and ${definitionFile}`);
      const further = join(dirname(definitionFile), id);
      const furtherFiles = existsSync(further) ? readdirSync(further).filter((name) => name.endsWith('.ts')) : [];
      found.set(id, {
        id,
        definitionFile,
        furtherFiles: furtherFiles.sort().map((name) => join(further, name)),
        guideFile,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function definitionsModule(sources: readonly DefinitionSource[]): string {
  const entries = sources.map(({ id, definitionFile, furtherFiles }) => {
    const hash = createHash('sha256');
    for (const file of [definitionFile, ...furtherFiles]) hash.update(readFileSync(file));
    return [id, `sha256:${hash.digest('hex')}`];
  });
  return `export const definitions = ${JSON.stringify(Object.fromEntries(entries))};\n`;
}
