/** Links and run files in a real browser: out by mouse and by keyboard, in again, and what is said of bad ones. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { exportForms, run } from '../../sim-core/index.ts';
import { hashOfDocument, linkHash, readLink } from '../../ui/models/link.ts';
import { labHash } from '../../ui/models/route.ts';
import { writeShared } from '../../ui/models/shared-document.ts';
import { shareRun } from '../../ui/models/shared-run.ts';
import { digestIn, expectNoViolations, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const { scenario, definition } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const lab = labHash(scenario.id);
const session = openSession({ shared: true });
const words = { tabs: ['Parameters', 'Events', 'State'], modes: ['explore', 'compare'] };

const dialog = () => session.page.getByRole('dialog', { name: 'Share this run' });
const shownLink = (): Promise<string> => dialog().getByRole('textbox', { name: /^Link/ }).inputValue();
const cursor = async (): Promise<number> =>
  Number(
    await session.page
      .getByRole('region', { name: 'Charts' })
      .getByRole('slider')
      .first()
      .getAttribute('aria-valuenow'),
  );

/** The document in a link, changed, as the hash of another link. */
async function forged(link: string, change: (document: Record<string, unknown>) => object): Promise<string> {
  const { run: shared } = await readLink(link.split('?')[1], scenario, words);
  const document = change(structuredClone(writeShared(shared)));
  return hashOfDocument(scenario.id, JSON.stringify(document));
}

/** The hash of a link to a run that was slowed, as the page would make it. */
async function linkFromNode(): Promise<string> {
  const interventions = [{ at: 10.3e9, action: 'slow', target: 'database' }];
  const experiment = { variant: 'none', seed: 1, changed: { rate: 1500 }, interventions };
  const recording = run(scenario, { variant: 'none', params: { rate: 1500 }, interventions, definition });
  const shared = shareRun({ experiment, recording }, { time: 10.3e9, tab: 'State', mode: 'explore' });
  return linkHash(shared, scenario, words);
}

/** A link to a run that was changed, slowed and looked at, made by the mouse. */
async function makeLink(): Promise<{ link: string; digest: string }> {
  const { page } = session;
  await visit(page, lab);
  const first = await digestIn(page);
  const field = page.getByRole('tabpanel').getByRole('textbox', { name: 'rate' });
  await field.fill('1500');
  await field.press('Enter');
  const second = await digestIn(page, first);
  await page
    .getByRole('region', { name: 'The system' })
    .getByRole('button', { name: /^database/ })
    .click();
  await page
    .getByRole('region', { name: /Intervene/ })
    .getByRole('button', { name: 'slow' })
    .click();
  const digest = await digestIn(page, second);
  await page.getByRole('button', { name: 'Share' }).click();
  return { link: await shownLink(), digest };
}

describe('a link', () => {
  it('made by the mouse opens in another window as the same run, at the same moment', async () => {
    const { link, digest } = await makeLink();
    expect(link.length).toBeLessThan(700);
    await session.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog().getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(() => session.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await dialog().getByRole('img', { name: 'QR code of the link' }).waitFor();

    const other = await session.context.newPage();
    await other.goto(link);
    expect(await digestIn(other)).toBe(digest);
    await other.getByRole('status').getByText('Replayed identically.').waitFor();
    await expect.poll(() => other.getByRole('tab', { name: 'State' }).getAttribute('aria-selected')).toBe('true');
    const slider = other.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    expect(Number(await slider.getAttribute('aria-valuenow'))).toBeCloseTo(scenario.openAt / 1e9, 6);
    await other.getByRole('button', { name: 'Dismiss' }).click();
    await other.getByText('Replayed identically.').waitFor({ state: 'detached' });
    await other.close();
  });

  it('made by the keyboard alone opens in the same window', async () => {
    const { page } = session;
    await visit(page, lab);
    const digest = await digestIn(page);
    const scrubber = page.getByRole('slider', { name: 'Time in the run' });
    await scrubber.press('Home');
    await scrubber.press('Shift+ArrowRight');
    const time = await cursor();
    const share = page.getByRole('button', { name: 'Share' });
    await share.focus();
    await page.keyboard.press('Enter');
    const link = await shownLink();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => share.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.evaluate((hash) => (location.hash = hash), new URL(link).hash);
    await page.getByText('Replayed identically.').waitFor();
    expect(await digestIn(page)).toBe(digest);
    await expect.poll(() => cursor()).toBeCloseTo(time, 6);
    // The verdict is about the run of the link, and goes when that is changed.
    await page.getByRole('group', { name: 'Variant' }).getByText('mutex', { exact: true }).click();
    await page.getByText('Replayed identically.').waitFor({ state: 'detached' });
  });

  it('to a comparison brings both runs back', async () => {
    const { page } = session;
    await visit(page, lab);
    await digestIn(page);
    await page.getByText('compare', { exact: true }).click();
    await page.getByText('B = A + mutex').waitFor();
    await page.getByRole('button', { name: 'Share' }).click();
    const link = await shownLink();
    const other = await session.context.newPage();
    await other.goto(link);
    await other.getByText('B = A + mutex').waitFor();
    const notice = other.getByRole('status').filter({ hasText: 'Replayed identically.' });
    await notice.getByText('Replayed identically.').nth(1).waitFor();
    await other.close();
  });

  it('whose digest was tampered with says so', async () => {
    const link = await linkFromNode();
    const bad = await forged(link, (document) => ({ ...document, digest: `sha256:${'0'.repeat(64)}` }));
    await visit(session.page, bad);
    const alert = session.page.getByRole('alert');
    await alert.getByText('Not the same run: every signal is as it was, but the digest differs.').waitFor();
    await alert.getByText('its input or its digest was altered on the way').waitFor();
  });

  it('whose input was tampered with says from when on the run differs', async () => {
    const link = await linkFromNode();
    const bad = await forged(link, (document) => ({ ...document, interventions: [], engine: '0.0.1' }));
    await visit(session.page, bad);
    const alert = session.page.getByRole('alert');
    await alert.getByText(/Not the same run: they first differ between (9|10)(\.\d+)?s and 1[01](\.\d+)?s/).waitFor();
    await alert.getByText('It was computed by engine 0.0.1').waitFor();
  });

  it('with bad fields opens a dialog that names them and what would be right', async () => {
    const link = await linkFromNode();
    const bad = await forged(link, (document) => ({
      ...document,
      seed: -4,
      params: { rate: 1e9, speed: 3 },
      view: { tab: 'Secrets' },
    }));
    await visit(session.page, bad);
    const trouble = session.page.getByRole('dialog', { name: 'A part of this link was ignored' });
    await trouble.waitFor();
    const rows = await trouble.getByRole('row').allInnerTexts();
    expect(rows.slice(1).map((row) => row.split(/\s/)[0])).toEqual(['seed', 'params.rate', 'params.speed', 'view.tab']);
    expect(rows.join()).toContain('a number a second from 1/s to 20000/s');
    await expectNoViolations(session.page, 'dialog');
    await session.page.keyboard.press('Escape');
    await session.page.getByRole('alert').getByText('A part of the input was ignored').waitFor();
  });

  it.each([
    ['?x=1', 'is not of the form'],
    ['?r=1.AAAA', 'cut short or damaged'],
    ['?r=9.AAAA', 'this page reads 1'],
  ])('%s is refused in words, and the scenario’s own run is shown', async (query, words_) => {
    await visit(session.page, lab + query);
    await session.page.getByRole('dialog', { name: 'This link cannot be read' }).getByText(words_).waitFor();
    await session.page.keyboard.press('Escape');
    expect(await digestIn(session.page)).toBe(run(scenario, { variant: 'none', definition }).header.digest);
  });
});

describe('a run file', () => {
  it('is saved, opens by the file dialog and by dropping it, and is refused in words', async () => {
    const { page } = session;
    const { digest } = await makeLink();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog().getByRole('button', { name: 'Save .run.json' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('stampede-none-1.run.json');
    const path = await download.path();
    const document = JSON.parse(readFileSync(path, 'utf8'));
    expect(document).toMatchObject({ brownout: 1, scenario: 'stampede', digest, definition, params: { rate: 1500 } });

    await page.reload();
    await page.getByRole('button', { name: 'Share' }).click();
    const input = dialog().getByLabel('Open a run file');
    await input.setInputFiles({ name: 'x.run.json', mimeType: 'application/json', buffer: Buffer.from('no') });
    await dialog().getByRole('alert').getByText('the file is no JSON').waitFor();
    await input.setInputFiles(path);
    await page.getByText('Replayed identically.').waitFor();
    expect(await digestIn(page)).toBe(digest);

    await page.reload();
    await page.getByRole('button', { name: 'Share' }).click();
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'y.run.json', { type: 'application/json' }));
      return transfer;
    }, JSON.stringify(document));
    await dialog().getByText('Open a run file').dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('Replayed identically.').waitFor();
  });

  it('is offered in place of a link that would be too long', async () => {
    const link = await linkFromNode();
    const interventions = Array.from({ length: 200 }, (_, i) => ({
      at: i * 100_000_007 + ((i * 7919) % 1013) * 9973,
      action: 'slow',
      target: 'database',
      args: { factor: 2 + ((i * 31) % 97) / 97 },
    }));
    await visit(session.page, await forged(link, (document) => ({ ...document, interventions })));
    await session.page.getByText('Not the same run').waitFor();
    await session.page.getByRole('button', { name: 'Share' }).click();
    await dialog()
      .getByText(/some programs cut links after 2,000\. Save it as a file instead/)
      .waitFor();
    await expect.poll(() => dialog().getByRole('img').count()).toBe(0);
  });
});

describe('for other tools', () => {
  it('the run that is shown is saved in the form that is asked for, and the report is a page for everybody', async () => {
    const { page } = session;
    await visit(page, lab);
    const digest = await digestIn(page);
    await page.getByRole('button', { name: 'Share' }).click();
    const forms = dialog().getByRole('button', { name: /^Save (?!\.run).*\.(json|jsonl|txt|yml|html)$/ });
    await expect.poll(() => forms.allTextContents()).toEqual(Object.values(exportForms).map(({ suffix }) => suffix));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog().getByRole('button', { name: 'Save report.html' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('stampede-none-1.report.html');
    const report = await session.context.newPage();
    await report.setContent(readFileSync(await download.path(), 'utf8'));
    expect(await report.getByRole('contentinfo').textContent()).toContain(digest);
    for (const colorScheme of ['light', 'dark'] as const) {
      await report.emulateMedia({ colorScheme });
      await expectNoViolations(report);
    }
    await report.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => report.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await report.close();
  });
});

describe('for everybody', () => {
  it('axe finds nothing in the dialog in either theme', async () => {
    await visit(session.page, await linkFromNode());
    await digestIn(session.page);
    await session.page.getByRole('button', { name: 'Share' }).click();
    await dialog().getByRole('img', { name: 'QR code of the link' }).waitFor();
    await expectNoViolationsInEitherTheme(session.page, 'dialog');
  });
});
