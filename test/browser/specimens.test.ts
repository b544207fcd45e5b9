/**
 * Every specimen by its own address: shown with all its cases, without a complaint, without a violation in either theme,
 * without a part that hangs out of its page on a small screen; and drawn alike whenever it is opened.
 */
import { describe, expect, it } from 'vitest';
import { specimens } from '../../ui/specimens/index.ts';
import { expectNoViolations, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const session = openSession({ viewport: { width: 1024, height: 768 }, shared: true });

async function open(id: string): Promise<void> {
  await visit(session.page, `#/specimens/${id}`);
  await session.page.locator('[data-case]').first().waitFor();
}

describe.each(specimens)('the specimen $id', ({ id, title }) => {
  it('has no violation in either theme, nor hangs out of a small page', async () => {
    const { page } = session;
    await open(id);
    await expect.poll(() => page.getByRole('heading', { level: 1 }).first().textContent()).toBe(title);
    await expectNoViolationsInEitherTheme(page);
    await page.setViewportSize({ width: 390, height: 844 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBe(0);
  });
});

it('the dialogs open one by one without a violation, and Escape closes each', async () => {
  const { page } = session;
  await open('dialogs');
  const buttons = page.locator('[data-case="Dialogs"]').getByRole('button');
  await expect.poll(() => buttons.count()).toBe(5);
  for (const button of await buttons.all()) {
    await button.click();
    await page.getByRole('dialog').waitFor();
    await expectNoViolations(page, 'dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
});

it('predictions are asked and answered, and none of it is kept', async () => {
  const { page } = session;
  await open('predict');
  const number = page.locator('[data-case="A number"]');
  await number.getByRole('textbox').fill('20');
  await number.getByRole('textbox').press('Enter');
  await number.getByText(/^Score \d+ of 100\.$/).waitFor();
  await page.reload();
  await number.getByRole('textbox').waitFor();
});

it('the list leads to each of them, by keyboard too', async () => {
  const { page } = session;
  await visit(page, '#/specimens');
  const links = page.getByRole('navigation', { name: 'Specimens' }).getByRole('link');
  await expect.poll(() => links.allTextContents()).toEqual(specimens.map(({ title }) => title));
  await expectNoViolations(page);
  await links.nth(8).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: specimens[8].title }).waitFor();
});

it('one that does not exist is said to be none', async () => {
  const { page } = session;
  await visit(page, '#/specimens/nothing-of-the-kind');
  await page.getByRole('alert').getByText('nothing-of-the-kind').waitFor();
});

it('charts are drawn alike each time, and one cursor moves all of them', async () => {
  const { page } = session;
  const drawn = (): Promise<string[]> =>
    page.locator('[data-case] svg path').evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));
  await open('chart');
  const before = await drawn();
  await page.reload();
  await page.locator('[data-case]').first().waitFor();
  expect(before.length).toBeGreaterThan(20);
  await expect.poll(() => drawn()).toEqual(before);
  const sliders = page.getByRole('slider');
  await sliders.first().press('Home');
  const times = await sliders.evaluateAll((all) => all.map((slider) => slider.getAttribute('aria-valuenow')));
  expect(new Set(times).size).toBe(1);
});
