/**
 * What every browser test begins with: one Chromium a file, a new page a test or one that tests share, and a list of what
 * the page complained of, which fails the test: errors and warnings on the console, exceptions, requests that left the
 * page's origin.
 */
import axe, { type RunOptions } from 'axe-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { launchChromium } from './chromium.ts';

export const address = inject('pageAddress');

export interface Session {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of so far; a test that provokes complaints takes them out. */
  complaints: string[];
}

/**
 * To be called once at the top of a test file. The session's page is a new one in each test, or, if it is `shared`, the
 * same in all of them until one fails, as it is for a reader who goes on: to load and compile it takes longer than most
 * tests. Such tests begin with `visit`, and leave nothing behind that another would stumble over.
 */
export function openSession({ viewport = { width: 1440, height: 900 }, shared = false } = {}): Session {
  let browser: Browser;
  let context: BrowserContext | undefined;
  let page: Page;
  const session: Session = {
    get page() {
      return page;
    },
    get context() {
      return context!;
    },
    complaints: [],
  };
  const open = async (): Promise<void> => {
    context = await browser.newContext({ viewport });
    // What is asked for shall come from the server, where a test can see and stop it; offline.test.ts has the worker.
    await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') session.complaints.push(message.text());
    });
    page.on('pageerror', (error) => session.complaints.push(error.message));
    page.on('request', (request) => {
      // What the page makes by itself is asked of nobody.
      const url = request.url();
      if (!url.startsWith(address) && !url.startsWith('blob:')) session.complaints.push(`left the origin: ${url}`);
    });
  };
  const close = async (): Promise<void> => {
    await context?.close();
    context = undefined;
  };
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    session.complaints = [];
    if (!context) return open();
    await page.setViewportSize(viewport);
    await page.emulateMedia({ media: null, colorScheme: null, reducedMotion: null });
  });
  afterEach(async ({ task }) => {
    const complaints = session.complaints.join('; ');
    if (!shared || complaints || task.result?.state === 'fail') await close();
    if (complaints) throw new Error(`the page complained: ${complaints}`);
  });
  return session;
}

/** Opens a place of the page anew, within the document if that is open already: by way of a place where there is nothing. */
export async function visit(page: Page, hash: string): Promise<void> {
  if (page.url().startsWith(address)) {
    await page.goto(`${address}#/nowhere`);
    await page.getByText('There is no such page.').waitFor();
  }
  await page.goto(address + hash);
}

/** The digest in the page once a run is shown, another one than `before`. */
export async function digestIn(page: Page, before = ''): Promise<string> {
  const shown = page.locator(`footer[data-state="done"][data-digest]:not([data-digest="${before}"])`);
  return (await shown.getAttribute('data-digest', { timeout: 30_000 })) ?? '';
}

/** Fails on whatever axe finds within a part of the page; `rules` are all of its rules if none are named. */
export async function expectNoViolations(page: Page, within = 'html', rules: readonly string[] = []): Promise<void> {
  // What is in frames axe asks of scripts in each of them; there are none.
  expect(page.frames()).toHaveLength(1);
  // It is compiled once a document, which takes as long as to judge a small page.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const options: RunOptions = {
    // What passes need not be written down.
    resultTypes: ['violations'],
    ...(rules.length > 0 && { runOnly: { type: 'rule', values: [...rules] } }),
  };
  const violations = await page.evaluate(
    async ([part, settings]) => {
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      const found = await run(part, settings);
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
    [within, options] as const,
  );
  expect(violations, violations.join('\n')).toEqual([]);
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

/** More than there are places on the page that Tab stops at. */
const STOPS_MAX = 250;

/** Presses Tab, or Shift+Tab, until an element has the focus and shows it, as who has no mouse has to. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    await page.keyboard.press(key);
    const reached = await target.evaluateAll((found) => found.some((one) => one.matches(':focus-visible')));
    if (reached) return;
  }
  throw new Error(`${String(target)} is not reached by ${key}`);
}
