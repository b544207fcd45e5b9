/** What the built command line takes at most, in a process of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** To be called before the first `peakOf`. */
export function buildCommandLine(): void {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli'];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Peak resident memory in bytes. `flags` are Node's; an exit code that is not among `codes` is no measurement. */
export function peakOf(words: readonly string[], { flags = [] as string[], codes = [0] } = {}): number {
  const reporting = `
    process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS));
    await import(process.argv[1]);`;
  const program = join(root, 'dist/brownout.js');
  const options = [...flags, '--input-type=module', '--eval', reporting, '--', program, ...words];
  const { status, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  expect(codes, stderr).toContain(status);
  return 1024 * Number(/peak (\d+)$/.exec(stderr)![1]);
}
