/** The compiler that the project is checked with, run on a folder of a test's own. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('../../node_modules/@typescript/native/bin/tsc', import.meta.url));

/** Runs `tsc` with these arguments in `folder`. */
export function compile(folder: string, words: readonly string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [compiler, ...words], { cwd: folder, encoding: 'utf8' });
}
