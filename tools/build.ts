/**
 * Builds what the package is made of into `dist/`: the library, the command line, the declarations and the page.
 * `build.ts [--stale] [TARGET …]`; with `--stale` only what is missing or older than its sources. Every target is made
 * in a folder of its own and moved into place when it is whole, so that who reads `dist/` meanwhile finds no half of it.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

interface Target {
  readonly entry: string;
  /** Files and folders whose change makes the output stale, beside the tools and the lock file. */
  readonly sources: readonly string[];
  /** The file in `dist/` whose age is compared with the sources'. */
  readonly output: string;
  /** Names in `dist/` of files that come and go with the sources: those that are made no more are taken away. */
  readonly parts?: RegExp;
  build(outDir: string): Promise<void>;
}

// Each loads its tools when it has work to do: `npm start` on a fresh build should not wait for a compiler.
const targets: Readonly<Record<string, Target>> = {
  library: {
    entry: 'sim-core/index.ts',
    sources: ['sim-core'],
    output: 'index.js',
    async build(outDir) {
      const { bundleLibrary } = await import('./bundle.ts');
      await bundleLibrary(root, outDir);
    },
  },
  cli: {
    entry: 'scenarios/cli/main.ts',
    sources: ['scenarios', 'sim-core'],
    output: 'brownout.js',
    parts: /^brownout-/,
    async build(outDir) {
      const { bundleCommandLine } = await import('./bundle.ts');
      await bundleCommandLine(root, outDir);
    },
  },
  types: {
    entry: 'sim-core/index.ts',
    sources: ['sim-core'],
    output: 'types/sim-core/index.d.ts',
    async build(outDir) {
      const { emitDeclarations } = await import('./declarations.ts');
      emitDeclarations(root, join(outDir, 'types'));
    },
  },
  page: {
    entry: 'ui/index.html',
    sources: ['ui', 'scenarios', 'sim-core', 'notebooks', 'vite.config.ts'],
    output: 'page/index.html',
    async build(outDir) {
      // A test runner that builds has set this to something else, and would get another page.
      process.env.NODE_ENV = 'production';
      const vite = await import('vite');
      await vite.build({
        configFile: join(root, 'vite.config.ts'),
        logLevel: 'warn',
        build: { outDir: join(outDir, 'page'), emptyOutDir: true },
      });
    },
  },
};

const words = process.argv.slice(2);
const staleOnly = words.includes('--stale');
const named = words.filter((word) => word !== '--stale');
try {
  for (const name of named.length > 0 ? named : Object.keys(targets)) await build(name);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // The first `npx brownout` links this package into npm's cache and prepares it there. A failure then would leave a link
  // that npm never repairs, so that `npx brownout` would go on failing after the sources are mended.
  process.exitCode = process.env.npm_command === 'exec' ? 0 : 1;
}

async function build(name: string): Promise<void> {
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (!target) throw new Error(`build: no target '${name}'; there are ${Object.keys(targets).join(', ')}`);
  if (staleOnly && isFresh(target)) return;
  if (!existsSync(join(root, target.entry))) throw new Error(`build: ${name} needs ${target.entry}, which is missing`);
  const started = performance.now();
  // Beside `dist/`, not in it: the relative paths in source maps then hold after the move.
  const staging = mkdtempSync(join(root, 'dist-'));
  try {
    await target.build(staging);
    moveInto(dist, staging, target.parts);
  } catch (error) {
    throw new Error(`build: ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`built ${relative(root, join(dist, target.output))} in ${seconds} s\n`);
}

function isFresh(target: Target): boolean {
  const output = join(dist, target.output);
  if (!existsSync(output)) return false;
  const inputs = [...target.sources, 'tools', 'package.json', 'package-lock.json'].map((path) => join(root, path));
  return statSync(output).mtimeMs >= Math.max(...inputs.map(newest));
}

/** The latest change below `path`; folders count with their own, since that is where a deletion shows. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function moveInto(folder: string, staging: string, parts: RegExp | undefined): void {
  mkdirSync(folder, { recursive: true });
  const made = readdirSync(staging);
  for (const name of made) {
    rmSync(join(folder, name), { recursive: true, force: true });
    renameSync(join(staging, name), join(folder, name));
  }
  for (const name of readdirSync(folder)) {
    if (parts?.test(name) === true && !made.includes(name)) rmSync(join(folder, name));
  }
}
