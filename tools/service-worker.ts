/**
 * Builds the page's service worker once everything else stands in the output folder: `service-worker.js` at its root,
 * with the list of all files there and a version that changes whenever one of them does. One worker of some eighty lines
 * is kept by hand here: vite-plugin-pwa would bring 317 packages to write the same list into it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'vite';

const PUBLIC_ID = 'virtual:brownout/assets';
const RESOLVED_ID = `\0${PUBLIC_ID}`;
const OUTPUT = 'service-worker.js';

/** Bundles `entry`, which may import `virtual:brownout/assets`, beside the built page. */
export function serviceWorker(entry: string): Plugin {
  let folder = '';
  return {
    name: 'brownout-service-worker',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    async closeBundle(error) {
      if (!error) await bundle(entry, folder);
    },
  };
}

async function bundle(entry: string, folder: string): Promise<void> {
  const code = assetsModule(folder);
  const built = await rolldown({
    input: entry,
    plugins: [
      {
        name: 'brownout-assets',
        resolveId: (id) => (id === PUBLIC_ID ? RESOLVED_ID : undefined),
        load: (id) => (id === RESOLVED_ID ? { code, moduleType: 'js' } : undefined),
      },
    ],
    checks: { bundlerTimings: false },
  });
  // A classic script: not every browser takes modules as service workers.
  await built.write({ file: join(folder, OUTPUT), format: 'iife', minify: true });
}

function assetsModule(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== OUTPUT)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.slice(folder.length)}\n`).update(readFileSync(file));
  const paths = files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/'));
  // The page itself is asked for by its folder: some hosts answer its file's name with a redirection.
  const assets = paths.map((path) => (path === 'index.html' ? './' : path));
  return `export const assets = ${JSON.stringify(assets)};\nexport const version = '${hash.digest('hex').slice(0, 16)}';\n`;
}
