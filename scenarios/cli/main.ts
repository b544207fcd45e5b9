/**
 * The command line's entry: joins the program to this process. Ctrl-C asks it to finish what it can, a second one ends
 * it at once; SIGTERM, by which a CI cancels a job, likewise. When who reads the output goes away, the rest is not written,
 * and the exit code is the same.
 */
import process from 'node:process';
import { runProgram } from './program.ts';

const interruption = new AbortController();
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

process.exitCode = await runProgram(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interrupted: interruption.signal,
  isTerminal: process.stderr.isTTY,
  showsColours: process.stdout.isTTY && process.stdout.hasColors(),
});
