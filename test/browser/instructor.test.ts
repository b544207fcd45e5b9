/** The instructor's page: a folder of attempts is judged by replay, a forged pass shows, and the same rows are saved as CSV. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { seedOfTask, writePolicyAttempt } from '../../scenarios/own-policy/attempt.ts';
import { STARTERS } from '../../scenarios/own-policy/starters.ts';
import { exercisesOf, freshAttempt, run, writeAttempt, type Attempt } from '../../sim-core/index.ts';
import { address, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const { scenario, definition } = catalogue.find((entry) => entry.scenario.id === 'orphan-compensation')!;
const [exercise] = exercisesOf(scenario);
const session = openSession();

const solution = { watchdog: true, audit: true };
function solvedBy(codeWord: string): Attempt {
  const fresh = freshAttempt(scenario, definition, exercise, codeWord);
  const { digest } = run(scenario, { variant: exercise.pitfall, params: solution, seed: fresh.seed! }).header;
  return { ...fresh, tries: [{ params: solution, digest }], handedIn: 1, solved: true };
}

it('judges a folder, by keyboard, shows what is forged and what is refused, and saves CSV', async () => {
  const { page } = session;
  const folder = mkdtempSync(join(tmpdir(), 'brownout-class-'));
  const ada = solvedBy('heron');
  const { handedIn: _, ...tried } = { ...ada, solved: false };
  const files = {
    ada: writeAttempt(ada),
    // Somebody else's try under another word, and one that never was run.
    ben: writeAttempt({ ...tried, codeWord: 'egret' }),
    cay: writeAttempt({ ...tried, tries: [{ ...ada.tries[0], params: { audit: true } }] }),
    eva: writePolicyAttempt({
      definition: '',
      codeWord: 'heron',
      seed: seedOfTask('heron'),
      source: STARTERS.lru.source,
      digest: '',
      solved: true,
      explanation: '',
    }),
    dot: writeAttempt(ada).replace('"watchdog": true', '"rate": 1'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.attempt.json`), text);
  writeFileSync(join(folder, 'notes.json'), '{}');

  await page.goto(address);
  await page.getByRole('link', { name: 'judge a folder of attempts' }).click();
  await page.getByLabel('Choose a folder').waitFor();
  await expectNoViolationsInEitherTheme(page, 'main');
  await page.getByLabel('Choose a folder').focus();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await chooser.setFiles(folder);
  await page.getByText('1 of 4 solved and verified; 1 refused').first().waitFor();
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
  await row('ada').getByText('solved by watchdog-and-audit-log').waitFor();
  await row('ada').getByText('alike').waitFor();
  await row('ben').getByText('the seed is not that of the code word').waitFor();
  await row('cay').getByText('another digest in try 1').waitFor();
  await row('eva').getByText('another digest; the file says solved').waitFor();
  await page.getByText(/dot\.attempt\.json: tries\[0\]\.params\.rate: rate is of the world/).waitFor();
  await expectNoViolationsInEitherTheme(page, 'main');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  const [policies] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save policies as CSV' }).click(),
  ]);
  expect(readFileSync(await policies.path(), 'utf8')).toMatch(
    /\n[^,]+eva\.attempt\.json,heron,\d+,11,0,false,false,false,/,
  );
  const lines = readFileSync(await saved.path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/ada\.attempt\.json,orphan-compensation,no-watchdog,heron,\d+,true,true,true,true,10,10,/);
  expect(lines[2]).toMatch(/,egret,\d+,false,false,false,false,0,0,/);

  await page.getByLabel('Code words given out').setInputFiles({
    name: 'class.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('stork\n'),
  });
  await page.getByText('0 of 4 solved and verified').first().waitFor();
  rmSync(folder, { recursive: true });
});
