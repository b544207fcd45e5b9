/**
 * The module `virtual:brownout/listing`: what home lists, in the catalogue's order. The catalogue is run at build, and what a list
 * needs is written down, so that neither the engine nor a definition is sent to somebody who looks for a scenario.
 */
import { resolve } from 'node:path';
import { runnerImport, type Plugin } from 'vite';
import type { CatalogueEntry } from '../scenarios/index.ts';
import type * as listings from '../ui/models/listing.ts';
import { definitionHashes, findDefinitions, reloadedWithSources } from './definition-hashes.ts';

const PUBLIC_ID = 'virtual:brownout/listing';
const RESOLVED_ID = `\0${PUBLIC_ID}`;

/** Serves the virtual module for the catalogue in `root`, `scenarios/index.ts` and one folder per chapter. */
export function catalogueListing(root: string): Plugin {
  const chapters = resolve(root);
  return {
    name: 'brownout-catalogue-listing',
    resolveId(id) {
      return id === PUBLIC_ID ? RESOLVED_ID : undefined;
    },
    async load(id) {
      if (id !== RESOLVED_ID) return undefined;
      this.addWatchFile(resolve(chapters, 'index.ts'));
      for (const { definitionFile } of findDefinitions(chapters)) this.addWatchFile(definitionFile);
      const listing = (await listedIn(chapters)).map((scenario) => ({ scenario }));
      return { code: `export const listing = ${JSON.stringify(listing)};\n`, moduleType: 'js' };
    },
    hotUpdate: reloadedWithSources(chapters, RESOLVED_ID),
  };
}

/** Runs the catalogue, and takes from it what is listed. */
async function listedIn(chapters: string): Promise<listings.ListedScenario[]> {
  const run = async <Exports>(path: string): Promise<Exports> => {
    const { module } = await runnerImport<Exports>(resolve(chapters, path), {
      configFile: false,
      root: chapters,
      logLevel: 'error',
      plugins: [definitionHashes(chapters)],
    });
    return module;
  };
  const { catalogue } = await run<{ catalogue: readonly CatalogueEntry[] }>('index.ts');
  const { listed } = await run<typeof listings>('../ui/models/listing.ts');
  return catalogue.map(({ scenario }) => listed(scenario));
}
