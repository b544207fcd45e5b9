/**
 * What a reader does with the page, gone through in Firefox as it is elsewhere in Chromium: found, foretold and presented by
 * keyboard alone; a long run that is cancelled, luck, paper, the notebook and a second tab by the mouse; and the page
 * without its server, and with a worker that crashes. WebDriver BiDi emulates neither media nor a lost network, and tells
 * of no workers: the theme is changed by the page's own button, paper is a PDF, the server is really closed, and the worker
 * is ailing from the start. Left out by name where there is no Firefox.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, inflateSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import eviction from '../../scenarios/caching/eviction.ts';
import stampede from '../../scenarios/caching/stampede.ts';
import { servePage } from '../../scenarios/cli/serve/page-server.ts';
import { run } from '../../sim-core/index.ts';
import { CALIBRATION, HOME, labHash } from '../../ui/models/route.ts';
import { firefoxIsHere, openFirefox } from './firefox.ts';
import { address, digestIn, expectNoViolations, tabTo } from './session.ts';

const directory = fileURLToPath(new URL('../../dist/page', import.meta.url));
const lab = labHash(stampede.id);
const { digest } = run(stampede, { variant: 'none' }).header;

/** Of a slow machine's Firefox. */
const PATIENCE = 180_000;

describe.skipIf(!firefoxIsHere)('in Firefox a reader', () => {
  const session = openFirefox();
  const box = (): Locator => session.page.locator('[data-predict]');

  /** Typed: what BiDi fills in is no change to Firefox. */
  const setRate = async (value: string): Promise<void> => {
    const { keyboard } = session.page;
    await session.page.getByRole('tabpanel').getByRole('textbox', { name: 'rate' }).selectText();
    await keyboard.type(value);
    await keyboard.press('Enter');
  };

  it(
    'with a keyboard alone finds a scenario, foretells a number and a line, and presents',
    async () => {
      const { page } = session;
      const press = async (target: Locator, key = 'Enter'): Promise<void> => {
        await tabTo(page, target);
        await page.keyboard.press(key);
      };
      await page.goto(address);
      await page.getByRole('figure').getByText('none: up to').waitFor();
      await tabTo(page, page.getByRole('searchbox', { name: 'Search the catalogue' }));
      await page.keyboard.type('1.7 stampede');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(stampede.title);
      await page.keyboard.press('Enter');
      expect(await digestIn(page)).toBe(digest);

      await foretell('textbox', async (field) => {
        await tabTo(page, field);
        await page.keyboard.type('20');
        await page.keyboard.press('Enter');
      });
      await box()
        .getByText(/^Score \d+ of 100\./)
        .waitFor();
      await press(box().getByRole('button', { name: 'Next question' }));
      await foretell('slider', async (plot) => {
        await tabTo(page, plot);
        for (const key of ['PageUp', 'Shift+ArrowRight', 'End', 'PageDown']) await page.keyboard.press(key);
        await press(box().getByRole('button', { name: 'Predict and run' }));
      });
      await box().getByText('The measured line is drawn over yours.').waitFor();

      await tabTo(page, page.getByRole('radio', { name: 'explore' }), 'Shift+Tab');
      await page.keyboard.press('ArrowLeft');
      const room = page.getByRole('dialog');
      await room.getByText(stampede.question).waitFor();
      for (let panel = 0; panel < 3; panel++) await page.keyboard.press('PageDown');
      await room.getByRole('figure').waitFor();
      await page.keyboard.press('.');
      await room.getByText('What happens next, and why?').waitFor();
      await page.keyboard.press('Escape');
      await room.waitFor({ state: 'detached' });

      /** Skips to the first question that is answered in such a field. */
      async function foretell(role: 'textbox' | 'slider', answer: (field: Locator) => Promise<void>): Promise<void> {
        const field = box().getByRole(role);
        for (let skipped = 0; skipped < 8 && (await field.count()) === 0; skipped++) {
          await press(box().getByRole('button', { name: 'Skip' }));
        }
        await answer(field);
      }
    },
    PATIENCE,
  );

  it(
    'cancels a long run, asks whether it is luck, prints, reads the notebook, and goes on in another tab',
    async () => {
      const { page } = session;
      await page.goto(address + lab);
      const first = await digestIn(page);
      await setRate('20000');
      await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alert').getByText('stopped before its end').waitFor();
      await setRate('50');
      const few = await digestIn(page, first);
      expect(few).toBe(run(stampede, { variant: 'none', params: { rate: 50 } }).header.digest);

      await page.getByText('compare', { exact: true }).click();
      await page.getByRole('radio', { name: 'B', exact: true }).check();
      await setRate('50');
      await page.getByText('B = A + mutex', { exact: true }).waitFor();
      const luck = page.getByRole('region', { name: 'Is it luck?' });
      await luck.getByRole('button', { name: 'Run both on 20 seeds' }).click();
      await luck.getByText('over 20 seeds').waitFor({ timeout: 60_000 });

      expect(sheetsOf(await page.pdf({ format: 'A4' }))).toBeGreaterThanOrEqual(2);

      await page.goto(address + CALIBRATION);
      await page
        .getByRole('slider', { name: /^M\/M\/1/ })
        .locator('circle.chosen')
        .waitFor({ timeout: 30_000 });
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('button', { name: 'Compute again' }).waitFor();

      await page.goto(address + HOME);
      for (let press = 0; press < 2; press++) await page.getByRole('button', { name: /Theme/ }).click();
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
      await expectNoViolations(page);
      const other = await page.context().newPage();
      await other.goto(address + labHash(eviction.id));
      await digestIn(other);
      // The other tab's progress comes over at once.
      await page.getByRole('list').getByRole('link').filter({ hasText: eviction.title }).getByText('visited').waitFor();
      await other.close();
    },
    PATIENCE,
  );

  it(
    'goes on without the server after one visit, and is told when the worker crashes',
    async () => {
      const { page } = session;
      const folder = mkdtempSync(join(tmpdir(), 'brownout-ailing-'));
      cpSync(directory, folder, { recursive: true });
      const entry = readdirSync(join(folder, 'assets')).find((name) => /^worker-entry-.*\.js$/.test(name))!;
      const path = join(folder, 'assets', entry);
      // It fails once the second run has begun, outside of it.
      const ailing = `let runs = 0;
        addEventListener('message', ({ data }) => {
          if (data.path?.[0] === 'run' && ++runs === 2) setTimeout(() => { throw new Error('struck by lightning'); });
        });`;
      writeFileSync(path, `${readFileSync(path, 'utf8')}\n${ailing}`);
      const server = await servePage({ directory: folder, port: 0 });
      try {
        await page.goto(server.address + lab);
        await digestIn(page);
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
        await server.close();
        await page.reload();
        expect(await digestIn(page)).toBe(digest);

        await setRate('20000');
        await page.getByRole('alert').getByText('struck by lightning').waitFor();
        await page.getByText('What is shown is the run before it.').waitFor();
        await page.getByRole('button', { name: 'Reset all' }).click();
        expect(await digestIn(page)).toBe(digest);
      } finally {
        await server.close().catch(() => {});
        rmSync(folder, { recursive: true });
      }
      session.complaints = session.complaints.filter((text) => !text.includes('struck by lightning'));
    },
    PATIENCE,
  );
});

/** Sheets of a PDF whose objects are packed, as Firefox makes it. */
function sheetsOf(pdf: Buffer): number {
  const packed = [...pdf.toString('latin1').matchAll(/\/ObjStm[^>]*>>\s*stream\r?\n/g)];
  const objects = packed.map(({ index, 0: head }) =>
    inflateSync(pdf.subarray(index + head.length), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'),
  );
  return objects.join().match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}
