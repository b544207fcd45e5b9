/**
 * Without a mouse: from the first Tab on a system is intervened in, its futures are gone through and compared, another
 * variant is chosen for B, a request whose fate changed is opened, and luck is asked about. Nothing is focused but by keys.
 */
import { expect, it } from 'vitest';
import stampede from '../../scenarios/caching/stampede.ts';
import { run } from '../../sim-core/index.ts';
import { changedRequests } from '../../ui/models/outcomes.ts';
import { address, digestIn, openSession, tabTo } from './session.ts';

const session = openSession();

it('a person with a keyboard alone forks, compares, chooses B, opens a changed request and asks whether it is luck', async () => {
  const { page } = session;
  const press = (...keys: readonly string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await page.goto(`${address}#/lab/${stampede.id}`);
  const first = await digestIn(page);

  await tabTo(page, page.getByRole('list', { name: 'Parts of the system' }).getByRole('button', { name: /^database/ }));
  await press('Enter');
  const card = page.getByRole('region', { name: 'Intervene at database' });
  await tabTo(page, card.getByLabel('factor'));
  await press('Control+a', '3', 'Enter');
  const slowed = await digestIn(page, first);
  const interventions = [{ at: stampede.openAt, action: 'slow', target: 'database', args: { factor: 3 } }];
  expect(slowed).toBe(run(stampede, { variant: 'none', interventions }).header.digest);
  await tabTo(page, card.getByRole('button', { name: 'Close' }), 'Shift+Tab');
  await press('Enter');
  await card.waitFor({ state: 'detached' });

  const futures = page.getByRole('group', { name: 'Futures' });
  await tabTo(page, futures.getByRole('button', { name: /^A / }), 'Shift+Tab');
  await press('Enter');
  expect(await digestIn(page, slowed)).toBe(first);

  await tabTo(page, page.getByRole('radio', { name: 'explore' }), 'Shift+Tab');
  await press('ArrowRight');
  await page.getByRole('region', { name: 'The system, B' }).waitFor();
  await page.getByText('B = A + slow database').waitFor();

  await tabTo(page, page.getByRole('combobox', { name: 'Variant of B' }));
  // Each `m` leads to the next variant that begins with it.
  const isMutex = page.getByText(/^B = A \+ mutex(?!-)/);
  for (let presses = 0; presses < 4 && (await isMutex.count()) === 0; presses++) {
    await press('m');
    await page.getByText(/^B = A \+ mutex/).waitFor();
  }
  await isMutex.waitFor();
  const b = run(stampede, { variant: 'mutex', interventions });
  await expect.poll(() => digestIn(page)).toBe(b.header.digest);

  const { changed } = changedRequests(run(stampede, { variant: 'none' }), b);
  const fates = page.getByRole('region', { name: 'Requests that fared otherwise' });
  await fates.getByText(`${changed.length.toLocaleString('en')} of`).waitFor();
  await tabTo(page, fates.getByRole('table').getByRole('button').first());
  await press('Enter');
  for (const letter of ['A', 'B']) await page.getByRole('region', { name: `Trace in ${letter}` }).waitFor();
  const cursor = page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
  await expect
    .poll(async () => Number(await cursor.getAttribute('aria-valuenow')))
    .toBeCloseTo(changed[0].time / 1e9, 6);

  const luck = page.getByRole('region', { name: 'Is it luck?' });
  await tabTo(page, luck.getByRole('button', { name: 'Run both on 20 seeds' }));
  await press('Enter');
  await luck.getByText(/over \d+ seeds: B is (higher|lower)/).waitFor({ timeout: 60_000 });
  await tabTo(page, luck.getByRole('button', { name: 'Stop' }));
  await press('Enter');
  await luck.getByRole('button', { name: 'Run both on 20 seeds' }).waitFor();
  // What was done stays when it is stopped.
  await luck.getByText(/over \d+ seeds: B is (higher|lower)/).waitFor();
}, 120_000);
