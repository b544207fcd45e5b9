/** The printed page: what is on paper, what is not, and that it is light and finds its way back to the run. */
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { readLink } from '../../ui/models/link.ts';
import { address, digestIn, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const session = openSession();

it('a run on paper: guide, system, charts with patterns, room for predictions, QR code, seed and digest', async () => {
  const { page } = session;
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${address}#/lab/${scenario.id}`);
  const digest = await digestIn(page);
  const guide = page.getByRole('region', { name: 'Guide' });
  await guide.getByRole('heading', { name: 'Sources' }).waitFor();
  // The link is made once the page has come to rest.
  await page.waitForTimeout(1500);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });

  for (const text of [scenario.question, 'What this does not model']) await guide.getByText(text).waitFor();
  await page.getByRole('region', { name: 'The system' }).getByText('database', { exact: true }).waitFor();
  const footer = page.locator('footer').filter({ has: page.getByRole('img', { name: 'QR code of the link' }) });
  await footer.getByText(`${scenario.title}: none, seed 1, at 10.3 s`).waitFor();
  const [printedDigest, link] = await footer.locator('code').allInnerTexts();
  expect(printedDigest).toBe(digest);
  const words = { tabs: ['Parameters'], modes: ['explore'] };
  const { run } = await readLink(link.split('?')[1], scenario, words);
  expect(run.document.digest).toBe(digest);

  // Nothing that only a screen can do.
  for (const role of ['tablist', 'combobox', 'dialog'] as const)
    await expect.poll(() => page.getByRole(role).count()).toBe(0);
  await expect.poll(() => page.getByRole('button', { name: /^(Share|Play|Keys|Read the guide)/ }).count()).toBe(0);

  const look = await page.evaluate(() => {
    const of = (selector: string) => {
      const element = document.querySelector(selector);
      return element ? getComputedStyle(element) : undefined;
    };
    return {
      scheme: of('html')?.colorScheme,
      ground: of('body')?.backgroundColor,
      area: of('[aria-label="Charts"] .tint')?.fill,
      predict: of('[data-predict] form')?.display,
      box: document.querySelector('[data-predict]')
        ? getComputedStyle(document.querySelector('[data-predict]')!, '::after').height
        : undefined,
      wide: document.documentElement.scrollWidth,
    };
  });
  expect(look).toMatchObject({ scheme: 'light', ground: 'rgb(255, 255, 255)', predict: 'none' });
  expect(look.area).toMatch(/url\(".*#print-(miss|ok|waiting)"\)/);
  expect(Number.parseFloat(look.box ?? '')).toBeGreaterThan(60);

  await page.emulateMedia({ media: null, colorScheme: 'dark' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'system');
  await page.getByRole('tablist', { name: 'Details' }).waitFor();
});

it('goes on a few sheets of A4, the charts together with the way back', async () => {
  const { page } = session;
  await page.goto(`${address}#/lab/${scenario.id}`);
  await digestIn(page);
  await page.getByRole('heading', { name: 'Sources' }).waitFor();
  await page.waitForTimeout(1500);
  const pdf = await page.pdf({ format: 'A4' });
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(sheets).toBeGreaterThanOrEqual(2);
  expect(sheets).toBeLessThanOrEqual(6);
});
