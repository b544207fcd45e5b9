/**
 * How the page is served in development and built: `ui/` is its root, `dist/page/` its output. Its addresses are
 * relative, so that the built folder works under any path.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { definitionHashes } from './tools/definition-hashes.ts';
import { developmentPolicy } from './tools/development-policy.ts';
import { guideModules } from './tools/guide-modules.ts';
import { sandboxScript } from './tools/sandbox-script.ts';
import { serviceWorker } from './tools/service-worker.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./ui'),
  base: './',
  plugins: [
    svelte({ configFile: false }),
    definitionHashes(here('./scenarios')),
    guideModules(here('./scenarios')),
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
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
