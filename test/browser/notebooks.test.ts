/** The calibration notebook in a browser: computed while it is read, the same as in Node, by mouse and by keyboard. */
import { describe, expect, it } from 'vitest';
import { estimatesOf, tally } from '../../notebooks/calibration/estimates.ts';
import { COVERAGE, EXPERIMENTS } from '../../notebooks/calibration/experiments.ts';
import { numberText } from '../../ui/models/measure-text.ts';
import { address, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const notebook = `${address}#/notebooks/calibration`;
const session = openSession();

/** Time for a whole computation on a small machine that has other things to do. */
const PATIENCE = 150_000;
const REPLICATIONS = 10;

/** Opens the notebook with the fewest replications. */
async function open(): Promise<void> {
  await session.page.goto(notebook);
  await session.page.getByRole('combobox', { name: /^Replications/ }).selectOption(String(REPLICATIONS));
}

describe('the calibration notebook', () => {
  it(
    'computes what Node computes for the same seed, and counts the intervals that hold',
    { timeout: PATIENCE },
    async () => {
      const { page } = session;
      await open();
      const computed = Object.entries(EXPERIMENTS).map(([name, { exact, points, replicate }]) => {
        const observed = points.map((point, place) =>
          Array.from({ length: REPLICATIONS }, (_, i) => replicate(point, `1/${name}/${place}/${i}`)),
        );
        return { exact, estimates: estimatesOf(points, observed) };
      });
      const [sums, approximate] = [true, false].map((exact) =>
        tally(computed.flatMap((one) => (one.exact === exact ? one.estimates : []))),
      );
      const { holding, told } = sums;
      await page.locator(`[data-tally="${holding}/${told}"]`).waitFor({ timeout: PATIENCE });
      await page.locator(`[data-tally-approximate="${approximate.holding}/${approximate.told}"]`).waitFor();
      expect(approximate.told).toBe(EXPERIMENTS.lru.points.length);
      const [first] = computed[0].estimates;
      const plot = page.getByRole('slider', { name: /^M\/M\/1/ });
      await expect
        .poll(() => plot.getAttribute('aria-valuetext'))
        .toContain(`measured ${numberText(first.mean)}, interval`);
      expect(holding).toBeGreaterThan(0.8 * told);
    },
  );

  it('draws results as they come, and stops when it is told to', async () => {
    const { page } = session;
    await open();
    const plot = page.getByRole('slider', { name: /^M\/M\/1/ });
    await plot.locator('circle.chosen').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Compute again' }).waitFor();
    const counted = await page.locator('[data-tally]').getAttribute('data-tally');
    await page.waitForTimeout(500);
    await expect.poll(() => page.locator('[data-tally]').getAttribute('data-tally')).toBe(counted);
  });

  it('is read by the keyboard alone: point by point, and as a table', async () => {
    const { page } = session;
    await open();
    const plot = page.getByRole('slider', { name: /^M\/M\/1/ });
    await plot.locator('path.interval').nth(2).waitFor({ state: 'attached', timeout: 30_000 });
    await plot.focus();
    await page.keyboard.press('End');
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toContain('load ρ 0.9');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toContain('load ρ 0.8');
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toContain('theory 5');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const table = page.getByRole('region', { name: /^M\/M\/1.*all values/ });
    await expect.poll(() => table.getByRole('row').count()).toBe(1 + EXPERIMENTS.mm1.points.length);
  });

  it('repeats a study to show what its level means', { timeout: PATIENCE }, async () => {
    const { page } = session;
    await open();
    await page.getByRole('button', { name: `Repeat it ${COVERAGE.repetitions} times` }).click();
    const told = page.locator('[data-covered]');
    await told.waitFor({ timeout: PATIENCE });
    const covered = Number(await told.getAttribute('data-covered'));
    expect(covered).toBeGreaterThan(80);
    expect(covered).toBeLessThanOrEqual(COVERAGE.repetitions);
  });

  it('says so when its worker cannot be loaded', async () => {
    const { page } = session;
    await page.route(/worker-[^/]*\.js$/, (route) => route.abort());
    await page.goto(notebook);
    await page.getByRole('alert').getByText('The computation failed').waitFor();
    session.complaints = session.complaints.filter((text) => !text.includes('ERR_FAILED'));
  });

  it('is reached from the catalogue', async () => {
    const { page } = session;
    await page.goto(address);
    await page.getByRole('link', { name: 'Calibration' }).click();
    await page.getByRole('heading', { name: 'Calibration', level: 1 }).waitFor();
    await expect.poll(() => page.title()).toBe('Calibration · Brownout');
  });
});

describe('for everybody', () => {
  it('axe finds nothing in either theme, with motion reduced', async () => {
    const { page } = session;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open();
    await page.locator('path.interval').first().waitFor({ state: 'attached', timeout: 30_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('All values').first().click();
    await expectNoViolationsInEitherTheme(page);
  });

  it.each([1440, 390])('nothing is cut off at the side at %d pixels', async (width) => {
    const { page } = session;
    await page.setViewportSize({ width, height: 844 });
    await open();
    await page.locator('circle.chosen').first().waitFor({ timeout: 30_000 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
