/**
 * The browser of the browser tests: the system's Chromium, driven by playwright-core, each launch with a profile of its
 * own. Where there is none, `npm test` says which tests it left out; a test that runs all the same fails with the reason.
 */
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../../tools/chromium.ts';

/** Starts a headless Chromium; close it in `afterAll`. Playwright makes a new profile folder and removes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(CHROMIUM_MISSING);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
