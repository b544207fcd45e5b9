/** The built page in a tab of Chromium, as its server serves it; and why there is none, where there is none. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../../../../tools/chromium.ts';
import { servePage } from '../../serve/page-server.ts';

export interface Tab {
  readonly page: Page;
  /** Of the page, with a slash at its end. */
  readonly address: string;
  /** The folder of the built page. */
  readonly directory: string;
  close(): Promise<void>;
}

/** A tab in which nothing has been opened yet; a text that says what is missing for one. */
export async function openTab(): Promise<Tab | string> {
  const directory = fileURLToPath(new URL('page/', import.meta.url));
  if (!existsSync(directory)) return 'needs the built command line and page (npm run build)';
  const executablePath = findChromium();
  if (executablePath === undefined) return CHROMIUM_MISSING;
  const playwright = await import('playwright-core').catch(() => undefined);
  if (playwright === undefined) return 'needs playwright-core, which a checkout has';
  const server = await servePage({ directory, port: 0 });
  try {
    // Signals are the command line's to hear: what was measured is printed, and then the browser is closed.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    const args = ['--no-sandbox', '--disable-gpu'];
    const browser = await playwright.chromium.launch({ executablePath, args, ...signals });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
    const close = async (): Promise<void> => {
      await browser.close();
      await server.close();
    };
    return { page, address: server.address, directory, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Opens a place of the page anew and waits until its first run is shown. */
export async function openLab({ page, address }: Tab, hash: string): Promise<void> {
  // Another hash alone would not load the page again.
  await page.goto('about:blank');
  await page.goto(address + hash);
  await page.locator('footer[data-state="done"]').waitFor({ timeout: 60_000 });
}
