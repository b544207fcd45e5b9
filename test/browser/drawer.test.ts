/**
 * The drawer in a real Chromium: every tab driven by mouse and by keyboard alone, the cursor moved from it, what it says
 * held against the run that Node computes, and axe on each tab in both themes.
 */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import stampede from '../../scenarios/caching/stampede.ts';
import { checklistsOf, healthOf, requestsOf, requestTrace, run } from '../../sim-core/index.ts';
import { TABS, type Tab } from '../../ui/drawer/tabs.ts';
import { logOf, matchesOf } from '../../ui/models/log.ts';
import { secondsText } from '../../ui/models/measure-text.ts';
import { labHash } from '../../ui/models/route.ts';
import { digestIn, expectNoViolations, expectNoViolationsInEitherTheme, openSession, visit } from './session.ts';

const session = openSession({ shared: true });
const recording = run(stampede, { variant: 'none' });
const requests = requestsOf(recording);
const total = recording.events.total.toLocaleString('en');
const slowest = requests.lives.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a));
/** One that its user gave up on: work went on without it. */
const timedOut = requests.lives.find(({ outcome }) => outcome === 'timeout')!;

const drawer = (): Locator => session.page.getByRole('region', { name: 'Details' });
const panel = (): Locator => drawer().getByRole('tabpanel');
const tab = (name: Tab): Locator => drawer().getByRole('tab', { name, exact: true });
const rowsOf = (list: string): Locator => panel().getByRole('grid', { name: list }).locator('tbody tr');

async function open(...tabs: Tab[]): Promise<void> {
  await visit(session.page, labHash(stampede.id));
  await digestIn(session.page);
  for (const name of tabs) await tab(name).click();
}

/** Where the cursor stands, in seconds. */
const cursor = async (): Promise<number> =>
  Number(await session.page.getByRole('slider', { name: 'Time in the run' }).getAttribute('aria-valuenow')) ||
  Number(await session.page.getByRole('slider', { name: 'Time in the run' }).inputValue()) / 1e9;

async function traceOf(request: number): Promise<void> {
  const field = panel().getByRole('textbox', { name: 'Request' });
  await field.fill(String(request));
  await field.press('Enter');
}

describe('by mouse', () => {
  it('a click on an event moves the cursor to it, and its cause leads to the one that scheduled it', async () => {
    await open('Events');
    const row = rowsOf('Events').nth(12);
    await row.waitFor();
    const [ms, , , , , cause] = await row.locator('td').allInnerTexts();
    await row.click();
    await expect.poll(() => cursor()).toBeCloseTo(Number(ms) / 1e3, 3);
    await row.getByRole('button', { name: `to its cause, event ${cause}` }).click();
    const selected = panel().locator('tr[aria-selected=true]');
    expect((await selected.locator('td').allInnerTexts())[1]).toBe(cause);
  });

  it('events are filtered by kind, component and request', async () => {
    await open('Events');
    await panel().getByLabel('Kind').selectOption('database finishes');
    const { kinds: all, kindNames } = recording.events;
    const finishes = all.filter((kind) => kindNames[kind] === 'database finishes').length;
    await panel()
      .getByText(`${finishes.toLocaleString('en')} of ${total} events`)
      .waitFor();
    const kinds = new Set(await rowsOf('Events').locator('td:nth-child(3)').allInnerTexts());
    expect([...kinds]).toEqual(['database finishes']);
    await panel().getByLabel('Kind').selectOption('');
    await panel().getByRole('textbox', { name: 'Request' }).fill(String(slowest.request));
    await panel().getByRole('textbox', { name: 'Request' }).press('Enter');
    const about = recording.events.subjects.filter((subject) => subject === slowest.request).length;
    await panel().getByText(`${about} of ${total} events`).waitFor();
  });

  it('a request that is chosen in the list has its trace, spans as the recording says', async () => {
    await open('Requests');
    await panel().getByLabel('Outcome').selectOption('timeout');
    const chosen = Number(await rowsOf('Requests').nth(2).locator('td').nth(1).innerText());
    expect(requests.of(chosen)).toMatchObject({ outcome: 'timeout' });
    await rowsOf('Requests').nth(2).click();
    await panel()
      .getByRole('button', { name: `Trace of ${chosen}` })
      .click();
    const spans = panel().getByRole('listbox').getByRole('option');
    const expected = requestTrace(recording, chosen)!.spans;
    await expect.poll(() => spans.count()).toBe(expected.length);
    await panel().getByText('afterwards').first().waitFor();
    await panel().getByRole('button', { name: 'As a table' }).click();
    await expect.poll(() => panel().getByRole('row').count()).toBe(expected.length + 1);
    await panel()
      .getByRole('row', { name: /app-\d → database/ })
      .getByRole('button')
      .click();
    const query = expected.find(({ component }) => component === 'database')!;
    await expect.poll(() => cursor()).toBeCloseTo(query.start / 1e9, 3);
  });

  it('asks why of a request, follows the chain, and says where it ends', async () => {
    await open('Trace');
    await traceOf(timedOut.request);
    await panel().getByRole('button', { name: 'Why?' }).click();
    await panel()
      .getByText(
        `Request ${timedOut.request} ended after ${secondsText((timedOut.end - timedOut.start) / 1e9)}: timeout.`,
      )
      .waitFor();
    await panel().getByText('it stood there when the run began').waitFor();
    const links = panel()
      .getByRole('list', { name: /Chain of causes/ })
      .getByRole('listitem');
    await expect.poll(() => links.count()).toBeGreaterThanOrEqual(3);
    await links.nth(1).getByRole('button').first().click();
    await expect.poll(() => cursor()).toBeCloseTo(timedOut.start / 1e9, 3);
  });

  it('asks why of a spike by a rule that it says, and stays with it while the chain moves the cursor', async () => {
    await open('Why?');
    await panel().getByLabel('Signal').selectOption('http.client.request.duration');
    const rule = panel().getByText(/Of the requests that ended in this interval, \d+ took longest/);
    const said = await rule.innerText();
    const links = panel()
      .getByRole('list', { name: /Chain of causes/ })
      .getByRole('listitem');
    await links.nth(4).getByRole('button').first().click();
    await expect.poll(() => rule.innerText()).toBe(said);
  });

  it('the log is filtered by words, and a line moves the cursor', async () => {
    await open('Logs');
    await panel().getByLabel('Find').fill('outcome=timeout');
    const found = matchesOf(recording, { kinds: [], text: 'outcome=timeout' }).times;
    await panel()
      .getByText(`${found.length} of ${logOf(recording).length.toLocaleString('en')} lines`)
      .waitFor();
    const line = rowsOf('Log').nth(2);
    const [ms, level] = await line.locator('td').allInnerTexts();
    expect(level).toBe('error');
    await line.click();
    await expect.poll(() => cursor()).toBeCloseTo(Number(ms) / 1e3, 3);
  });

  it('state is that of the cursor, and health that of the command line', async () => {
    await open('State');
    const inside = panel().locator('dt', { hasText: 'calls inside' }).locator('xpath=following-sibling::dd[1]');
    await panel().getByRole('button', { name: 'database' }).click();
    const before = await inside.innerText();
    await session.page.getByRole('slider', { name: 'Time in the run' }).press('End');
    await expect.poll(() => inside.innerText()).not.toBe(before);
    await tab('Health').click();
    for (const { text } of healthOf(recording)) await panel().getByText(text, { exact: true }).waitFor();
    const [{ title, rows }] = checklistsOf(recording);
    const cells = panel().getByRole('table', { name: title }).locator('tbody tr');
    await expect.poll(() => cells.count()).toBe(rows.length);
    for (const { found } of rows) await cells.getByText(found).waitFor();
    const [{ from }] = rows[0].broken;
    await panel()
      .getByRole('button', { name: `${rows[0].item} is broken` })
      .first()
      .click();
    await expect.poll(cursor).toBeCloseTo(from / 1e9, 3);
  });
});

describe('by keyboard alone', () => {
  const focused = (): Promise<string> =>
    session.page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );

  it('goes from tab to tab, through a list, to a trace, and asks why', async () => {
    await open();
    const { keyboard } = session.page;
    await tab('Parameters').focus();
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await expect.poll(() => tab('Requests').getAttribute('aria-selected')).toBe('true');
    // Through the panel, the filter and the button, which is disabled, to the row that the cursor stands on.
    for (let i = 0; i < 3; i++) await keyboard.press('Tab');
    await expect
      .poll(() => session.page.evaluate(() => document.activeElement?.getAttribute('aria-current')))
      .toBe('time');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    const chosen = await session.page.evaluate(() => document.activeElement?.querySelectorAll('td')[1]?.textContent);
    await keyboard.press('Enter');
    const start = requests.of(Number(chosen))!.start;
    await expect.poll(() => cursor()).toBeCloseTo(start / 1e9, 3);
    await keyboard.press('End');
    await keyboard.press('Home');
    await expect
      .poll(() => session.page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')))
      .toBe('2');

    await keyboard.press('Shift+Tab');
    await expect.poll(() => focused()).toContain(`Trace of ${chosen}`);
    await keyboard.press('Enter');
    await expect.poll(() => tab('Trace').getAttribute('aria-selected')).toBe('true');
    const first = panel().getByRole('option').first();
    await first.focus();
    await keyboard.press('ArrowDown');
    await expect.poll(() => focused()).toMatch(/^users → app-\d, from 0\ss/);
    await keyboard.press('ArrowRight');
    await expect.poll(() => cursor()).toBeGreaterThan(start / 1e9);
    await panel().getByRole('button', { name: 'Why?' }).press('Enter');
    await panel().getByText(`Request ${chosen} ended after`).waitFor();
  });

  it('goes through events by Page Down and follows a cause', async () => {
    await open('Events');
    const { keyboard } = session.page;
    await panel().locator('tr[aria-current=time]').focus();
    await keyboard.press('PageDown');
    await keyboard.press('Tab');
    const cause = await focused();
    expect(cause).toMatch(/^to its cause, event \d+$/);
    await keyboard.press('Enter');
    const selected = panel().locator('tr[aria-selected=true] td:nth-child(2)');
    expect(`to its cause, event ${await selected.innerText()}`).toBe(cause);
  });
});

describe('for everybody', () => {
  const pairs = Array.from({ length: Math.ceil(TABS.length / 2) }, (_, i) => TABS.slice(2 * i, 2 * i + 2));
  it.each(pairs.map((tabs) => [tabs]))('axe finds nothing in %s in either theme', async (tabs) => {
    await open('Trace');
    await traceOf(timedOut.request);
    for (const name of tabs) {
      await tab(name).click();
      await expectNoViolationsInEitherTheme(session.page, 'section[aria-label=Details]');
    }
  });

  it('axe finds nothing in the table of a trace', async () => {
    await open('Trace');
    await panel().getByRole('button', { name: 'As a table' }).click();
    await expectNoViolations(session.page, 'section[aria-label=Details]');
  });

  it('nothing is cut off at the side of a small screen, whatever tab is open', async () => {
    await session.page.setViewportSize({ width: 390, height: 844 });
    await open();
    for (const name of TABS) {
      await tab(name).click();
      await expect
        .poll(() => session.page.evaluate(() => document.documentElement.scrollWidth))
        .toBeLessThanOrEqual(390);
    }
  });
});
