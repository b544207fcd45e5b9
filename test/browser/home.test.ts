/** The catalogue in a browser: the way in, search by mouse and by keyboard, progress across visits, tabs and refusals. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { chartsOf, run } from '../../sim-core/index.ts';
import { pairOf } from '../../ui/models/thumbnail.ts';
import { address, digestIn, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const lab = `${address}#/lab/stampede`;
const session = openSession();

const card = () => session.page.getByRole('list').getByRole('link', { name: new RegExp(scenario.title) });

/** Opens the scenario and runs a remedy: what makes it solved. */
async function solve(): Promise<void> {
  await session.page.goto(lab);
  const first = await digestIn(session.page);
  await session.page.getByRole('group', { name: 'Variant' }).getByText('mutex', { exact: true }).click();
  await digestIn(session.page, first);
}

describe('the first page', () => {
  it('says what it is, shows a real incident and its repair, and has one way in', async () => {
    const { page } = session;
    await page.goto(address);
    const { a, b } = pairOf(
      run(scenario, { variant: 'none' }),
      run(scenario, { variant: 'mutex' }),
      chartsOf(scenario, {}),
    )!;
    const figure = page.getByRole('figure');
    await figure.getByText(`pitfall, none: up to ${a.peak}`).waitFor();
    await figure.getByText(`remedy, mutex: up to ${b.peak}`).waitFor();
    await page.getByRole('link', { name: `Begin with: ${scenario.title}` }).click();
    expect(await digestIn(page)).toMatch(/^sha256:/);
  });

  it('draws a scenario’s picture once its card is on the screen, and not before', async () => {
    const { page } = session;
    await page.setViewportSize({ width: 390, height: 400 });
    await page.goto(address);
    await page.getByRole('figure').getByText('none: up to').waitFor();
    await card().scrollIntoViewIfNeeded();
    await card().getByText(/up to/).waitFor();
  });

  it('lists the fourteen pitfalls, each with the scenario that shows it', async () => {
    const { page } = session;
    await page.goto(address);
    const rows = page.getByRole('region', { name: /path of the 14 pitfalls/ }).getByRole('listitem');
    await rows.first().waitFor();
    await expect.poll(() => rows.count()).toBe(14);
    await expect.poll(() => rows.getByRole('link').count()).toBe(14);
  });
});

describe('search', () => {
  it('by the mouse narrows the catalogue, says how many, and gives everything back', async () => {
    const { page } = session;
    await page.goto(address);
    const field = page.getByRole('searchbox', { name: 'Search the catalogue' });
    await field.click();
    await page.keyboard.type('zeppelin');
    await page.getByText('Nothing in the catalogue').waitFor();
    await expect.poll(() => card().count()).toBe(0);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await card().waitFor();
  });

  it('by the keyboard alone goes to a result and into it', async () => {
    const { page } = session;
    await page.goto(address);
    const field = page.getByRole('searchbox', { name: 'Search the catalogue' });
    for (let tabs = 0; tabs < 12; tabs++) {
      await page.keyboard.press('Tab');
      if (await field.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.type('popular key');
    await page
      .getByText(/^\d+ of \d+ scenarios?$/, { exact: false })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => field.inputValue()).toBe('');
    await page.keyboard.type('1.7 stampede');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(scenario.title);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/lab\/stampede/);
  });
});

describe('progress', () => {
  it('is visited, then solved by the stated rule, and outlives a reload until it is forgotten', async () => {
    const { page } = session;
    await page.goto(address);
    await card().waitFor();
    expect(
      await card()
        .getByText(/visited|solved/)
        .count(),
    ).toBe(0);
    await page.goto(lab);
    await digestIn(page);
    await page.getByRole('link', { name: 'Brownout' }).click();
    await card().getByText('visited').waitFor();
    await solve();
    await page.getByRole('link', { name: 'Brownout' }).click();
    await card().getByText('solved').waitFor();
    // What is kept is written behind the page's back.
    await page.waitForTimeout(1500);
    await page.reload();
    await card().getByText('solved').waitFor();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await card().getByText('solved').waitFor({ state: 'detached' });
    await page.reload();
    await card().waitFor();
    expect(
      await card()
        .getByText(/visited|solved/)
        .count(),
    ).toBe(0);
  });

  it('of one tab is seen in another at once', async () => {
    const { page, context } = session;
    await page.goto(address);
    await card().waitFor();
    const other = await context.newPage();
    await other.goto(lab);
    await digestIn(other);
    await card().getByText('visited').waitFor();
  });

  it('lasts as long as the page where the browser refuses to keep it, and the page says so', async () => {
    const { page } = session;
    await page.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get() {
          throw new DOMException('refused', 'SecurityError');
        },
      });
    });
    await page.goto(lab);
    await digestIn(page);
    await page.getByRole('link', { name: 'Brownout' }).click();
    await card().getByText('visited').waitFor();
    await page.getByText('does not let the page keep anything').waitFor();
  });
});

describe('for everybody', () => {
  it('axe finds nothing in either theme, with motion reduced', async () => {
    const { page } = session;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await solve();
    // Within the same document: to load it anew would ask what of the progress is stored by then.
    await page.goto(`${address}#/`);
    await card().getByText('solved').waitFor();
    await card().getByText(/up to/).waitFor();
    await expectNoViolationsInEitherTheme(page);
  });

  it.each([1440, 1024, 390])('nothing is cut off at the side at %d pixels', async (width) => {
    const { page } = session;
    await page.setViewportSize({ width, height: 844 });
    await page.goto(address);
    await page.getByRole('figure').getByText('none: up to').waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
