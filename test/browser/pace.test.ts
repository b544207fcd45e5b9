/**
 * How much the page does, counted rather than timed: what is asked of the worker for a change and while nothing changes.
 * How long it takes is the business of `brownout bench page`.
 */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { address, digestIn, openSession } from './session.ts';

const [{ scenario }] = catalogue;
const lab = `${address}#/lab/${scenario.id}`;
const session = openSession();

interface Counting {
  /** What was asked of workers, by its name, in order. */
  asked: string[];
}

beforeEach(async () => {
  await session.page.addInitScript(() => {
    const counting = globalThis as unknown as Counting;
    counting.asked = [];
    const post = Reflect.get(Worker.prototype, 'postMessage');
    Reflect.set(Worker.prototype, 'postMessage', function (this: Worker, ...words: Parameters<typeof post>) {
      const [{ path }] = words as [{ path?: string[] }];
      if (path) counting.asked.push(path.join('.'));
      Reflect.apply(post, this, words);
    });
  });
});

const asked = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as Counting).asked.splice(0));

async function whereabouts(page: Page): Promise<void> {
  await page.locator('.crowd strong').first().waitFor();
}

describe('the worker', () => {
  it('is asked once for a run and once for who is where in it, and for nothing while nothing changes', async () => {
    const { page } = session;
    await page.goto(lab);
    const first = await digestIn(page);
    await whereabouts(page);
    await page.waitForTimeout(1000);
    expect(await asked(page)).toEqual(['run', 'traffic']);
    await page.getByRole('button', { name: 'Another seed' }).click();
    await digestIn(page, first);
    await whereabouts(page);
    await page.waitForTimeout(500);
    expect(await asked(page)).toEqual(['run', 'traffic']);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForTimeout(1000);
    expect(await asked(page)).toEqual([]);
  });

  it('is not asked any more once its scenario is left, whatever it was doing', async () => {
    const { page } = session;
    // The questions whether it is still there are asked twenty times as often.
    await page.addInitScript(() => {
      const real = globalThis.setInterval;
      Object.assign(globalThis, { setInterval: (f: () => void, ms: number) => real(f, ms === 8000 ? 400 : ms) });
    });
    await page.goto(lab);
    await digestIn(page);
    const [rate] = Object.entries(scenario.params).find(([, { type }]) => type === 'rate') ?? [''];
    const field = page.getByRole('tabpanel').getByRole('textbox', { name: rate });
    await field.fill('20000');
    await field.press('Enter');
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await page.goto(`${address}#/`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(1000);
    // An answer that nobody waits for would be complained of on the console.
    expect((await asked(page)).filter((name) => name === 'traffic')).toHaveLength(1);
  });
});
