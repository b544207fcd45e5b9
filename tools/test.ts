/**
 * `npm test`: every kind of test there is, each static check counted as one test, and at the end one line with the sums
 * alone: `N passed, N failed, N skipped`. What could not run is said by name, and in CI that is a failure.
 * `--static` leaves out what has to be built or run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_MISSING, provideChromium } from './chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Check {
  readonly name: string;
  /** A package's executable by its path in `node_modules`, and its arguments. */
  readonly command: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: 'format', command: ['oxfmt/bin/oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint/bin/oxlint', '--deny-warnings', '.'] },
  { name: 'types of sim-core', command: ['@typescript/native/bin/tsc', '--noEmit', '--project', 'sim-core'] },
  // Besides components it judges every other file of the root's settings.
  {
    name: 'types of all else',
    command: ['svelte-check/bin/svelte-check', '--tsgo', '--tsconfig', 'tsconfig.json', '--fail-on-warnings'],
  },
  { name: 'unused code and dependencies', command: ['knip/bin/knip.js'] },
];

const counts = { passed: 0, failed: 0, skipped: 0 };
const started = performance.now();

const staticOnly = process.argv.includes('--static');
const built =
  staticOnly || (await check({ name: 'build', command: ['jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale'] }));
await runAll(CHECKS, Math.min(2, availableParallelism()));
if (!staticOnly) await runTests(built);
say(`in ${((performance.now() - started) / 1000).toFixed(0)} s`);
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function runAll(checks: readonly Check[], atOnce: number): Promise<void> {
  const queue = [...checks];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await check(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Runs one check; its output is shown in full if it fails, and not at all if it does not. */
async function check({ name, command }: Check): Promise<boolean> {
  const since = performance.now();
  const { code, output } = await run(command, 'collect');
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  counts[code === 0 ? 'passed' : 'failed'] += 1;
  say(code === 0 ? `ok      ${name} (${seconds} s)` : `FAILED  ${name} (${seconds} s)\n${output}`);
  return code === 0;
}

async function runTests(built: boolean): Promise<void> {
  const withBrowser = built && provideChromium() !== undefined;
  if (!withBrowser) leaveOut(filesBelow('test/browser'), built ? CHROMIUM_MISSING : 'the build failed');
  const folder = mkdtempSync(join(tmpdir(), 'brownout-test-'));
  const report = join(folder, 'report.json');
  try {
    const { code } = await run(
      [
        'vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...(withBrowser ? [] : ['--project=node']),
      ],
      'show',
    );
    count(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of Vitest's JSON report that is read here; a file that could not be loaded failed without any assertion. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      /** Of a test that passed: what its first try failed with. */
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function count(reportFile: string, code: number): void {
  const failedBefore = counts.failed;
  try {
    const { testResults } = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
    for (const file of testResults) {
      if (file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')) counts.failed++;
      for (const { fullName, status, failureMessages } of file.assertionResults) {
        const name = `${relative(root, file.name)}: ${fullName}`;
        if (status === 'passed') {
          counts.passed++;
          if (failureMessages.length > 0) say(`passed at the second try ${name}\n${failureMessages[0]}`);
        } else if (status === 'failed') counts.failed++;
        else {
          counts.skipped++;
          say(`skipped ${name}`);
        }
      }
    }
  } catch (error) {
    say(`the test runner left no readable report: ${String(error)}`);
  }
  // An error outside any test, or no report at all.
  if (code !== 0 && counts.failed === failedBefore) counts.failed++;
}

function leaveOut(files: readonly string[], reason: string): void {
  for (const file of files) say(`not run ${file}: ${reason}`);
  counts[process.env.CI ? 'failed' : 'skipped'] += files.length;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);
}

function run(command: readonly string[], output: 'collect' | 'show'): Promise<{ code: number; output: string }> {
  const [script, ...words] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...words], {
      cwd: root,
      stdio: ['ignore', output === 'show' ? 'inherit' : 'pipe', output === 'show' ? 'inherit' : 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: text }));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
