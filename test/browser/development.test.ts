/** The page as `npm run dev` serves it: under its policy, with styles, and a run in it. */
import type { Browser } from 'playwright-core';
import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { launchChromium } from './chromium.ts';
import { digestIn } from './session.ts';

let server: ViteDevServer;
let browser: Browser;
beforeAll(async () => {
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  server = await createServer({ configFile, logLevel: 'error', server: { port: 0 } });
  await server.listen();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

it('has its styles and complains of nothing that the policy refuses', async () => {
  const page = await browser.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  await page.goto(`${server.resolvedUrls!.local[0]}#/lab/${catalogue[0].scenario.id}`);
  expect(await digestIn(page)).toMatch(/^sha256:/);
  expect(refused).toEqual([]);
  expect(await page.evaluate(() => document.querySelectorAll('style[data-vite-dev-id]').length)).toBeGreaterThan(0);
  expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe('0px');
});
