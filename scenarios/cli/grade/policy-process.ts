/**
 * A learner's source run in Node, to be judged by replay.
 *
 * It runs in a process of its own that is killed at a deadline, with an empty environment, in a context that has nothing but the
 * language (`own-policy/sandbox/bare-realm.ts`). Node's permission model refuses that process files, further processes,
 * threads and add-ons; making code of strings is off; its heap is bounded, and under Linux all that it allocates is.
 *
 * What that protects from: endless loops, hunger for memory, code that reads or writes files, starts programs or looks at the
 * environment; and a policy that looks at what runs beside it. What it does not: a context of `node:vm` is no wall by itself, as Node's
 * documentation says, and up to Node 24 the permission model knows no network. Who finds a hole in the engine or in `vm` has a process
 * that may open connections and nothing else. Of people whom you trust with less, grade on a machine without a network.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { readAnswer, type SourceRun } from '../../own-policy/answer.ts';
import { checkOf, faultOf, programOf } from '../../own-policy/program.ts';
import type { Exam } from '../../own-policy/verdict.ts';

/** Wall time that a source has for all courses of a seed, each played twice, the start of its process included. */
const DEADLINE_S = 20;
const HEAP_MB = 256;
/** All that the process may allocate, its engine's own needs included, in kB. */
const DATA_KB = 1_500_000;

/** What runs in the process: it reads a task, and writes an answer or the fault that kept the source from being run. */
const HOST = `
const vm = require('node:vm');
const fs = require('node:fs');
let text = '';
process.stdin.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {
  const { check, program, task } = JSON.parse(text);
  const realm = () => vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  let said;
  try {
    // Read and not run: a brace too many would end the function that the source is put in.
    new vm.Script(check, { filename: 'policy.js' });
    said = new vm.Script(program + '(' + JSON.stringify(JSON.stringify(task)) + ')').runInContext(realm());
  } catch (error) {
    const { name, message, stack } = Object(error);
    const [, line] = /^policy\\.js:(\\d+)/.exec(String(stack)) ?? [];
    said = JSON.stringify({ fault: { message: String(name) + ': ' + String(message), ...(line && { line: Number(line) - 1 }) } });
  }
  // What the source has put off (await) is nowhere done: the process is over before its turn comes.
  const bytes = Buffer.from(String(said));
  for (let from = 0; from < bytes.length;) from += fs.writeSync(1, bytes, from);
  process.exit(0);
});
`;

interface ProcessOptions {
  /** Stops it, and rejects. */
  readonly interrupted?: AbortSignal;
  /** In seconds. */
  readonly deadline?: number;
}

/** What the source does on an exam. */
export function runInProcess(
  source: string,
  { seed, courses }: Exam,
  { interrupted, deadline = DEADLINE_S }: ProcessOptions = {},
): Promise<SourceRun> {
  const fault = faultOf(source);
  if (fault !== undefined) return Promise.resolve({ fault });
  const task = { seed, courses: courses.map(({ capacity, steps }) => ({ capacity, steps: Array.from(steps) })) };
  return new Promise((resolve, reject) => {
    const [command, args] = commandLine();
    const child = spawn(command, args, {
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(interrupted && { signal: interrupted }),
    });
    let isLate = false;
    const clock = setTimeout(() => (isLate = child.kill('SIGKILL')), deadline * 1000);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part));
    child.on('error', (error) => {
      clearTimeout(clock);
      reject(error);
    });
    // It may be gone before it has read everything.
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      clearTimeout(clock);
      if (isLate) return resolve(endedOutside(`it did not end within ${deadline} s, and was stopped`));
      if (signal === 'SIGKILL' || signal === 'SIGTERM') {
        return resolve(endedOutside(`its process was ended from outside, by ${signal}`));
      }
      resolve(outcomeOf(source, courses.length, said, code));
    });
    child.stdin.end(JSON.stringify({ check: checkOf(source), program: programOf(source), task }));
  });
}

const endedOutside = (message: string): SourceRun => ({ fault: { message, isOutside: true } });

function outcomeOf(source: string, courses: number, said: string, code: number | null): SourceRun {
  if (code !== 0) return { fault: { message: 'its process ended by itself; it has probably used up its memory' } };
  try {
    const answer = JSON.parse(said) as Partial<Extract<SourceRun, { fault: unknown }>>;
    return answer.fault ? { fault: answer.fault } : readAnswer(source, answer, courses);
  } catch {
    return { fault: { message: 'it ended without an answer' } };
  }
}

function commandLine(): readonly [string, string[]] {
  const known = process.allowedNodeEnvironmentFlags;
  const permission = known.has('--permission') ? '--permission' : '--experimental-permission';
  const flags = [permission, '--disallow-code-generation-from-strings', `--max-old-space-size=${HEAP_MB}`];
  const args = [...flags, '--input-type=commonjs', '-e', HOST];
  if (process.platform !== 'linux') return [process.execPath, args];
  return ['/bin/sh', ['-c', `ulimit -d ${DATA_KB}; exec "$0" "$@"`, process.execPath, ...args]];
}
