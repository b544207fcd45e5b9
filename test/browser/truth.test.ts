/** What an instrument says and what is true of it are drawn in one chart, as two lines that are told apart, where they differ. */
import { expect, it } from 'vitest';
import { address, digestIn, openSession } from './session.ts';

const session = openSession();

it('a chart of what a dashboard says has the true line beside it', async () => {
  const { page } = session;
  await page.goto(`${address}#/lab/five-pillars`);
  await digestIn(page);
  const chart = page.locator('[data-shows="dashboard.http.server.request.duration.p95"]').first();
  const lines = ['says', 'true'].map((label) => chart.locator(`path[data-series="${label}"]`));
  const drawn = await Promise.all(lines.map((line) => line.getAttribute('d')));
  for (const path of drawn) expect(path).toMatch(/^M[\d.]+/);
  // A window of ten seconds is no interval of a run: they are not one line.
  expect(drawn[0]).not.toBe(drawn[1]);
  const strokes = await Promise.all(lines.map((line) => line.evaluate((path) => getComputedStyle(path).stroke)));
  expect(strokes[0]).not.toBe(strokes[1]);
  for (const name of ['says', 'true']) expect(await chart.getByText(name, { exact: true }).count()).toBeGreaterThan(0);
});
