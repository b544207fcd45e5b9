/**
 * What has to be seen without scrolling at the sizes that people have: the whole of the system, of both where two futures
 * are compared; and no words over other words.
 */
import { describe, expect, it } from 'vitest';
import { labHash } from '../../ui/models/route.ts';
import { digestIn, openSession, visit } from './session.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
] as const;
const lab = labHash('stampede');
const session = openSession({ shared: true });

interface Span {
  readonly from: number;
  readonly to: number;
}

/** How much of each stage is out of sight, in pixels. */
const hidden = (): Promise<number[]> =>
  session.page
    .locator('[data-figure] > .view')
    .evaluateAll((views) => views.map((view) => Math.max(0, view.scrollHeight - view.clientHeight)));

describe.each(SIZES)('at $width x $height', (size) => {
  it('the whole system is seen, and both where two futures are compared', async () => {
    const { page } = session;
    await page.setViewportSize(size);
    await visit(page, lab);
    await digestIn(page);
    await expect.poll(hidden, { timeout: 10_000 }).toEqual([0]);
    await page.getByRole('radio', { name: 'compare' }).check({ force: true });
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    await expect.poll(hidden, { timeout: 10_000 }).toEqual([0, 0]);
    const wider = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(wider).toBeLessThanOrEqual(0);
  });

  it('a tab that is chosen while two futures are compared shows what is in it, and can be drawn larger', async () => {
    const { page } = session;
    await page.setViewportSize(size);
    await visit(page, lab);
    await digestIn(page);
    await page.getByRole('radio', { name: 'compare' }).check({ force: true });
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    await page.getByRole('tab', { name: 'Logs' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Logs' });
    const height = async (): Promise<number> => (await panel.boundingBox())?.height ?? 0;
    const before = await height();
    expect(before).toBeGreaterThan(90);
    await page.getByRole('separator').press('ArrowUp');
    await page.getByRole('separator').press('ArrowUp');
    await expect.poll(() => height()).toBeCloseTo(before + 64, 0);
  });

  it('what is read off charts stays beside them', async () => {
    const { page } = session;
    await page.setViewportSize(size);
    await visit(page, lab);
    await digestIn(page);
    const outside = await page.locator('.charts figure').evaluateAll((figures) =>
      figures.flatMap((figure) => {
        const { right } = figure.getBoundingClientRect();
        return [...figure.querySelectorAll('strong')].filter((one) => one.getBoundingClientRect().right > right + 1);
      }),
    );
    expect(outside).toHaveLength(0);
  });
});

it.each([...SIZES, { width: 390, height: 844 }])(
  'the guide is set in 17 to 18 pixels at $width x $height',
  async (size) => {
    const { page } = session;
    await page.setViewportSize(size);
    await visit(page, lab);
    await digestIn(page);
    if (size.width < 900) await page.getByRole('button', { name: 'Read the guide' }).click();
    const sizes = await page
      .locator('.question, .prose > p')
      .evaluateAll((all) => all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(17);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(18);
  },
);

it.each([390, 700, 1440])('labels of a trace do not lie over each other at %d pixels', async (width) => {
  const { page } = session;
  await page.setViewportSize({ width, height: 844 });
  await visit(page, lab);
  await digestIn(page);
  await page.getByRole('tab', { name: 'Trace' }).click();
  await page.getByRole('listbox').waitFor();
  const labels = await page.locator('.axis .tick').evaluateAll((ticks): Span[] =>
    ticks.map((tick) => {
      const { left, right } = tick.getBoundingClientRect();
      return { from: left, to: right };
    }),
  );
  expect(labels.length).toBeGreaterThan(1);
  for (const [i, { from }] of labels.slice(1).entries()) expect(from).toBeGreaterThan(labels[i].to);
});
