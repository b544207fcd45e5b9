/**
 * Every route of the page without a violation by any of axe's rules, in either theme: every scenario, and each other kind
 * of page and of mode, with motion or without. What has a test file of its own is judged there, with more in it: the
 * catalogue, a policy of one's own, the notebook. One page is kept open, as a reader keeps it.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { groupBy } from '../../ui/models/grouping.ts';
import { HOME, INSTRUCTOR, labHash, SPECIMENS } from '../../ui/models/route.ts';
import { digestIn, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

type Motion = 'reduce' | 'no-preference';

const session = openSession({ shared: true });

/** Waits until the scenario's run, its guide and its charts are shown. */
async function openLab(id: string): Promise<void> {
  const { page } = session;
  const { scenario } = catalogue.find((entry) => entry.scenario.id === id)!;
  await page.getByRole('heading', { level: 1, name: scenario.title, exact: true }).waitFor();
  await digestIn(page);
  await page.locator('.prose > *').first().waitFor();
  await page.getByRole('region', { name: 'Charts' }).getByRole('slider').first().waitFor();
  await settled();
}

/** What is being computed anew is faded, and not to be read yet. */
async function settled(): Promise<void> {
  const charts = session.page.getByRole('region', { name: 'Charts' });
  await expect.poll(() => charts.evaluate((element) => getComputedStyle(element).opacity)).toBe('1');
}

describe('axe finds nothing', () => {
  const chapters = groupBy(
    catalogue.map(({ scenario }) => scenario),
    ({ section }) => section[0],
  );

  it.each([...chapters])(
    'in any scenario of chapter %s, by any of its rules',
    async (_, scenarios) => {
      const { page } = session;
      await visit(page, HOME);
      const found: string[] = [];
      for (const scenario of scenarios) {
        await page.evaluate((to) => (location.hash = to), labHash(scenario.id));
        await openLab(scenario.id);
        await expectNoViolationsInEitherTheme(page).catch((error: Error) =>
          found.push(`${scenario.id}: ${error.message}`),
        );
      }
      expect(found).toEqual([]);
    },
    240_000,
  );

  const pages: readonly (readonly [kind: string, hash: string, motion: Motion, open: () => Promise<unknown>])[] = [
    ['the instructor’s', INSTRUCTOR, 'reduce', () => session.page.getByRole('heading', { level: 1 }).waitFor()],
    ['the specimens', SPECIMENS, 'reduce', () => session.page.getByRole('navigation', { name: 'Specimens' }).waitFor()],
    ['an unknown one', '#/no/such/page', 'no-preference', () => lost()],
    ['an unknown scenario’s', labHash('nowhere'), 'no-preference', () => lost()],
    ['the lab without motion', labHash('kafka-health'), 'reduce', () => openLab('kafka-health')],
    ['the lab that compares', labHash('stampede'), 'reduce', () => openIn('stampede', 'compare')],
    ['the lab with an exercise', labHash('stampede'), 'no-preference', () => openIn('stampede', 'exercise')],
    ['the lab that presents', labHash('placement'), 'reduce', () => openIn('placement', 'present')],
  ];
  const lost = () => session.page.getByText('There is no such page.').waitFor();
  const openIn = async (id: string, mode: string): Promise<void> => {
    await openLab(id);
    const { page } = session;
    await page.getByRole('radio', { name: mode }).check({ force: true });
    if (mode === 'exercise')
      await page.getByRole('region', { name: 'Exercise' }).getByRole('heading', { level: 1 }).waitFor();
    if (mode !== 'compare') return;
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    await digestIn(page);
    await settled();
  };

  it.each(pages)('on %s (%s), with motion: %s', async (_, hash, reducedMotion, open) => {
    const { page } = session;
    await page.emulateMedia({ reducedMotion });
    await visit(page, hash);
    await open();
    await expectNoViolationsInEitherTheme(page);
  });
});
