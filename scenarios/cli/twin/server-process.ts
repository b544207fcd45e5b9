/**
 * A server started for a comparison: on private ports of the loopback, with a folder of its own, and gone without a trace
 * when it is stopped or this process ends.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** What it printed last is told when it does not come up. */
const KEPT_OUTPUT = 4_000;

/** A port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface ServerCommand {
  readonly program: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it is up, by all that it has printed. */
  isReady(output: string): boolean;
  readonly patienceMs: number;
}

/** The processes of one server and its folder. */
export class ServerProcess {
  readonly folder: string;
  private readonly running = new Set<ChildProcess>();
  private readonly onExit = (): void => {
    for (const child of this.running) killGroup(child, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `brownout-${name}-`));
    process.on('exit', this.onExit);
  }

  /** Starts a program in a process group of its own, so that a Ctrl-C here is not one there, and waits until it is up. */
  async start({ program, words, environment, isReady, patienceMs }: ServerCommand): Promise<ChildProcess> {
    const child = spawn(program, words, {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.running.add(child);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string): void => reject(new Error(`${program} ${what}\n${output.trim()}`));
      const timer = setTimeout(() => fail(`was not up after ${patienceMs / 1000} s`), patienceMs);
      const look = (): void => {
        if (!isReady(output)) return;
        clearTimeout(timer);
        resolve();
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-KEPT_OUTPUT);
          look();
        });
      }
      child.once('error', ({ message }) => fail(`cannot be started: ${message}`));
      child.once('exit', (code) => {
        this.running.delete(child);
        clearTimeout(timer);
        fail(`ended with exit code ${code}`);
      });
      look();
    });
    return child;
  }

  /** Kills a program at once, as a crash of its machine would end it. */
  async kill(child: ChildProcess): Promise<void> {
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (!this.running.has(child)) return;
    killGroup(child, 'SIGKILL');
    await gone;
  }

  /** Ends all its programs, the last one first, and removes the folder. */
  async stop(): Promise<void> {
    for (const child of [...this.running].reverse()) await this.kill(child);
    process.off('exit', this.onExit);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
