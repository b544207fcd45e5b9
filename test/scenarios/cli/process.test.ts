/** The built command line as a process: signals, pipes that close, streams and exit codes. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { userFolder, userScenario } from './run/user-scenario.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = userFolder();

beforeAll(() => {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'library', 'cli'];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
});
afterAll(() => folder.remove());

const start = (words: string): ChildProcess =>
  spawn(process.execPath, [`${root}/dist/brownout.js`, ...words.split(' ')], { cwd: folder.path });

interface End {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ended(child: ChildProcess): Promise<End> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

it("runs a user's file with the library that the file imports", async () => {
  for (const [name, sim] of [
    ['mine.js', ''],
    ['mine.ts', ': import("brownout").Simulation'],
  ] as const) {
    folder.write(name, userScenario({ sim }));
    const { code, out, err } = await ended(start(`run ./${name} --format json`));
    expect(err).toBe('');
    expect(code).toBe(0);
    const { runs } = JSON.parse(out) as { runs: { events: number; signals: object }[] };
    expect(runs[0].events).toBeGreaterThan(1000);
    expect(Object.keys(runs[0].signals)).toContain('http.client.request.duration');
  }
});

it('ends with 130 at Ctrl-C in a run, with what was finished printed', async () => {
  const recordings = `${folder.path}/recordings`;
  const child = start(
    `run stampede --variant mutex --set length=20s --seed 1..1000 --format json --out ${recordings} --export recording`,
  );
  const end = ended(child);
  await waitForFile(recordings);
  child.kill('SIGINT');
  const { code, out, err } = await end;
  expect(code).toBe(130);
  expect(err).toMatch(
    /^brownout: wrote .+ into .+, [\d.]+ [kM]?B\nbrownout: interrupted; \d+ of 1000 runs are finished\n$/,
  );
  const { pass, runs } = JSON.parse(out) as { pass: boolean; runs: unknown[] };
  expect(pass).toBe(false);
  expect(runs.length).toBeGreaterThan(0);
});

it.each(['SIGINT', 'SIGTERM'] as const)('hears %s between runs so short that each is one slice', async (signal) => {
  folder.write(
    'short.js',
    userScenario().replace('const link', 'process.stderr.write("building\\n");\n    const link'),
  );
  const child = start('run ./short.js --seed 1..50000 --format json');
  const end = ended(child);
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  child.kill(signal);
  const { code, out } = await end;
  expect(code).toBe(130);
  expect((JSON.parse(out) as { runs: unknown[] }).runs.length).toBeLessThan(50_000);
});

it.each([
  ['at load', 'process.stderr.write("looping\\n"); for (;;);'],
  [
    'in its system',
    userScenario().replace('const link', 'process.stderr.write("looping\\n"); for (;;);\n    const link'),
  ],
])("ends at the second Ctrl-C a user's loop without an end %s", async (_, text) => {
  folder.write('loops.js', text);
  const child = start('run ./loops.js');
  const end = ended(child);
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  child.kill('SIGINT');
  await setTimeout(100);
  child.kill('SIGINT');
  expect((await end).code).toBe(130);
});

it('says at once where no folder can be made for what is to be written', async () => {
  const end = await ended(start('run stampede --variant none --out /proc/brownout/none'));
  expect(end).toMatchObject({ code: 2, out: '' });
  expect(end.err).toMatch(/^brownout: --out \/proc\/brownout\/none: the folder cannot be made: .+\n$/);
});

it('keeps its exit code and says nothing when the reader of its output goes away', async () => {
  folder.write('fails.js', userScenario({ sim: '', limit: 0.001 }));
  const child = start('run ./fails.js --seed 1..3 --format json');
  child.stdout?.destroy();
  const { code, err } = await ended(child);
  expect(err).toBe('');
  expect(code).toBe(1);
});

it('separates data from complaints', async () => {
  const { code, out, err } = await ended(start('run stampede --variant none --events-max 1000 --format json'));
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ pass: false, runs: [] });
  expect(err).toContain('budget eventsMax passed');
});

/** Until the folder holds a finished recording. */
async function waitForFile(path: string): Promise<void> {
  while (!existsSync(path) || !readdirSync(path).some((name) => name.endsWith('.brownout.gz'))) await setTimeout(20);
}
