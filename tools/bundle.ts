/**
 * The two bundles of the package. `dist/index.js` is the library: one ES module that needs nothing of Node and no
 * other package. `dist/brownout.js` is the command line; it takes the library from the file beside it, so that a
 * user's scenario that imports `brownout` and the runner that runs it share one library.
 */
import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { definitionHashes } from './definition-hashes.ts';
import { guideModules } from './guide-modules.ts';
import { oneByteText } from './one-byte-text.ts';
import { sandboxScript } from './sandbox-script.ts';
import { scenarioModules } from './scenario-modules.ts';

/** Warnings are errors here, but for how long the bundler took, which is the machine's affair. */
const QUIET = { bundlerTimings: false };

/** `sim-core/index.ts` and all it needs as `outDir/index.js`. */
export async function bundleLibrary(root: string, outDir: string): Promise<void> {
  const bundle = await rolldown({
    input: join(root, 'sim-core/index.ts'),
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
    plugins: [oneByteText()],
    onwarn: refuse,
    checks: QUIET,
  });
  await bundle.write({ file: join(outDir, 'index.js'), format: 'esm', sourcemap: true });
}

/**
 * `scenarios/cli/main.ts` as an executable `outDir/brownout.js`, with what a command needs alone in files beside it;
 * jiti and playwright-core stay outside.
 */
export async function bundleCommandLine(root: string, outDir: string): Promise<void> {
  const library = resolve(root, 'sim-core/index.ts');
  const bundle = await rolldown({
    input: join(root, 'scenarios/cli/main.ts'),
    platform: 'node',
    // jiti looks for its transpiler beside its own file; playwright-core is for those who have a checkout.
    external: ['jiti', 'playwright-core'],
    plugins: [
      definitionHashes(join(root, 'scenarios')),
      guideModules(join(root, 'scenarios')),
      scenarioModules(join(root, 'scenarios')),
      sandboxScript(join(root, 'scenarios/own-policy/sandbox/entry.ts')),
      {
        name: 'brownout-library-beside',
        resolveId(id, importer) {
          if (!importer || !id.startsWith('.') || resolve(importer, '..', id) !== library) return undefined;
          return { id: './index.js', external: true };
        },
      },
      oneByteText(),
    ],
    onwarn: refuse,
    checks: QUIET,
  });
  await bundle.write({
    dir: outDir,
    entryFileNames: 'brownout.js',
    // Beside the library and the page, which they look for where they are themselves.
    chunkFileNames: 'brownout-[name].js',
    format: 'esm',
    sourcemap: true,
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  });
  await chmod(join(outDir, 'brownout.js'), 0o755);
}

function refuse(warning: { readonly message: string }): void {
  throw new Error(warning.message);
}
