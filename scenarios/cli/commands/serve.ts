/**
 * `brownout serve`: the built page on this machine. It prints the address and stays until it is interrupted, which is its
 * good end. The first free port from 4173 up is taken, unless `--port` names one; only this machine reaches it, unless
 * `--host` says so.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError, type CliCommand, type CommandLine } from '../command.ts';
import { LOOPBACK, servePage, type PageServer } from '../serve/page-server.ts';

const DEFAULT_PORT = 4173;
const PORTS_TO_TRY = 20;

interface ServeOptions {
  readonly port?: number;
  readonly host: string;
}

export const serveCommand: CliCommand = {
  name: 'serve',
  define(program, cli, exit) {
    program
      .command('serve')
      .description('serve the page on this machine and print its address')
      .option('--port <number>', `port to listen on (default: the first free one from ${DEFAULT_PORT} up)`, parsePort)
      .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in', LOOPBACK)
      .action(async (options: ServeOptions) => {
        // The build puts the page beside the bundle that this file becomes part of.
        await serve(fileURLToPath(new URL('./page', import.meta.url)), options, cli);
        exit(0);
      });
  },
};

/** Serves the page in `directory` until `cli.interrupted`. */
export async function serve(directory: string, { port, host }: ServeOptions, cli: CommandLine): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) {
    throw new UsageError(`there is no page in ${directory}; build it with: npm run build`);
  }
  const server = await listen(directory, port, host);
  cli.out(`Brownout is at ${server.address}\n`);
  cli.err('Ctrl-C stops it.\n');
  await aborted(cli.interrupted);
  await server.close();
}

async function listen(directory: string, port: number | undefined, host: string): Promise<PageServer> {
  const attempts = port === undefined ? PORTS_TO_TRY : 1;
  try {
    return await servePage({ directory, host, port: port ?? DEFAULT_PORT, attempts });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw new UsageError(`cannot listen on --host ${host}: ${message}`);
    const taken =
      port === undefined ? `ports ${DEFAULT_PORT} to ${DEFAULT_PORT + attempts - 1} are` : `--port ${port} is`;
    throw new UsageError(`${taken} taken; name a free one with --port, or let the system choose with --port 0`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`--port '${text}' is not a port; give a whole number from 0 to 65535`);
  }
  return port;
}
