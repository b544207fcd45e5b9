/** Several futures in one page: intervening forks and keeps both, undo and redo, comparing, whose fate changed, luck. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { run } from '../../sim-core/index.ts';
import { measureText } from '../../ui/models/measure-text.ts';
import { changedRequests } from '../../ui/models/outcomes.ts';
import { address, digestIn, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const scenario = catalogue.find((entry) => entry.scenario.id === 'stampede')!.scenario;
const lab = `${address}#/lab/${scenario.id}`;
const session = openSession();

async function open(): Promise<string> {
  await session.page.goto(lab);
  return digestIn(session.page);
}

describe('a change', () => {
  it('is told against the run before it, from remedy to remedy against the pitfall, and is set beside it', async () => {
    const { page } = session;
    const first = await open();
    const story = page.locator('.happened');
    await story.getByText('10.00 s: key 0 expires, asked for by 60').waitFor();
    await story.getByText('Repair it: choose a remedy above.').waitFor();
    await page.getByRole('radio', { name: 'mutex , remedy' }).check({ force: true });
    const second = await digestIn(page, first);
    await page.getByRole('radio', { name: 'single-flight' }).check({ force: true });
    await digestIn(page, second);
    const [before, after] = ['none', 'single-flight'].map((variant) => run(scenario, { variant }));
    const p99 = [before, after].map(({ signals }) => {
      const signal = signals.find(({ name }) => name === 'http.client.request.duration')!;
      return measureText(signal, signal.summary.p99);
    });
    await story.getByText('single-flight:').waitFor();
    await story.getByText(p99.join(' → ')).waitFor();
    await story.getByRole('button', { name: 'Compare' }).click();
    const variantOf = (letter: string) => page.getByRole('combobox', { name: `Variant of ${letter}` });
    await expect.poll(() => variantOf('A').inputValue()).toBe('none');
    await expect.poll(() => variantOf('B').inputValue()).toBe('single-flight');
    expect(await digestIn(page)).toBe(after.header.digest);
  });

  it('of many variants is chosen from a list, or step by step', async () => {
    const { page } = session;
    await page.goto(`${address}#/lab/eviction`);
    const first = await digestIn(page);
    const list = page.getByRole('combobox', { name: 'Variant' });
    await list.selectOption('sieve');
    const second = await digestIn(page, first);
    await page.getByRole('button', { name: 'The next variant' }).click();
    await digestIn(page, second);
    await expect.poll(() => list.inputValue()).toBe('s3-fifo');
  });
});

describe('an intervention', () => {
  it('from the stage forks at the cursor; both futures are kept and are what Node computes', async () => {
    const { page } = session;
    const first = await open();
    await page
      .getByRole('region', { name: 'The system' })
      .getByRole('button', { name: /^database/ })
      .click();
    const card = page.getByRole('region', { name: 'Intervene at database' });
    await card.getByLabel('factor').fill('3');
    await card.getByRole('button', { name: 'slow' }).click();
    const second = await digestIn(page, first);
    const interventions = [{ at: scenario.openAt, action: 'slow', target: 'database', args: { factor: 3 } }];
    expect(second).toBe(run(scenario, { variant: 'none', interventions }).header.digest);

    const futures = page.getByRole('navigation', { name: 'Futures' });
    await expect.poll(() => futures.getByRole('listitem').count()).toBe(2);
    await page.keyboard.press('Control+z');
    expect(await digestIn(page, second)).toBe(first);
    await page.keyboard.press('Control+y');
    expect(await digestIn(page, first)).toBe(second);
    await futures.getByRole('button', { name: 'Remove A' }).click();
    await futures.waitFor({ state: 'detached' });
    expect(await digestIn(page)).toBe(second);
  });

  it('from the parameters sets them at the cursor and keeps what was there; by the keyboard alone', async () => {
    const { page } = session;
    const first = await open();
    const panel = page.getByRole('tabpanel', { name: 'Parameters' });
    await panel.getByRole('radio', { name: 'for the whole run' }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await panel.getByRole('group').allTextContents()).toHaveLength(
      1 + Object.keys(scenario.whileRunning!).length,
    );
    const field = panel.getByRole('textbox', { name: 'rate' });
    await field.fill('2000/s');
    await field.press('Enter');
    const set = panel.getByRole('button', { name: /^Set at/ });
    await set.focus();
    await page.keyboard.press('Enter');
    const second = await digestIn(page, first);
    const interventions = [{ at: scenario.openAt, action: 'surge', target: 'users', args: { factor: 2 } }];
    expect(second).toBe(run(scenario, { variant: 'none', interventions }).header.digest);
    await expect.poll(() => set.isDisabled()).toBe(true);
    await page.keyboard.press('Control+z');
    expect(await digestIn(page, second)).toBe(first);
  });

  it('in a future that was intervened in makes a third', async () => {
    const { page } = session;
    let last = await open();
    for (const letter of ['B', 'C']) {
      await page
        .getByRole('region', { name: 'The system' })
        .getByRole('button', { name: /^database/ })
        .click();
      await page
        .getByRole('region', { name: /Intervene/ })
        .getByRole('button', { name: 'slow' })
        .click();
      last = await digestIn(page, last);
      await page
        .getByRole('navigation', { name: 'Futures' })
        .getByRole('button', { name: new RegExp(`^${letter} `) })
        .waitFor();
    }
    const at = { at: scenario.openAt, action: 'slow', target: 'database', args: { factor: 4 } };
    expect(last).toBe(run(scenario, { variant: 'none', interventions: [at, at] }).header.digest);
  });
});

describe('two futures beside each other', () => {
  it('say in one sentence what differs, and list the requests that fared otherwise', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    await page.getByText('B = A + mutex').waitFor();
    const comparison = page.getByRole('region', { name: 'Comparison' });
    const { changed } = changedRequests(run(scenario, { variant: 'none' }), run(scenario, { variant: 'mutex' }));
    await comparison.getByText(`${changed.length.toLocaleString('en')} of`).waitFor();
    await comparison
      .getByRole('region', { name: 'Requests that fared otherwise' })
      .getByRole('row')
      .nth(1)
      .getByRole('button')
      .click();
    for (const letter of ['A', 'B']) await page.getByRole('region', { name: `Trace in ${letter}` }).waitFor();
    const time = await page
      .getByRole('region', { name: 'Charts' })
      .getByRole('slider')
      .first()
      .getAttribute('aria-valuenow');
    expect(Number(time)).toBeCloseTo(changed[0].time / 1e9, 6);
    await page.getByLabel('Variant of B').selectOption('single-flight');
    await page.getByText('B = A + single-flight').waitFor();
    await expect.poll(() => page.getByRole('region', { name: /^The system, [AB]$/ }).count()).toBe(2);
  });

  it('are told from luck over many seeds, and what was done stays when it is stopped', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    const luck = page.getByRole('region', { name: 'Is it luck?' });
    await luck.getByRole('button', { name: 'Run both on 20 seeds' }).click();
    await luck.getByText(/over \d+ seeds: B is (higher|lower), and that is not luck/).waitFor({ timeout: 60_000 });
    await luck.getByRole('button', { name: 'Stop' }).click();
    await luck.getByText(/over \d+ seeds/).waitFor();
  });

  it('axe finds nothing in either theme', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    await page.getByText('B = A + mutex').waitFor();
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    await expectNoViolationsInEitherTheme(page);
  });
});
