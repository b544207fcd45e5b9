/** A run of more events than are kept: what is shown of it is said, and a moment beyond it can be looked at, or not after all. */
import { expect, it } from 'vitest';
import { address, digestIn, openSession } from './session.ts';

const session = openSession();

it('a moment beyond the first million events is looked at by computing the run again, which can be cancelled', async () => {
  const { page } = session;
  await page.goto(`${address}#/lab/stampede`);
  const first = await digestIn(page);
  const field = page.getByRole('tabpanel').getByRole('textbox', { name: 'rate' });
  await field.fill('9000/s');
  await field.press('Enter');
  const long = await digestIn(page, first);
  const bar = page.getByRole('group', { name: 'Events that are kept' });
  await bar.getByText(/^1,000,000 of 1,\d\d\d,\d\d\d events are kept, from 0\.000\s*s to \d/).waitFor();
  const look = bar.getByRole('button', { name: 'Look at this moment' });
  await expect.poll(() => look.count()).toBe(0);

  await page.getByRole('slider', { name: 'Time in the run' }).press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await bar.getByText('is not among them').waitFor();
  const onStage = (): Promise<number> =>
    page
      .locator('.crowd')
      .getByText(/at work|waiting/)
      .count();
  await look.click();
  await bar.getByRole('progressbar', { name: 'Progress of the closer look' }).waitFor();
  await bar.getByRole('button', { name: 'Cancel' }).click();
  await look.click();
  await bar
    .getByText(/events are kept, from [1-9][\d.]*\s*s to 30(\.0+)?\s*s; who came before/)
    .waitFor({ timeout: 60_000 });
  expect(await digestIn(page)).toBe(long);
  await expect.poll(onStage).toBeGreaterThan(0);

  await page.getByRole('tab', { name: 'Events' }).click();
  const row = page.getByRole('tabpanel').locator('tr[aria-current], tr.current').first();
  await row.waitFor();
  const [current] = await row.locator('td').allInnerTexts();
  expect(Math.abs(Number(current) / 1e3 - 29)).toBeLessThan(0.01);
}, 120_000);
