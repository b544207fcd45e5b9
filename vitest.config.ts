/**
 * Three projects: `node`, everything that needs no browser; `browser`, tests that run in Node and drive a Chromium over the
 * built page; and `alone`, those of them that wait for what a browser does only when it has nothing else to do, after all
 * others. Two workers, for the smallest machine that the suite is promised to pass on has two cores. Without a browser a
 * worker keeps its modules from file to file: to load the engine anew for each took a tenth of the time of all tests.
 *
 * When a browser lays out, paints and answers hangs on what else the machine does: its tests have a second try, and
 * `npm test` names those that needed it. All else has one.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { catalogueListing } from './tools/catalogue-listing.ts';
import { definitionHashes } from './tools/definition-hashes.ts';
import { FilesInOrder } from './test/files-in-order.ts';
import { guideModules } from './tools/guide-modules.ts';
import { sandboxScript } from './tools/sandbox-script.ts';
import { scenarioModules } from './tools/scenario-modules.ts';
import { svelteModules } from './tools/svelte-modules.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A new service worker is stored and let in when the browser finds the time. */
const IDLE = ['test/browser/offline.test.ts'];

/** How long a page is asked again before what it shows is held to be wrong. */
const POLL = { poll: { timeout: 10_000 } };

export default defineConfig({
  plugins: [
    definitionHashes(here('./scenarios')),
    guideModules(here('./scenarios')),
    scenarioModules(here('./scenarios')),
    catalogueListing(here('./scenarios')),
    sandboxScript(here('./scenarios/own-policy/sandbox/entry.ts')),
    svelteModules(),
  ],
  resolve: { alias: { brownout: here('./sim-core/index.ts') } },
  test: {
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: FilesInOrder },
    setupFiles: [here('./test/property-seed.ts')],
    coverage: { provider: 'v8', include: ['sim-core/**', 'scenarios/**', 'ui/models/**'], reporter: ['text', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          isolate: false,
          setupFiles: [here('./test/leave-no-trace.ts')],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: IDLE,
          retry: 1,
          expect: POLL,
          globalSetup: ['test/browser/page-server.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: IDLE,
          retry: 1,
          expect: POLL,
          globalSetup: ['test/browser/page-server.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
