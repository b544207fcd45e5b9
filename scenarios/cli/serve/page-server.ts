/**
 * The built page over HTTP on this machine: the files of one folder, with headers that refuse whatever the page does not
 * need. What the page may load and run is said by the policy in its own HTML, so that it holds
 * on any other server too; the same policy is sent with every answer, for workers and for what is no page, together with
 * what a document cannot say of itself. Not a real server: no TLS, no compression, no access log.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileIn } from './folder.ts';

export interface PageServerOptions {
  /** The folder that holds `index.html`. */
  readonly directory: string;
  /** The address to listen on; the loopback one unless somebody asks for more. */
  readonly host?: string;
  /** The first port to try; 0 lets the system choose. */
  readonly port: number;
  /** How many ports to try, counting up, when one is taken; 1 unless given. */
  readonly attempts?: number;
}

export interface PageServer {
  /** Where a browser on this machine finds the page: `http://127.0.0.1:4173/`. */
  readonly address: string;
  close(): Promise<void>;
}

export const LOOPBACK = '127.0.0.1';

const HEADERS: Readonly<Record<string, string>> = {
  // Everything is asked for again, and answered in a line if it is what it was: a new build is seen at once.
  'Cache-Control': 'no-cache',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Serves `directory` until closed; rejects with the system's error (`EADDRINUSE`, `EACCES` …) if it cannot listen. */
export async function servePage({
  directory,
  host = LOOPBACK,
  port,
  attempts = 1,
}: PageServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => void answer(directory, request, response));
  for (let attempt = 1; ; attempt++) {
    try {
      await listen(server, host, port + attempt - 1);
      break;
    } catch (error) {
      if (attempt >= attempts || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  const bound = server.address() as AddressInfo;
  return { address: `http://${hostInAddress(host)}:${bound.port}/`, close: () => close(server) };
}

/** The policy in the page's HTML, and who may frame it. */
async function policyOf(directory: string): Promise<string> {
  const html = (await fileIn(directory, '/'))?.body.toString() ?? '';
  const [, policy = "default-src 'self'; object-src 'none'"] =
    /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html) ?? [];
  return `${policy}; frame-ancestors 'self'`;
}

async function answer(directory: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('Content-Security-Policy', await policyOf(directory));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const [path] = (request.url ?? '/').split(/[?#]/, 1);
  const file = await fileIn(directory, path);
  if (!file) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is no such page here.\n');
    return;
  }
  response.setHeader('ETag', file.tag);
  if (request.headers['if-none-match'] === file.tag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}

/** A server on every address is reached by the loopback one; an IPv6 address stands in brackets. */
function hostInAddress(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}
