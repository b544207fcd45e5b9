/**
 * The library's declarations. The sources import each other with their `.ts` extension; in a published package a
 * declaration has to name the `.js` file beside it, or consumers under `nodenext` do not resolve it. The compiler
 * rewrites such specifiers in JavaScript only, so it is done here once the declarations are written.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** A module's specifier where declarations have one: after `from`, after `import`, and in the `import('…')` of a type. */
const SOURCE_SPECIFIER = /(\bfrom\s+|\bimport\s+|\bimport\()(["'])(\.{1,2}\/[^"']*)\.ts\2/g;

/** Writes `sim-core/**` as `outDir/sim-core/**.d.ts`; type errors are thrown as one error. */
export function emitDeclarations(root: string, outDir: string): void {
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--noEmitOnError', '--rootDir', root];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '--project', join(root, 'sim-core'), ...options, '--outDir', outDir],
    { encoding: 'utf8', cwd: root },
  );
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
  for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(outDir, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(SOURCE_SPECIFIER, '$1$2$3.js$2'));
  }
}
