/**
 * What every browser test begins with: one Chromium a file, a new page a test, and a list of what the page complained
 * of, which fails the test: errors and warnings on the console, exceptions, requests that left the page's origin.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { launchChromium } from './chromium.ts';

export const address = inject('pageAddress');

export interface Session {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of so far; a test that provokes complaints takes them out. */
  complaints: string[];
}

/** To be called once at the top of a test file; the session's page is a new one in each test. */
export function openSession(viewport = { width: 1440, height: 900 }): Session {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const session: Session = {
    get page() {
      return page;
    },
    get context() {
      return context;
    },
    complaints: [],
  };
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext({ viewport });
    // What is asked for shall come from the server, where a test can see and stop it; offline.test.ts has the worker.
    await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    page = await context.newPage();
    session.complaints = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') session.complaints.push(message.text());
    });
    page.on('pageerror', (error) => session.complaints.push(error.message));
    page.on('request', (request) => {
      // What the page makes by itself is asked of nobody.
      const url = request.url();
      if (!url.startsWith(address) && !url.startsWith('blob:')) session.complaints.push(`left the origin: ${url}`);
    });
  });
  afterEach(async () => {
    await context.close();
    if (session.complaints.length > 0) throw new Error(`the page complained: ${session.complaints.join('; ')}`);
  });
  return session;
}

/** The digest in the page once a run is shown, another one than `before`. */
export async function digestIn(page: Page, before = ''): Promise<string> {
  const shown = page.locator(`footer[data-state="done"][data-digest]:not([data-digest="${before}"])`);
  return (await shown.getAttribute('data-digest', { timeout: 30_000 })) ?? '';
}

/**
 * Fails on whatever axe finds within a part of the page; `rules` are all of its rules if none are named. What axe calls its
 * legacy mode asks within the page, and opens no second one to put the answers of frames together: there is one frame.
 */
export async function expectNoViolations(page: Page, within = 'html', rules: readonly string[] = []): Promise<void> {
  expect(page.frames()).toHaveLength(1);
  const axe = new AxeBuilder({ page }).include(within).setLegacyMode();
  // What passes need not be written down.
  axe.options({
    resultTypes: ['violations'],
    ...(rules.length > 0 && { runOnly: { type: 'rule' as const, values: [...rules] } }),
  });
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

/** What of axe's rules hangs on colours: all else is the same in both themes. */
const COLOUR = ['color-contrast', 'link-in-text-block'];

/** As `expectNoViolations` in the light theme, and by the rules about colours in the dark one, in which nothing else changes. */
export async function expectNoViolationsInEitherTheme(page: Page, within = 'html'): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await expectNoViolations(page, within);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectNoViolations(page, within, COLOUR);
  await page.emulateMedia({ colorScheme: 'light' });
}
