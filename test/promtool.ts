/** Prometheus' own tool, as a judge of what is exported for it. A test that needs it is left out, by name, where it is not installed; in CI it always is. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../scenarios/cli/twin/executable.ts';

const program = executable('promtool');

/** Whether tests are to do without it. */
export const promtoolIsLeftOut = program === undefined && process.env.CI === undefined;

export interface PromtoolAnswer {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs it in a folder of its own that holds these files, by their names. `input`: what it is given to read. */
export async function promtool(
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  input?: string,
): Promise<PromtoolAnswer> {
  if (program === undefined) throw new Error('promtool is not installed: apt-get install prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    return await new Promise((resolve) => {
      const child = execFile(program, args, { cwd: folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve({ ok: error === null, output: stdout + stderr });
      });
      // It may have seen enough before it has read all.
      child.stdin!.on('error', () => {});
      if (input !== undefined) child.stdin!.end(input);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
