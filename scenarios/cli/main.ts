/**
 * The command line's entry: joins the program to this process. Ctrl-C asks it to finish what it can, a second one ends
 * it at once; SIGTERM, by which a CI cancels a job, likewise. When who reads the output goes away, the rest is not written,
 * and the exit code is the same.
 *
 * Where somebody's own file is to be run the program has a thread of its own: a loop without an end in it would keep this one from
 * hearing the second Ctrl-C, too.
 */
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { boundOldGeneration } from './old-generation.ts';
import { runProgram } from './program.ts';

/** What only the process knows of its terminal. */
interface Terminal {
  readonly isTerminal: boolean;
  readonly showsColours: boolean;
}

boundOldGeneration();
const words = process.argv.slice(2);
const terminal: Terminal = isMainThread
  ? { isTerminal: process.stderr.isTTY, showsColours: process.stdout.isTTY && process.stdout.hasColors() }
  : (workerData as Terminal);
const interruption = new AbortController();

if (isMainThread) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(130);
      interruption.abort();
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
parentPort?.once('message', () => interruption.abort()).unref();

if (isMainThread && words.some((word) => /\.[cm]?[jt]s$/.test(word))) runInThread();
else {
  process.exitCode = await runProgram(words, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted: interruption.signal,
    ...terminal,
  });
}

function runInThread(): void {
  const thread = new Worker(new URL(import.meta.url), { argv: words, workerData: terminal });
  interruption.signal.addEventListener('abort', () => thread.postMessage('interrupt', []));
  thread.on('exit', (code) => (process.exitCode = code));
}
