/** Several futures in one page: intervening forks and keeps both, undo and redo, comparing, whose fate changed, luck. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { chartsOf, run, thresholdsOf, verdictOfClaims, type Recording } from '../../sim-core/index.ts';
import { pairCharts } from '../../ui/models/chart-pair.ts';
import { areaPath, bandsOf, barPath, linePath, STRIP, yScale } from '../../ui/models/chart-paths.ts';
import { buildCharts, scalesOf, type Chart, type Scales } from '../../ui/models/chart.ts';
import { luckOf, type Pair } from '../../ui/models/luck.ts';
import { measureText } from '../../ui/models/measure-text.ts';
import { changedRequests } from '../../ui/models/outcomes.ts';
import { labHash } from '../../ui/models/route.ts';
import { digestIn, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const scenario = catalogue.find((entry) => entry.scenario.id === 'stampede')!.scenario;
const session = openSession({ shared: true });

async function open(): Promise<string> {
  await visit(session.page, labHash(scenario.id));
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
    await visit(page, labHash('eviction'));
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

    const futures = page.getByRole('group', { name: 'Futures' });
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
        .getByRole('group', { name: 'Futures' })
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

  it('of any two seeds are drawn over each other, B dashed, and what lies between them below', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    await page.getByText('B = A + mutex').waitFor();
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    const before = await digestIn(page);
    await page.getByRole('textbox', { name: 'Seed of B' }).fill('7');
    await page.keyboard.press('Enter');
    const [a, b, other] = [{ variant: 'none' }, { variant: 'mutex' }, { variant: 'mutex', seed: 7 }].map((input) =>
      run(scenario, input),
    );
    expect(await digestIn(page, before)).toBe(other.header.digest);
    await page.getByText('B = A + mutex, seed 7').waitFor();

    const drawn = (recording: Recording, scales?: Scales): Chart[] =>
      buildCharts(
        recording,
        chartsOf(scenario, recording.header.params),
        scales,
        thresholdsOf(scenario, recording.header.variant, recording.header.params),
      );
    const pairs = pairCharts(drawn(a), drawn(other, scalesOf(drawn(b))));
    const shown = pairs.filter(({ difference }) => difference);
    expect(shown.length).toBeGreaterThan(2);
    for (const pair of shown) {
      const figure = page.locator(`figure[data-shows="${pair.a.signal.name}"]`);
      const width = Number(await figure.locator('svg.over').getAttribute('width'));
      const bands = bandsOf(pair);
      const frame = { duration: pair.a.rows.duration, width, height: bands.height };
      const { rows, lines, form } = pair.b!;
      const { label, values } = lines.at(-1)!;
      const y = yScale(pair.a, bands.height);
      const line = figure.locator(`path[data-series="B${label}"]`);
      const path =
        form === 'bars' ? barPath(values, rows, frame, y) : linePath(values, rows, frame, y, form === 'step');
      await expect.poll(() => line.getAttribute('d'), { message: pair.a.signal.name }).toBe(path);
      const dashes = (drawn: Locator): Promise<string> =>
        drawn.evaluate((element) => getComputedStyle(element).strokeDasharray);
      expect(await dashes(line)).not.toBe('none');
      expect(await dashes(figure.locator(`path[data-series="A${label}"]`))).toBe('none');
      const { values: between, max } = pair.difference!;
      const half = STRIP.difference / 2;
      const strip = areaPath(
        between,
        pair.a.rows,
        frame,
        (value) => bands.difference + half * (1 - value / (max || 1)),
      );
      expect(strip.length).toBeGreaterThan(100);
      expect(await figure.locator('path.difference').getAttribute('d')).toBe(strip);
      await figure.locator('svg').getByText('B − A', { exact: true }).waitFor();
    }

    // An empty seed is refused in words, which go when what they speak of does.
    const seed = page.getByRole('textbox', { name: 'Seed of A' });
    await seed.fill(' ');
    await seed.press('Enter');
    const refused = page.getByRole('alert').getByText(`A seed must not be empty: it stays ${scenario.seed}.`);
    await refused.waitFor();
    await page.getByLabel('Variant of A').selectOption('mutex');
    await refused.waitFor({ state: 'detached' });
  });

  it('are told from luck over twenty seeds, as Node tells them', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    // A twentieth of the requests, in either.
    for (const letter of ['A', 'B']) {
      await page.getByRole('radio', { name: letter, exact: true }).check();
      const field = page.getByRole('tabpanel').getByRole('textbox', { name: 'rate' });
      await field.fill('50');
      await field.press('Enter');
    }
    await page.getByText('B = A + mutex', { exact: true }).waitFor();
    const luck = page.getByRole('region', { name: 'Is it luck?' });
    await luck.getByRole('button', { name: 'Run both on 20 seeds' }).click();
    const pairs = Array.from({ length: 20 }, (_, i): Pair => {
      const [a, b] = ['none', 'mutex'].map((variant) => {
        const { signals, expectations } = run(scenario, { variant, seed: i + 1, params: { rate: 50 } });
        return { signals, pass: verdictOfClaims(expectations) === 'held' };
      });
      return { seed: i + 1, a, b };
    });
    const signal = pairs[0].a.signals.find(({ name }) => name === chartsOf(scenario, {})[0])!;
    const { mean, halfWidth } = luckOf(pairs, signal);
    expect(mean).not.toBe(0);
    const sign = mean > 0 ? '+' : '';
    const interval = `${sign}${measureText(signal, mean)} ± ${measureText(signal, halfWidth)} (95 %) over 20 seeds`;
    await expect.poll(() => luck.innerText(), { timeout: 60_000 }).toContain(interval);
    await expect.poll(() => luck.locator('circle').count()).toBe(20);
    await luck.getByRole('button', { name: 'Run both on 20 seeds' }).waitFor();
    for (const side of ['a', 'b'] as const) {
      const held = pairs.filter((pair) => pair[side].pass).length;
      await luck.getByText(new RegExp(`on ${held} .*in ${side.toUpperCase()}`)).waitFor();
    }
  }, 120_000);

  it('axe finds nothing in either theme', async () => {
    const { page } = session;
    await open();
    await page.getByText('compare', { exact: true }).click();
    await page.getByText('B = A + mutex').waitFor();
    await page.getByRole('region', { name: 'The system, B' }).waitFor();
    await expectNoViolationsInEitherTheme(page);
  });
});
