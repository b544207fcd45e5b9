/**
 * The built page in a real Chromium, driven as a reader would: the run it shows is the one that Node computes, it
 * answers to sliders and keys, it says what went wrong, and it keeps to itself.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { mainColumn, run } from '../../sim-core/index.ts';
import { measureText } from '../../ui/models/measure-text.ts';
import { HOME, labHash } from '../../ui/models/route.ts';
import { address, digestIn, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const [variant, otherVariant] = Object.keys(scenario.variants);
const lab = labHash(scenario.id);
const session = openSession({ shared: true });
const digest = (before?: string): Promise<string> => digestIn(session.page, before);

describe('a run in the page', () => {
  it('is the run that Node computes, for the default and for another variant and seed', async () => {
    await visit(session.page, lab);
    const first = await digest();
    expect(first).toBe(run(scenario, { variant }).header.digest);
    await session.page.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).click();
    const second = await digest(first);
    await session.page.getByLabel('Seed').fill('7');
    await session.page.getByLabel('Seed').press('Enter');
    expect(await digest(second)).toBe(run(scenario, { variant: otherVariant, seed: 7 }).header.digest);
  });

  it('is the same without a worker, on the page’s own thread', async () => {
    const page = await session.context.newPage();
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'Worker'));
    await page.goto(address + lab);
    expect(await digestIn(page)).toBe(run(scenario, { variant }).header.digest);
    await page.close();
  });

  it('follows a slider, says what changed, and comes back', async () => {
    await visit(session.page, lab);
    const first = await digest();
    const slider = session.page.getByRole('tabpanel').getByRole('slider').first();
    await slider.focus();
    await slider.press('ArrowLeft');
    const second = await digest(first);
    expect(second).not.toBe(first);
    await session.page.getByRole('button', { name: 'Reset all' }).click();
    expect(await digest(second)).toBe(first);
  });

  it('refuses a value out of bounds where it was typed, and runs nothing', async () => {
    await visit(session.page, lab);
    const first = await digest();
    const field = session.page.getByRole('tabpanel').getByRole('textbox', { name: Object.keys(scenario.params)[0] });
    await field.fill('-1');
    await field.press('Enter');
    await session.page.getByRole('alert').getByText('is not valid; expected').waitFor();
    expect(await digest()).toBe(first);
  });
});

describe('the cursor', () => {
  it('opens on the moment of the story and is one for stage, charts, keys and scrubber', async () => {
    await visit(session.page, lab);
    await digest();
    const scrubber = session.page.getByRole('slider', { name: 'Time in the run' });
    const chart = session.page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    const time = async (): Promise<number> => Number(await chart.getAttribute('aria-valuenow'));
    await expect.poll(() => time()).toBeCloseTo(scenario.openAt / 1e9, 2);

    const box = await scrubber.boundingBox();
    if (!box) throw new Error('the scrubber is not on the page');
    await session.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await session.page.mouse.down();
    await session.page.mouse.move(box.x + box.width / 4, box.y + box.height / 2, { steps: 4 });
    await session.page.mouse.up();
    const dragged = await time();
    expect(dragged / Number(await chart.getAttribute('aria-valuemax'))).toBeCloseTo(0.25, 1);

    await scrubber.press('ArrowRight');
    await expect.poll(() => time()).toBeCloseTo(dragged + 0.1, 5);
    await scrubber.press('End');
    await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe(await chart.getAttribute('aria-valuemax'));
    await scrubber.press('Home');
    await expect.poll(() => time()).toBe(0);
    await chart.press('ArrowRight');
    await expect.poll(() => time()).toBeGreaterThan(0);
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toMatch(/s: /);
  });

  it('goes where the guide points, and its numbers are those of the run', async () => {
    await visit(session.page, lab);
    await digest();
    const guide = session.page.getByRole('region', { name: 'Guide' });
    await session.page.getByRole('slider', { name: 'Time in the run' }).press('Home');
    const pointer = guide.locator('button[title^="Move the cursor to"]').first();
    await pointer.click();
    const to = Number.parseFloat((await pointer.getAttribute('title'))?.replace('Move the cursor to ', '') ?? '');
    const chart = session.page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    expect(Number(await chart.getAttribute('aria-valuenow'))).toBeCloseTo(to, 1);
    const recording = run(scenario, { variant });
    const row = Math.floor(Math.round(to * 1e9) / recording.header.interval);
    const numbers = await guide
      .locator('.number')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('title') ?? '', one.textContent?.trim() ?? '']));
    expect(numbers.length).toBeGreaterThan(0);
    for (const [title, text] of numbers) {
      const [, field, of, at] = /^(?:(\w+) of (\S+) in the run that is shown|(\S+) at the cursor)$/.exec(title) ?? [];
      const signal = recording.signals.find(({ name }) => name === (of ?? at))!;
      const value = at ? mainColumn(signal)[row] : signal.summary[field];
      const isCount = field === 'total' && signal.unit !== 's' && signal.unit !== 'By';
      expect(text, title).toBe(isCount ? value.toLocaleString('en-US') : measureText(signal, value));
    }
  });

  it('plays, and stops where it is told to', async () => {
    await visit(session.page, lab);
    await digest();
    const scrubber = session.page.getByRole('slider', { name: 'Time in the run' });
    const before = Number(await scrubber.inputValue());
    await scrubber.press(' ');
    await session.page.waitForTimeout(500);
    await session.page.getByRole('button', { name: 'Pause' }).click();
    const after = Number(await scrubber.inputValue());
    expect(after).toBeGreaterThan(before);
    await session.page.waitForTimeout(100);
    expect(Number(await scrubber.inputValue())).toBe(after);
  });

  it('a chart’s table opens by T at the cursor and closes by Escape', async () => {
    await visit(session.page, lab);
    await digest();
    const chart = session.page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    await chart.press('t');
    const dialog = session.page.getByRole('dialog');
    // A page of the table, its head, and between its rows what happened then.
    await expect.poll(() => dialog.locator('tr:not(.happened)').count()).toBeLessThanOrEqual(26);
    await expect
      .poll(() => dialog.locator('tr.happened').allTextContents())
      .toEqual([expect.stringContaining('key 0 expires')]);
    await expect.poll(() => dialog.locator('tr.current').count()).toBe(1);
    await session.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('when something goes wrong', () => {
  it('a worker that cannot be loaded is told, and the next run gets a new one', async () => {
    await session.page.route(/worker-entry-[^/]*\.js$/, (route) => route.abort());
    await visit(session.page, lab);
    await session.page.getByRole('alert').getByText('WorkerFailed').waitFor();
    await expect.poll(() => session.page.locator('footer').getAttribute('data-state')).toBe('failed');
    await session.page.unroute(/worker-entry-[^/]*\.js$/);
    await session.page.getByRole('button', { name: 'Run again' }).click();
    expect(await digest()).toMatch(/^sha256:/);
    session.complaints = session.complaints.filter((text) => !text.includes('ERR_FAILED'));
  });

  it('a part that cannot be had is told, opens no lock, and to load the page again brings back what it showed', async () => {
    const page = await session.context.newPage();
    const missing = /(?:ShareDialog|ExercisePanel)-[^/]*\.js$/;
    await page.route(missing, (route) => route.abort());
    await page.goto(address + lab);
    const first = await digestIn(page);
    await page.getByText('exercise', { exact: true }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await page
      .getByRole('region', { name: 'The system' })
      .getByRole('button', { name: /^database/ })
      .click();
    await page.getByText('The task is not there yet.').waitFor();
    await page.getByText('explore', { exact: true }).click();
    await page.getByRole('group', { name: 'Variant' }).getByText(otherVariant, { exact: true }).click();
    const second = await digestIn(page, first);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await page.unroute(missing);
    await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click();
    await page.waitForURL(/\?r=1\./);
    expect(await digestIn(page)).toBe(second);
    await page.close();
  });

  it('a long run shows progress, lets the page be used, can be cancelled, and leaves the picture before it', async () => {
    await visit(session.page, lab);
    const first = await digest();
    const [rate] = Object.entries(scenario.params).find(([, { type }]) => type === 'rate') ?? [''];
    const field = session.page.getByRole('tabpanel').getByRole('textbox', { name: rate });
    await field.fill('20000');
    await field.press('Enter');
    const progress = session.page.getByRole('progressbar', { name: 'Progress of the run' });
    await progress.waitFor();
    const scrubber = session.page.getByRole('slider', { name: 'Time in the run' });
    await scrubber.press('Home');
    expect(await scrubber.inputValue()).toBe('0');
    const share = async (): Promise<number> => Number(await progress.getAttribute('value'));
    const before = await share();
    await expect.poll(share).toBeGreaterThan(before);
    await session.page.getByRole('button', { name: 'Cancel' }).click();
    await session.page.getByRole('alert').getByText('stopped before its end').waitFor();
    await expect.poll(() => session.page.locator('footer code').innerText()).toBe(first);
  });

  it.each(['#/lab/nowhere', '#/no/such/page'])('%s is told to lead nowhere', async (hash) => {
    await visit(session.page, hash);
    await session.page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
  });
});

describe('for everybody', () => {
  it('axe finds nothing in the tabs of a run in either theme', async () => {
    await visit(session.page, lab);
    await digest();
    for (const tab of ['Events', 'Verdict']) {
      await session.page.getByRole('tab', { name: tab }).click();
      await expectNoViolationsInEitherTheme(session.page, '[role=tabpanel]');
    }
  });

  it('the theme can be chosen and is kept', async () => {
    await visit(session.page, HOME);
    await session.page.getByRole('button', { name: /Theme/ }).click();
    await session.page.getByRole('button', { name: /Theme/ }).click();
    await session.page.reload();
    await expect.poll(() => session.page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await expect.poll(() => session.page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe('dark');
    await session.page.getByRole('button', { name: /Theme/ }).click();
  });

  it('nothing is cut off at the side of a small screen', async () => {
    await session.page.setViewportSize({ width: 390, height: 844 });
    await visit(session.page, lab);
    await digest();
    await expect.poll(() => session.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await session.page.getByRole('button', { name: 'Read the guide' }).click();
    await expect.poll(() => session.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
