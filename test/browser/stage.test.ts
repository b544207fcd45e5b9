/**
 * The stage and the time line in a real Chromium, by mouse and by keyboard: what is drawn is what the run says of the
 * instant, steps lead where they say, and less motion is the same information.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import scenario from '../../scenarios/caching/stampede.ts';
import { run } from '../../sim-core/index.ts';
import { highlightsOf } from '../../ui/models/highlights.ts';
import { labHash } from '../../ui/models/route.ts';
import { timeMarks } from '../../ui/models/time-marks.ts';
import { digestIn, expectNoViolations, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const session = openSession({ shared: true });
const recording = run(scenario, { variant: 'none' });

async function open(): Promise<Page> {
  const { page } = session;
  await visit(page, labHash(scenario.id));
  await digestIn(page);
  // The ways of all messages are known once the stage counts who is where.
  await page.locator('.crowd strong').first().waitFor();
  return page;
}

const scrubberOf = (page: Page) => page.getByRole('slider', { name: 'Time in the run' });
const timeIn = async (page: Page): Promise<number> => Number(await scrubberOf(page).inputValue());
const partsOf = (page: Page) => page.getByRole('list', { name: 'Parts of the system' });
const counted = (text: string): number => Number(/([\d,]+) waiting/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);

const canvasOf = (page: Page) => page.getByRole('region', { name: 'The system' }).locator('canvas');

/** How many pixels of the canvas of requests are painted. */
async function inkIn(page: Page): Promise<number> {
  return canvasOf(page).evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
    return painted;
  });
}

async function put(page: Page, time: number): Promise<void> {
  await scrubberOf(page).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, time);
}

describe('the stage', () => {
  it('shows at an interval’s end as many waiting as the database counted, and draws them', async () => {
    const page = await open();
    const { interval } = recording.header;
    const pending = recording.signals.find(({ name }) => name === 'db.client.connection.pending_requests')!;
    const row = pending.columns.last.findIndex((waiting) => waiting > 100);
    await put(page, 1e9);
    const idle = await inkIn(page);
    // The scrubber moves by milliseconds, and nobody comes or goes in the last of this interval.
    await put(page, (row + 1) * interval - 1e6);
    const card = partsOf(page).getByRole('button', { name: /^database/ });
    expect(Math.abs(counted(await card.innerText()) - pending.columns.last[row])).toBeLessThan(5);
    await expect.poll(() => inkIn(page)).toBeGreaterThan(idle + 1000);
  });

  it('shows the same at an instant whichever way one came', async () => {
    const page = await open();
    const picture = (): Promise<string> =>
      canvasOf(page).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await put(page, 10.2e9);
    const before = await picture();
    await put(page, 11e9);
    await expect.poll(() => picture()).not.toBe(before);
    await put(page, 10.2e9);
    await expect.poll(() => picture()).toBe(before);
  });

  it('is a list of buttons in the order of the calls, links after whom they leave', async () => {
    const page = await open();
    const names = await partsOf(page).getByRole('button').allInnerTexts();
    const firsts = names.map((text) => text.split('\n')[0].trim().replace(/:.*/, ''));
    expect(firsts).toEqual(['users', 'users to app', 'app', 'app to cache', 'app to database', 'database', 'cache']);
    await page.getByRole('button', { name: /^app to database/ }).press('Enter');
    await page.getByRole('region', { name: /Intervene at database/ }).waitFor();
  });

  it('says what a dot stands for, more at higher speed, and shows ribbons beyond that', async () => {
    const page = await open();
    const legend = page.locator('p', { hasText: '1 dot =' });
    await expect.poll(() => legend.innerText()).toContain('1 dot = 1 request');
    await page.getByLabel('Speed').selectOption('1');
    await page.getByText('1 dot = 5 requests').waitFor();
    await page.getByLabel('Speed').selectOption('10');
    await page.getByText('requests/s, widths to scale').waitFor();
    await page.getByLabel('Speed').selectOption('0.1');
    await page.getByText('1 dot = 1 request', { exact: true }).waitFor();
  });
});

describe('the time line', () => {
  it('steps by event, request, clock and interesting moment to where Node’s recording says, there and back, by mouse', async () => {
    const page = await open();
    const { events, facts } = recording;
    const highlights = highlightsOf(recording, timeMarks(recording, scenario.openAt));
    const instants: Readonly<Record<string, readonly number[]>> = {
      event: [...events.times.subarray(0, events.kept)],
      request: [...facts.tables.find(({ kind }) => kind === 'request.started')!.times],
      clock: Array.from({ length: recording.header.duration / 1e8 }, (_, i) => i * 1e8),
      interesting: highlights.map(({ time }) => time),
    };
    // The scrubber moves by milliseconds; a chart says to which nanosecond the cursor went.
    const cursor = page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    const exact = async (): Promise<number> => Math.round(Number(await cursor.getAttribute('aria-valuenow')) * 1e9);
    const from = 10.1e9;
    for (const [unit, times] of Object.entries(instants)) {
      const after = times.find((time) => time > from)!;
      const second = times.find((time) => time > after)!;
      const before = times.findLast((time) => time < from)!;
      await page.getByRole('combobox', { name: 'Step' }).selectOption(unit);
      await put(page, from);
      await page.getByRole('button', { name: 'One step on' }).click();
      await expect.poll(exact, { message: unit }).toBe(after);
      await page.getByRole('button', { name: 'One step on' }).click();
      await expect.poll(exact, { message: unit }).toBe(second);
      await page.getByRole('button', { name: 'One step back' }).click();
      await expect.poll(exact, { message: unit }).toBe(after);
      await put(page, from);
      await page.getByRole('button', { name: 'One step back' }).click();
      await expect.poll(exact, { message: unit }).toBe(before);
    }
    await put(page, 5e9);
    await page.getByRole('button', { name: 'To the next interesting moment' }).click();
    await page
      .getByText(/lookups miss|waiting for a connection/)
      .first()
      .waitFor();
    await expect.poll(async () => Math.abs((await timeIn(page)) - 10e9)).toBeLessThan(0.1e9);
  });

  it('answers to its keys, and to no bare letter', async () => {
    const page = await open();
    await scrubberOf(page).focus();
    const leads = async (key: string, to: number): Promise<void> => {
      await page.keyboard.press(key);
      await expect.poll(() => timeIn(page)).toBe(to);
    };
    await leads('Home', 0);
    await leads('Shift+ArrowRight', 1e9);
    await leads('PageDown', 1.1e9);
    await leads('PageUp', 1e9);
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => timeIn(page)).toBeGreaterThan(1e9);
    await leads('Alt+ArrowLeft', 0);
    await leads('End', recording.header.duration);
    for (const letter of ['k', 'j', 'm', 'p', 's']) await leads(letter, recording.header.duration);
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('to the next interesting moment').waitFor();
    await page.keyboard.press('Escape');
    await scrubberOf(page).focus();
    await leads('Home', 0);
    await page.keyboard.press('.');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(() => timeIn(page)).toBeGreaterThan(0);
    await page.keyboard.press('.');
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  it('says how fast it goes in words', async () => {
    const page = await open();
    await page.getByLabel('Speed').selectOption({ label: 'max' });
    await page.getByText('the whole run in 0.3 s').waitFor();
    await page.getByLabel('Speed').selectOption('0.05');
    await page.getByText('1 s of the run takes 20 s').waitFor();
  });
});

describe('for everybody', () => {
  it('with less motion there are no dots, the same numbers, and two changes a second at most', async () => {
    await session.page.emulateMedia({ reducedMotion: 'reduce' });
    const page = await open();
    await expect.poll(() => canvasOf(page).count()).toBe(0);
    await put(page, 10.2e9);
    const card = partsOf(page).getByRole('button', { name: /^database/ });
    expect(counted(await card.innerText())).toBeGreaterThan(10);
    await page.getByText('requests/s, widths to scale').waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    const changes = await scrubberOf(page).evaluate(async (input) => {
      const seen = new Set<string>();
      const until = performance.now() + 2000;
      while (performance.now() < until) {
        seen.add((input as HTMLInputElement).value);
        await new Promise(requestAnimationFrame);
      }
      return seen.size;
    });
    expect(changes).toBeGreaterThan(1);
    expect(changes).toBeLessThanOrEqual(6);
    await expectNoViolations(page, '[aria-label="The system"]');
  });

  it('axe finds nothing on stage and time line in either theme', async () => {
    const page = await open();
    await expectNoViolationsInEitherTheme(page, '[aria-label="The system"]');
    await expectNoViolationsInEitherTheme(page, '.transport');
  });
});
