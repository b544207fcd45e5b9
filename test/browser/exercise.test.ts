/** An exercise in a browser: worked by keyboard alone from the page's first control to the solved task, kept, saved and judged. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { exercisesOf, openAttempt, readAttempt, run, seedOfWord } from '../../sim-core/index.ts';
import { address, digestIn, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'orphan-compensation')!;
const [{ pitfall }] = exercisesOf(scenario);
const lab = `${address}#/lab/${scenario.id}`;
const session = openSession();

const panel = () => session.page.getByRole('region', { name: 'Exercise' });
const button = (name: string | RegExp) => panel().getByRole('button', { name });

/** Presses Tab until something has the focus, as who has no mouse has to. */
async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await session.page.keyboard.press(key);
  }
  throw new Error(`the focus never comes to ${String(target)}`);
}

async function press(target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(target);
  await session.page.keyboard.press(key);
}

it('is solved by keyboard alone, held to other seeds, kept, saved, and judged by replay', async () => {
  const { page } = session;
  await page.goto(lab);
  await digestIn(page);
  await tabTo(page.getByRole('radio', { name: 'explore' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await press(button('Begin the task'));
  expect(await digestIn(page)).toBe(run(scenario, { variant: pitfall }).header.digest);
  await expect.poll(() => button('Check on 10 other seeds').getAttribute('aria-disabled')).toBe('true');
  await panel().getByText('Computing …').waitFor({ state: 'detached' });

  // A setting in vain, and what is foretold of it; the goals say how far it is.
  await tabTo(panel().getByRole('textbox', { name: 'compensation attempts' }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('20');
  await page.keyboard.press('Tab');
  // What is no value is not tried, nor is what stood there before in its place.
  await tabTo(panel().getByRole('textbox', { name: 'compensation attempts' }), 'Shift+Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('many');
  await page.keyboard.press('Enter');
  await panel().getByRole('alert').getByText('many').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('20');
  await press(panel().getByRole('radio', { name: /the goal/ }), 'ArrowDown');
  await page.keyboard.press('ArrowDown');
  await press(button('Try it'));
  await panel().getByText('compensationAttempts 20: ').waitFor();
  // What the run broke, and the lines that say so.
  await press(
    panel()
      .getByRole('button', { name: /^(Open in log|Show the moment)$/ })
      .first(),
  );
  await page.getByRole('tab', { name: /^(Logs|Events)$/, selected: true }).waitFor();
  for (const name of ['Open hint 1 of 3: where to look', 'Open hint 2 of 3: what helps']) await press(button(name));
  await press(button('Open hint 3 of 3: what to set'));
  await panel().getByText('One repair sets watchdog and audit.').waitFor();

  await tabTo(panel().getByRole('checkbox', { name: 'watchdog' }), 'Shift+Tab');
  await page.keyboard.press('Space');
  await press(panel().getByRole('checkbox', { name: 'audit' }), 'Space');
  await panel().getByText('3 settings differ; 2 may.').waitFor();
  await press(button('Reset compensation attempts'));
  await press(button('Try it'));
  await panel()
    .getByText(/all \d goals hold/)
    .waitFor();
  await expectNoViolationsInEitherTheme(page, 'main');
  await press(button('Check on 10 other seeds'));
  await panel().getByRole('heading', { name: 'Solved' }).waitFor();
  await expect.poll(() => page.getByRole('status').last().innerText()).toBe('Solved: it holds on 10 other seeds.');
  await panel().getByText('watchdog-and-audit-log', { exact: true }).first().waitFor();
  await tabTo(panel().getByRole('textbox', { name: /^Explain/ }));
  await page.keyboard.type('Somebody looks.');
  const [saved] = await Promise.all([page.waitForEvent('download'), press(button('Save attempt'))]);
  expect(saved.suggestedFilename()).toBe(`${scenario.id}-${pitfall}.attempt.json`);
  const text = readFileSync(await saved.path(), 'utf8');
  const attempt = readAttempt(openAttempt(text).fields, scenario);
  expect(attempt).toMatchObject({ hints: 3, handedIn: 2, solved: true, explanation: 'Somebody looks.' });
  expect(attempt.tries.map(({ params, foretold }) => ({ params, foretold }))).toEqual([
    { params: { compensationAttempts: 20 }, foretold: 'no nearer' },
    { params: { watchdog: true, audit: true }, foretold: undefined },
  ]);
  expect(attempt.tries.map(({ digest }) => digest)).toEqual(
    attempt.tries.map(({ params }) => run(scenario, { variant: pitfall, params }).header.digest),
  );

  const open = async (content: string): Promise<void> => {
    await tabTo(panel().getByLabel('Open attempt'));
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
    await chooser.setFiles({ name: 'a.attempt.json', mimeType: 'application/json', buffer: Buffer.from(content) });
  };
  await open(text);
  await panel().getByText('Verified: every run is the same').waitFor();
  await panel().getByText('Solved, by watchdog-and-audit-log').waitFor();
  await expectNoViolationsInEitherTheme(page, 'main');
  await open(text.replace(attempt.tries[1].digest, attempt.tries[0].digest));
  await panel().getByText('Not verified: the file says something else').waitFor();
  await panel().getByText('another digest').waitFor();
  await open(text.replace('"compensationAttempts": 20', '"rate": 1'));
  await panel().getByText('This file is refused. tries[0].params.rate: rate is of the world').waitFor();

  await press(button('Compare with the pitfall'));
  await page
    .getByText(/^C = B \+ watchdog true, audit true$/)
    .first()
    .waitFor();

  await page.goto(address);
  await page
    .getByRole('link', { name: /Orphan/ })
    .getByText('repaired', { exact: true })
    .first()
    .waitFor();
});

it('locks the world in a task, keeps it over a reload, and can be skipped', async () => {
  const { page } = session;
  await page.goto(lab);
  await page.getByRole('group', { name: 'Mode' }).getByText('exercise').click();
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await page.getByRole('textbox', { name: 'rate' }).waitFor();
  await button('Begin the task').click();
  await page.getByText('In a task the settings stand at the left, and the world is locked.').waitFor();
  await page
    .getByRole('button', { name: /^payments/ })
    .first()
    .click();
  const deeds = page
    .getByRole('region', { name: /^Intervene at/ })
    .getByRole('button', { name: /^(crash|slow|kill|stop)/ });
  await expect.poll(() => deeds.first().isDisabled()).toBe(true);
  await panel().getByRole('checkbox', { name: 'audit' }).check();
  await button('Try it').click();
  await panel().getByText('audit true: ').waitFor();

  await page.reload();
  await page.getByRole('group', { name: 'Mode' }).getByText('exercise').click();
  await button('Go on with the task').click();
  await expect.poll(() => panel().getByRole('checkbox', { name: 'audit' }).isChecked()).toBe(true);
  await button('Skip the exercise').click();
  await page.getByRole('region', { name: 'Guide' }).waitFor();
});

it('loses nothing of what two tabs try, and begins anew in both', async () => {
  const { page, context } = session;
  const other = await context.newPage();
  const tabs = [page, other];
  const panelOf = (tab: Page) => tab.getByRole('region', { name: 'Exercise' });
  for (const tab of tabs) {
    await tab.goto(lab);
    await tab.getByRole('group', { name: 'Mode' }).getByText('exercise').click();
    await panelOf(tab).getByRole('button', { name: 'Begin the task' }).click();
    await panelOf(tab).getByText('Computing …').waitFor({ state: 'detached' });
  }
  for (const [i, name] of ['audit', 'watchdog'].entries()) {
    await panelOf(tabs[i]).getByRole('checkbox', { name }).check();
    await panelOf(tabs[i]).getByRole('button', { name: 'Try it' }).click();
  }
  for (const tab of tabs) {
    const tries = panelOf(tab).locator('h2:text-is("Tries") + ol > li');
    await expect.poll(() => tries.allInnerTexts()).toHaveLength(2);
    const texts = (await tries.allInnerTexts()).join('\n');
    expect(texts).toMatch(/audit true/);
    expect(texts).toMatch(/watchdog true/);
  }
  await panelOf(other).getByRole('button', { name: 'Start over' }).click();
  await panelOf(page).getByText('The task was begun anew in another tab.').waitFor();
  await expect.poll(() => panelOf(page).getByRole('heading', { name: 'Tries' }).count()).toBe(0);
});

it('has a deed planned within its budget, run by a code word, and told with its evidence', async () => {
  const { page } = session;
  const { scenario: stampede } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
  await page.goto(`${address}#/lab/stampede`);
  await page.getByRole('group', { name: 'Mode' }).getByText('exercise').click();
  await panel().getByRole('textbox', { name: 'Code word' }).fill('Heron');
  await button('Take it').click();
  const seed = seedOfWord(stampede, 'none', 'heron');
  await panel().getByText(`Heron gives seed ${seed}.`).waitFor();
  await button('Begin the task').click();
  await panel().getByText('Computing …').waitFor({ state: 'detached' });
  expect(await digestIn(page)).toBe(run(stampede, { variant: 'none', seed }).header.digest);
  await button('flush, expire …').click();
  const deeds = page.getByRole('region', { name: 'Intervene at cache' });
  await deeds.getByRole('button', { name: 'flush' }).click();
  await panel().getByText('1 of 1 deed while it runs planned').waitFor();
  await deeds.getByText('1 of 1 deed is planned: take one back first.').waitFor();
  await expect.poll(() => deeds.getByRole('button', { name: 'flush' }).isDisabled()).toBe(true);
  await deeds.getByRole('button', { name: 'Close' }).click();
  await button('Try it').click();
  await panel()
    .getByText(/^as given; flush cache at [\d.]+s: /)
    .waitFor();
  await panel()
    .getByText(/Broken for good from .+ on: .+ db\.queried/)
    .first()
    .waitFor();
  await button('Open in log').first().click();
  await page.getByRole('tab', { name: 'Logs', selected: true }).waitFor();
  await expect.poll(() => page.getByRole('searchbox', { name: 'Find' }).inputValue()).toContain('operation=read');
  await expectNoViolationsInEitherTheme(page, 'main');
  const [saved] = await Promise.all([page.waitForEvent('download'), button('Save attempt').click()]);
  const attempt = readAttempt(openAttempt(readFileSync(await saved.path(), 'utf8')).fields, stampede);
  expect(attempt).toMatchObject({
    codeWord: 'Heron',
    seed,
    tries: [{ interventions: [{ action: 'flush', target: 'cache' }] }],
  });
  const { interventions = [] } = attempt.tries[0];
  expect(attempt.tries[0].digest).toBe(run(stampede, { variant: 'none', seed, interventions }).header.digest);
});
