/** The page's server: what it answers, what it refuses, and how it comes by its port. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servePage, type PageServer } from '../../../../scenarios/cli/serve/page-server.ts';

let directory: string;
const servers: PageServer[] = [];

async function serve(port = 0, attempts = 1): Promise<PageServer> {
  const server = await servePage({ directory, port, attempts });
  servers.push(server);
  return server;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'brownout-page-'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Page</title>');
  writeFileSync(join(directory, 'app.js'), 'export {};');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the page server', () => {
  it('answers with the page and its files, typed, on the loopback address', async () => {
    const { address } = await serve();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<title>Page</title>');
    expect((await fetch(`${address}app.js`)).headers.get('content-type')).toContain('javascript');
  });

  it('sends its headers with every answer, errors included', async () => {
    const { address } = await serve();
    for (const path of ['', 'app.js', 'nothing-here']) {
      const { headers } = await fetch(address + path);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'self'");
    }
  });

  it('sends the policy that the page’s HTML states, with every answer', async () => {
    const policy = "default-src 'none'; script-src 'self'";
    const html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}" />`;
    writeFileSync(join(directory, 'index.html'), html);
    const { address } = await serve();
    for (const path of ['', 'app.js', 'nothing-here']) {
      const { headers } = await fetch(address + path);
      expect(headers.get('content-security-policy'), path).toBe(`${policy}; frame-ancestors 'self'`);
    }
    writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Page</title>');
  });

  it('has every file asked for again, and says in a line that it has not changed', async () => {
    const { address } = await serve();
    const { headers } = await fetch(`${address}app.js`);
    expect(headers.get('cache-control')).toBe('no-cache');
    const again = await fetch(`${address}app.js`, { headers: { 'If-None-Match': headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  it('has the page of a build that was made while it serves, its policy included', async () => {
    const folder = join(directory, 'built');
    const build = (name: string): void => {
      const staging = join(directory, `staging-${name}`);
      mkdirSync(staging);
      const policy = `<meta http-equiv="Content-Security-Policy" content="script-src '${name}'" />`;
      writeFileSync(join(staging, 'index.html'), `<!doctype html>${policy}<script src="${name}.js"></script>`);
      writeFileSync(join(staging, `${name}.js`), `export const build = '${name}';`);
      rmSync(folder, { recursive: true, force: true });
      renameSync(staging, folder);
    };
    build('first');
    const server = await servePage({ directory: folder, port: 0 });
    servers.push(server);
    await fetch(server.address);
    build('second-and-longer');
    const page = await fetch(server.address);
    expect(await page.text()).toContain('second-and-longer.js');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'second-and-longer'");
    expect(await (await fetch(`${server.address}second-and-longer.js`)).text()).toContain('second-and-longer');
    expect((await fetch(`${server.address}first.js`)).status).toBe(404);
    rmSync(folder, { recursive: true });
    expect((await fetch(server.address)).status).toBe(404);
  });

  it('has no file outside its folder, and takes nothing in', async () => {
    const { address } = await serve();
    expect((await fetch(`${address}%2e%2e/%2e%2e/etc/passwd`)).status).toBe(404);
    expect((await fetch(`${address}..%2f..%2fetc%2fpasswd`)).status).toBe(404);
    expect((await fetch(address, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('counts up from a taken port as often as it may, and no further', async () => {
    const taken = Number(new URL((await serve()).address).port);
    await expect(serve(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const next = Number(new URL((await serve(taken, 50)).address).port);
    expect(next).toBeGreaterThan(taken);
  });
});
