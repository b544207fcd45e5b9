/**
 * The page without a network, and a new version of it: everything works offline after one visit, a new version is
 * offered and taken only where somebody asks for it, and tabs of the old one go on.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { servePage, type PageServer } from '../../scenarios/cli/serve/page-server.ts';
import { run } from '../../sim-core/index.ts';
import { launchChromium } from './chromium.ts';
import { digestIn } from './session.ts';

const built = fileURLToPath(new URL('../../dist/page', import.meta.url));
const { scenario, definition } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const [variant, otherVariant] = Object.keys(scenario.variants);
const lab = `#/lab/${scenario.id}`;

/** A browser stores a new version when it finds the time, which on a busy machine may be most of a minute. */
const BROWSERS_TURN = 120_000;

/** Scripts that a lab fetches only when it compares, shares, and presents. */
const LATER_PARTS = ['Sides', 'Comparison', 'ShareDialog', 'Presentation'];

let browser: Browser;
let context: BrowserContext;
let newer: string;
let server: PageServer;

beforeAll(async () => {
  browser = await launchChromium();
  newer = mkdtempSync(join(tmpdir(), 'brownout-newer-'));
  cpSync(built, newer, { recursive: true });
  edit('index.html', '<html lang="en">', '<html lang="en" data-version="newer">');
  // The version is in the worker as its name for the store.
  edit('service-worker.js', /[0-9a-f]{16}/, '0123456789abcdef');
  // Names hold a hash of what is in the file, so files of the old version are gone: those at least that its tabs still ask for.
  const scripts = readdirSync(join(newer, 'assets'));
  for (const part of ['worker-entry', ...LATER_PARTS]) {
    const gone = scripts.filter((name) => name.startsWith(`${part}-`) && name.endsWith('.js'));
    if (gone.length !== 1) throw new Error(`${gone.length} scripts are called ${part}`);
    rmSync(join(newer, 'assets', gone[0]));
    // A long list is minified to one text that is split at its commas, a short one to texts.
    edit('service-worker.js', new RegExp(`[\`"']?assets/${gone[0]}[\`"']?,`), '');
  }
});
afterAll(async () => {
  await browser.close();
  rmSync(newer, { recursive: true });
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  server = await servePage({ directory: built, port: 0 });
});
afterEach(async () => {
  await context.close();
  await server.close().catch(() => {});
});

function edit(file: string, before: string | RegExp, after: string): void {
  const path = join(newer, file);
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(before, after);
  if (edited === text) throw new Error(`${file} has no ${before}`);
  writeFileSync(path, edited);
}

/** Opens the scenario and waits until all of the page is stored. */
async function visit(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.address + lab);
  await digestIn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return page;
}

/** The same address serves the newer version from now on, and the page learns of it. */
async function publish(page: Page): Promise<void> {
  const port = Number(new URL(server.address).port);
  await server.close();
  server = await servePage({ directory: newer, port });
  await page.evaluate(() => {
    void navigator.serviceWorker.getRegistration().then((registration) => registration?.update());
  });
}

const isNewer = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.dataset.version === 'newer');

/** Uses the parts of a lab that are fetched when they are asked for. */
async function compareShareAndPresent(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await page.getByText('present', { exact: true }).click();
  await dialog.getByText(scenario.question).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('heading', { name: 'Share' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('compare', { exact: true }).click();
  await page.getByText('B = A + mutex').waitFor();
  await page.getByRole('region', { name: 'Comparison' }).getByRole('heading').first().waitFor();
}

it('after one visit everything works with the server gone: reload, home, another tab, a run, a policy of one’s own', async () => {
  const page = await visit();
  await server.close();
  await page.reload();
  expect(await digestIn(page)).toBe(run(scenario, { variant, definition }).header.digest);
  await page.getByRole('link', { name: 'Brownout' }).click();
  await page.getByText(/up to/).first().waitFor();
  const tab = await context.newPage();
  await tab.goto(server.address + lab);
  const first = await digestIn(tab);
  await tab.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).click();
  expect(await digestIn(tab, first)).toBe(run(scenario, { variant: otherVariant, definition }).header.digest);
  await tab.goto(`${server.address}#/policy`);
  await tab.getByRole('button', { name: 'LRU', exact: true }).click();
  await tab.getByRole('button', { name: 'Run it' }).click();
  await tab.getByText('It keeps the contract').waitFor();
});

it('a new version is offered, not taken; the tab that asks for it gets it, with what it showed', async () => {
  // What is fetched ahead would be there without the old version's store.
  await context.addInitScript(() => {
    globalThis.requestIdleCallback = () => 0;
  });
  const page = await visit();
  const other = await visit();
  const first = await digestIn(page);
  await page.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).click();
  const second = await digestIn(page, first);
  await publish(page);
  const offer = page.getByRole('status').filter({ hasText: 'A new version is ready.' });
  await offer.waitFor({ timeout: BROWSERS_TURN });
  expect(await isNewer(page)).toBe(false);
  expect(await digestIn(page)).toBe(second);

  await offer.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => document.documentElement.dataset.version === 'newer');
  await page.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).waitFor();
  expect(page.url()).toContain('?r=1.');
  await digestIn(page);
  await page.reload();
  await digestIn(page);
  expect(await isNewer(page)).toBe(true);
  expect(await offer.count()).toBe(0);

  // The other tab is still the old one, and whatever it asks for of its version is there, though not on the server.
  expect(await isNewer(other)).toBe(false);
  await compareShareAndPresent(other);
  await digestIn(other);
}, 240_000);

it('an offer that is put off comes true with the next visit, once no tab of the old version is open', async () => {
  const page = await visit();
  await publish(page);
  const offer = page.getByRole('status').filter({ hasText: 'A new version is ready.' });
  await offer.getByRole('button', { name: 'Later' }).click({ timeout: BROWSERS_TURN });
  await page.getByText('A new version is ready.').waitFor({ state: 'detached' });
  await page.close();
  const another = async (): Promise<boolean> => {
    const next = await context.newPage();
    // A page that is closed while it loads leaves its requests with the old worker, which then is not idle.
    await next.goto(server.address, { waitUntil: 'networkidle' });
    const newer = await isNewer(next);
    await next.close();
    return newer;
  };
  await expect.poll(another, { timeout: BROWSERS_TURN, interval: 5000 }).toBe(true);
}, 240_000);

it('an origin that is not secure works without a service worker, and what a lab asks for later stays when its files go', async () => {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await context.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
    performance.setResourceTimingBufferSize(1000);
  });
  await page.goto(server.address + lab);
  await digestIn(page);
  const fetched = (): Promise<string[]> =>
    page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  for (const part of LATER_PARTS) await expect.poll(fetched).toContainEqual(expect.stringContaining(`/${part}-`));
  // All are asked for at once; what they import themselves comes after them.
  let known = 0;
  await expect.poll(async () => known === (known = (await fetched()).length), { interval: 500 }).toBe(true);
  await server.close();
  await compareShareAndPresent(page);
  expect(complaints).toEqual([]);
});
