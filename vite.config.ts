/**
 * How the page is served in development and built: `ui/` is its root, `dist/page/` its output. Its addresses are
 * relative, so that the built folder works under any path.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, normalizePath } from 'vite';
import { catalogueListing } from './tools/catalogue-listing.ts';
import { definitionHashes } from './tools/definition-hashes.ts';
import { developmentPolicy } from './tools/development-policy.ts';
import { guideModules } from './tools/guide-modules.ts';
import { scenarioModules } from './tools/scenario-modules.ts';
import { sandboxScript } from './tools/sandbox-script.ts';
import { serviceWorker } from './tools/service-worker.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Modules of these folders do nothing by being imported, so that what is not used of one is left out. */
const INERT = new RegExp(
  `^${normalizePath(here('./')).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?:sim-core|scenarios)/`,
);

/**
 * Where a browser has no workers the page computes and exports in itself, with the whole catalogue. Whatever else is fetched comes with
 * all that it imports, in one round trip; the list of that alone would be longer than the scripts that ask for it.
 */
const ENGINE_IN_PAGE = /\/(?:simulator|export-run)-[^/]*$/;

export default defineConfig({
  root: here('./ui'),
  base: './',
  plugins: [
    svelte({ configFile: false }),
    definitionHashes(here('./scenarios')),
    guideModules(here('./scenarios')),
    scenarioModules(here('./scenarios')),
    catalogueListing(here('./scenarios')),
    sandboxScript(here('./scenarios/own-policy/sandbox/entry.ts')),
    developmentPolicy(),
    serviceWorker(here('./ui/offline/service-worker.ts')),
  ],
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: 'assets/worker-[name]-[hash].js' } },
    plugins: () => [
      definitionHashes(here('./scenarios')),
      sandboxScript(here('./scenarios/own-policy/sandbox/entry.ts')),
    ],
  },
  server: { host: '127.0.0.1' },
  build: {
    outDir: here('./dist/page'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: {
      resolveDependencies: (imported, needed) => (ENGINE_IN_PAGE.test(imported) ? [] : needed),
    },
    rolldownOptions: {
      checks: { bundlerTimings: false },
      treeshake: { moduleSideEffects: [{ test: INERT, sideEffects: false }] },
    },
  },
});
