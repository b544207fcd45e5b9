/**
 * The built page in Firefox, another engine in every part: the runs it computes are bit for bit those of Node, a link
 * opens there as the same run, and the page does not complain. Left out by name where there is no Firefox.
 */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { STARTERS } from '../../scenarios/own-policy/starters.ts';
import { examOf, verdictOf } from '../../scenarios/own-policy/verdict.ts';
import { run } from '../../sim-core/index.ts';
import { runInWorker, startWorker } from '../../scenarios/cli/bench/page/page-worker.ts';
import { linkHash } from '../../ui/models/link.ts';
import { shareRun } from '../../ui/models/shared-run.ts';
import { runHere } from '../scenarios/own-policy/solutions.ts';
import { firefoxIsHere, launchFirefox, openFirefox } from './firefox.ts';
import { address, digestIn, expectNoViolations } from './session.ts';

const directory = fileURLToPath(new URL('../../dist/page', import.meta.url));

describe.skipIf(!firefoxIsHere)('in Firefox', () => {
  describe('the page', () => {
    const session = openFirefox();
    let page: Page;
    beforeEach(() => {
      page = session.page;
    });

    it.each(['stampede', 'kafka-replication'])(
      '%s is shown as the run that Node computes, for the default and for another variant',
      async (id) => {
        const { scenario } = catalogue.find((entry) => entry.scenario.id === id)!;
        const [variant, otherVariant] = Object.keys(scenario.variants);
        await page.goto(`${address}#/lab/${id}`);
        const first = await digestIn(page);
        expect(first).toBe(run(scenario, { variant }).header.digest);
        await page.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).click();
        expect(await digestIn(page, first)).toBe(run(scenario, { variant: otherVariant }).header.digest);
      },
    );

    it('a policy of one’s own does what it does in Node, in a frame that leaves it nothing', async () => {
      await page.goto(`${address}#/policy`);
      await page.getByRole('button', { name: 'LRU', exact: true }).click();
      await page.getByRole('button', { name: 'Run it' }).click();
      await page.getByText('It keeps the contract').waitFor();
      const exam = examOf(1);
      const { digest } = verdictOf(exam, runHere(STARTERS.lru.source, exam));
      expect(await page.getByText(/^sha256:/).innerText()).toBe(digest);
    });

    it('a link replays identically', async () => {
      const { scenario, definition } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
      const [variant] = Object.keys(scenario.variants);
      const recording = run(scenario, { variant, seed: 7, definition });
      const experiment = { variant, seed: 7, changed: {}, interventions: [] };
      const shared = shareRun({ experiment, recording }, { time: scenario.openAt, tab: 'Events', mode: 'explore' });
      const hash = await linkHash(shared, scenario, { tabs: ['Events'], modes: ['explore'] });
      await page.goto(address + hash);
      await page.getByText('Replayed identically.').waitFor();
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    });

    it('a person steps, intervenes, compares, asks why and foretells as in any other browser, and axe finds nothing', async () => {
      const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
      const recording = run(scenario, { variant: 'none' });
      await page.goto(`${address}#/lab/stampede`);
      const first = await digestIn(page);
      const scrubber = page.getByRole('slider', { name: 'Time in the run' });
      const cursor = page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
      const time = async (): Promise<number> => Math.round(Number(await cursor.getAttribute('aria-valuenow')) * 1e9);
      await scrubber.press('End');
      await expect.poll(time).toBe(recording.header.duration);
      await scrubber.press('Home');
      await expect.poll(time).toBe(0);
      await page.getByRole('combobox', { name: 'Step' }).selectOption('event');
      const instants = [...new Set(recording.events.times.subarray(0, 100))].filter((at) => at > 0);
      await page.getByRole('button', { name: 'One step on' }).click();
      await expect.poll(time).toBe(instants[0]);
      await page.getByRole('button', { name: 'One step on' }).click();
      await expect.poll(time).toBe(instants[1]);
      await page.getByRole('button', { name: 'One step back' }).click();
      await expect.poll(time).toBe(instants[0]);

      await page.getByRole('tab', { name: 'Events' }).click();
      await page.getByRole('grid', { name: 'Events' }).locator('tbody tr').nth(3).click();
      await page.getByRole('tab', { name: 'Why?' }).click();
      await page
        .getByRole('tabpanel')
        .getByText(/^Event \d+, /)
        .first()
        .waitFor();

      await page
        .getByRole('list', { name: 'Parts of the system' })
        .getByRole('button', { name: /^database/ })
        .click();
      const at = await time();
      await page.getByRole('region', { name: 'Intervene at database' }).getByRole('button', { name: 'slow' }).click();
      const interventions = [{ at, action: 'slow', target: 'database', args: { factor: 4 } }];
      expect(await digestIn(page, first)).toBe(run(scenario, { variant: 'none', interventions }).header.digest);

      await page.getByText('compare', { exact: true }).click();
      await page.getByRole('region', { name: 'The system, B' }).waitFor();
      await page.getByText('B = A + slow database').waitFor();
      await page.getByRole('region', { name: 'Requests that fared otherwise' }).getByRole('row').nth(1).waitFor();
      await expectNoViolations(page);

      await page.getByText('explore', { exact: true }).click();
      const predict = page.locator('[data-predict]');
      await predict.getByRole('radio').last().check();
      await predict.getByRole('button', { name: 'Predict and run' }).click();
      await predict
        .getByText(/^Score|The run gave/)
        .first()
        .waitFor();
    });
  });

  describe('the page’s own worker', () => {
    let browser: Browser;
    let tab: Page;
    beforeAll(async () => {
      browser = await launchFirefox();
      tab = await browser.newPage();
      await tab.goto(address);
      await startWorker(tab, directory);
    });
    afterAll(() => browser.close());

    it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
      'computes %s as Node does, the default and the last variant',
      async (id, scenario) => {
        const variants = Object.keys(scenario.variants);
        for (const variant of [variants[0], variants.at(-1)!]) {
          const request = { scenario: id, variant, params: {}, seed: scenario.seed, interventions: [] };
          const answer = runInWorker(tab, request);
          const { digest } = run(scenario, { variant }).header;
          expect((await answer).digest, variant).toBe(digest);
        }
      },
    );
  });
});
