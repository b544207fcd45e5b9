/**
 * A worker that fails, in every way that it can: each leaves a message that says what happened and a page that goes on.
 * What runs here is the page's own worker; it is shot down, or given a small budget on its way from the server.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { run } from '../../sim-core/index.ts';
import { address, digestIn, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const [variant] = Object.keys(scenario.variants);
const lab = `${address}#/lab/${scenario.id}`;
const session = openSession();

const alert = () => session.page.getByRole('alert');

/** A run that takes far longer than the test. */
async function startLongRun(): Promise<void> {
  const [rate] = Object.entries(scenario.params).find(([, { type }]) => type === 'rate') ?? [''];
  const field = session.page.getByRole('tabpanel').getByRole('textbox', { name: rate });
  await field.fill('20000');
  await field.press('Enter');
  await session.page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
}

async function recovers(): Promise<void> {
  const { page } = session;
  await expect.poll(() => page.locator('footer').getAttribute('data-state')).toBe('failed');
  // The picture before it stays, and can be looked at.
  await page.getByText('What is shown is the run before it.').waitFor();
  const scrubber = page.getByRole('slider', { name: 'Time in the run' });
  await scrubber.press('Home');
  await expect.poll(() => scrubber.inputValue()).toBe('0');
  await page.getByRole('button', { name: 'Reset all' }).click();
  expect(await digestIn(page)).toBe(run(scenario, { variant }).header.digest);
}

describe('the worker', () => {
  it('that ends without a word, as for want of memory, is missed', async () => {
    const { page } = session;
    // Half a minute is long for a test: the questions are asked twenty times as often.
    await page.addInitScript(() => {
      const real = globalThis.setInterval;
      Object.assign(globalThis, { setInterval: (f: () => void, ms: number) => real(f, ms === 8000 ? 400 : ms) });
    });
    await page.goto(lab);
    await digestIn(page);
    await startLongRun();
    await page.workers()[0].evaluate(() => {
      setTimeout(() => globalThis.close());
    });
    await alert().getByText('it does not answer any more, perhaps for want of memory').waitFor();
    await recovers();
  });

  it('that fails outside of any run says with what', async () => {
    const { page } = session;
    await page.goto(lab);
    await digestIn(page);
    await startLongRun();
    await page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error('struck by lightning');
      });
    });
    await alert().getByText('struck by lightning').waitFor();
    await recovers();
    session.complaints = session.complaints.filter((text) => !text.includes('struck by lightning'));
  });

  it('whose run passes its budget says which, and where', async () => {
    const { page } = session;
    // The default run has fewer events than this, the long one more.
    await page.route(/worker-entry-[^/]*\.js$/, async (route) => {
      const answer = await route.fetch();
      const script = await answer.text();
      const poor = script.replace('eventsMax:2e9', 'eventsMax:3e5');
      if (poor === script) throw new Error('the worker’s script states no budget');
      await route.fulfill({ response: answer, body: poor });
    });
    await page.goto(lab);
    await digestIn(page);
    await startLongRun().catch(() => {});
    await alert()
      .getByText(/budget eventsMax passed: more than 300000 events have run, at [\d.]+ s/)
      .waitFor();
    await recovers();
  });
});
