/** The system's Firefox, driven by playwright-core over WebDriver BiDi, and what its tests begin with. */
import { firefox, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { findFirefox } from '../../tools/firefox.ts';

const executablePath = findFirefox();

/** Tests are left out by name where it is not. */
export const firefoxIsHere = executablePath !== undefined;

/** Debian's own: Playwright's protocol wants a build of its own. */
export function launchFirefox(): Promise<Browser> {
  if (!executablePath) throw new Error('there is no Firefox');
  return firefox.launch({ channel: 'moz-firefox', executablePath, headless: true });
}

/** To be called once in a block of tests: a new page for each, whose errors fail it. */
export function openFirefox(): { readonly page: Page; complaints: string[] } {
  let browser: Browser;
  let page: Page;
  const session = {
    get page() {
      return page;
    },
    complaints: [] as string[],
  };
  beforeAll(async () => {
    browser = await launchFirefox();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    session.complaints = [];
    page.on('console', (message) => {
      if (message.type() === 'error') session.complaints.push(message.text());
    });
    page.on('pageerror', (error) => session.complaints.push(error.message));
  });
  afterEach(async () => {
    await page.context().close();
    if (session.complaints.length > 0) throw new Error(`the page complained: ${session.complaints.join('; ')}`);
  });
  return session;
}
