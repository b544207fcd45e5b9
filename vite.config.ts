/**
 * How the page is served in development and built: `ui/` is its root, `dist/page/` its output. Its addresses are
 * relative, so that the built folder works under any path.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { catalogueListing } from './tools/catalogue-listing.ts';
import { definitionHashes } from './tools/definition-hashes.ts';
import { developmentPolicy } from './tools/development-policy.ts';
import { guideModules } from './tools/guide-modules.ts';
import { scenarioModules } from './tools/scenario-modules.ts';
import { sandboxScript } from './tools/sandbox-script.ts';
import { serviceWorker } from './tools/service-worker.ts';

/**
 * What a page that is opened needs is fetched at once, by these scripts. What comes later finds most of it there; and of what the whole
 * catalogue is part of, the list alone would be longer than what is fetched at first.
 */
const OPENS_PAGES = /\/(?:index|CataloguePages|visited-lab)-/;
const PRELOADED_MAX = 120;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
      resolveDependencies: (_file, needed, { hostId }) =>
        OPENS_PAGES.test(hostId) && needed.length <= PRELOADED_MAX ? needed : [],
    },
    rolldownOptions: {
      checks: { bundlerTimings: false },
      treeshake: { moduleSideEffects: [{ test: /[\\/](?:sim-core|scenarios)[\\/]/, sideEffects: false }] },
      output: {
        // The worker is `entry`, and is looked for by that name: a module of the engine that is called so is not.
        chunkFileNames: ({ name }) => `assets/${name === 'entry' ? 'cached' : '[name]'}-[hash].js`,
      },
    },
  },
});
