/** A run before a room: panels by a presenter's remote, the screen that asks, larger type, and the way out. */
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { labHash } from '../../ui/models/route.ts';
import { digestIn, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const session = openSession({ shared: true });

async function present(): Promise<void> {
  const { page } = session;
  await visit(page, labHash(scenario.id));
  await digestIn(page);
  await page.getByText('present', { exact: true }).click();
  await page.getByRole('dialog').getByRole('heading', { level: 1 }).waitFor();
}

const fontSize = (selector: string): Promise<number> =>
  session.page.locator(selector).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));

it('shows one panel at a time, moved by a remote’s keys, and asks the room at a full stop', async () => {
  const { page } = session;
  await present();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(scenario.question).waitFor();
  await expect.poll(() => fontSize('dialog')).toBeGreaterThan(await fontSize('body'));
  await page.keyboard.press('PageDown');
  await dialog.getByRole('heading', { name: 'Predict' }).waitFor();
  await page.keyboard.press('PageDown');
  await dialog.getByRole('region', { name: 'The system, presented' }).waitFor();
  await page.keyboard.press('PageDown');
  await expect.poll(() => dialog.getByRole('figure').count()).toBe(1);
  await page.keyboard.press('.');
  await dialog.getByText('What happens next, and why?').waitFor();
  await expect.poll(() => dialog.getByRole('figure').count()).toBe(0);
  await page.keyboard.press('.');
  await dialog.getByRole('figure').waitFor();
  await page.keyboard.press('PageUp');
  await dialog.getByRole('region', { name: 'The system, presented' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

it('axe finds nothing on any panel in either theme', async () => {
  const { page } = session;
  await present();
  for (let panel = 0; panel < 4; panel++) {
    await expectNoViolationsInEitherTheme(page);
    await page.keyboard.press('PageDown');
  }
});
