/** The guide in a browser: it points at what it speaks of, its numbers follow the cursor, and it asks before it shows. */
import { describe, expect, it } from 'vitest';
import { guideOf } from '../../scenarios/guides.ts';
import { catalogue } from '../../scenarios/index.ts';
import { run } from '../../sim-core/index.ts';
import { parseGuide } from '../../ui/models/guide.ts';
import { measureText } from '../../ui/models/measure-text.ts';
import { experimentFor, optionOf, outcomeOf, sketchFrame } from '../../scenarios/answers.ts';
import { address, digestIn, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const prompts = parseGuide(guideOf('stampede')).flatMap(({ blocks }) =>
  blocks.flatMap((block) => (block.type === 'prompt' ? [block.prompt] : [])),
);
const [choice, number, line] = (['choice', 'number', 'line'] as const).map((kind) =>
  prompts.find(({ answer }) => answer.kind === kind)!,
);
const lab = `${address}#/lab/stampede`;
const session = openSession();

const box = () => session.page.locator('[data-predict]');
const button = (name: string) => box().getByRole('button', { name });

async function open(): Promise<string> {
  await session.page.goto(lab);
  await box()
    .getByText(/^Predict \d of \d/)
    .waitFor();
  return digestIn(session.page);
}

/** Skips to a prompt. */
async function reach(prompt: typeof choice): Promise<void> {
  for (let skipped = 0; skipped < prompts.indexOf(prompt); skipped++) await button('Skip').click();
  await box().getByText(prompt.ask).first().waitFor();
}

/** What the engine in Node says to a prompt. */
function truth(prompt: typeof choice) {
  const { variant, changed } = experimentFor(prompt, scenario, scenario.seed);
  const recording = run(scenario, { variant, params: changed });
  const outcome = outcomeOf(prompt, recording, sketchFrame(prompt, scenario))!;
  const { kind, unit } = recording.signals.find(({ name }) => name === prompt.signal)!;
  return { outcome, digest: recording.header.digest, text: measureText({ kind, unit }, Number(outcome)) };
}

describe('a prediction', () => {
  it('by choice: nothing is told before, the run decides, and it is still there after a reload', async () => {
    const { page } = session;
    const first = await open();
    await reach(choice);
    expect(
      await box()
        .getByText(/Score|The run gave/)
        .count(),
    ).toBe(0);
    await expect.poll(() => button('Predict and run').isDisabled()).toBe(true);
    await box().getByRole('radio').last().check();
    await button('Predict and run').click();
    const { outcome, digest, text } = truth(choice);
    expect(await digestIn(page, first)).toBe(digest);
    await box().getByText(`The run gave ${text}.`).waitFor();
    if (choice.answer.kind !== 'choice') throw new Error('not a choice');
    const right = optionOf(choice.answer, Number(outcome));
    const isRight = right === choice.answer.options.length - 1;
    await box()
      .getByText(`Score ${isRight ? 100 : 0} of 100.`)
      .waitFor();
    await expect.poll(() => box().getByRole('listitem').nth(right).innerText()).toContain('the run');
    await expect.poll(() => box().getByRole('listitem').last().innerText()).toContain('you');

    await page.reload();
    await box()
      .getByText(prompts[prompts.indexOf(choice) + 1].ask)
      .first()
      .waitFor();
    await button('Back').click();
    await box().getByText(`The run gave ${text}.`).waitFor();
    await button('Answer again').click();
    await expect.poll(() => button('Predict and run').isDisabled()).toBe(true);
  });

  it('by number, with the keyboard alone; hints are folded until they are asked for', async () => {
    const { page } = session;
    const first = await open();
    await reach(number);
    const hint = box().getByText(number.hints[0]);
    await expect.poll(() => hint.isVisible()).toBe(false);
    await box().getByText('Hints', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => hint.isVisible()).toBe(true);
    await box().getByRole('textbox').focus();
    await page.keyboard.type('a few');
    await expect.poll(() => box().getByRole('textbox').getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.press('Control+a');
    const { outcome, digest, text } = truth(number);
    await page.keyboard.type(String(outcome));
    await page.keyboard.press('Enter');
    expect(await digestIn(page, first)).toBe(digest);
    await box().getByText(`The run gave ${text}.`).waitFor();
    await box().getByText('Score 100 of 100.').waitFor();
  });

  it('by a line drawn with the pointer; the measured one is drawn over it', async () => {
    const { page } = session;
    const first = await open();
    await reach(line);
    const plot = box().getByRole('slider');
    await plot.scrollIntoViewIfNeeded();
    const area = await plot.boundingBox();
    if (!area) throw new Error('there is nothing to draw on');
    await page.mouse.move(area.x + 60, area.y + area.height - 40);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width / 2, area.y + 30, { steps: 3 });
    await page.mouse.move(area.x + area.width - 12, area.y + area.height - 40, { steps: 3 });
    await page.mouse.up();
    await button('Predict and run').click();
    expect(await digestIn(page, first)).toBe(truth(line).digest);
    await box().getByText('The measured line is drawn over yours.').waitFor();
    const score = Number(/Score (\d+) of/.exec(await box().innerText())?.[1]);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(100);
    await expect.poll(() => box().locator('path.measured').count()).toBe(1);
  });

  it('by a line drawn with the keys alone', async () => {
    const { page } = session;
    await open();
    await reach(line);
    await box().getByRole('slider').focus();
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    for (let step = 0; step < 5; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('End');
    await page.keyboard.press('PageDown');
    await expect.poll(() => box().getByRole('slider').getAttribute('aria-valuetext')).toMatch(/^at .* seconds: /);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await box().getByText('The measured line is drawn over yours.').waitFor({ timeout: 30_000 });
  });

  it('can be skipped to the end, and taken up again', async () => {
    await open();
    for (const prompt of prompts) {
      await box().getByText(prompt.ask).first().waitFor();
      await button('Skip').click();
    }
    await box().getByText(`all ${prompts.length} questions`).waitFor();
    await button('From the first again').click();
    await box().getByText(prompts[0].ask).first().waitFor();
  });
});

describe('the guide', () => {
  it('moves the cursor and outlines what it speaks of, in the charts and on the stage', async () => {
    const { page } = session;
    await open();
    const guide = page.getByRole('region', { name: 'Guide' });
    await guide.locator('button[title*="point out cache.hit_ratio"]').click();
    await page.locator('figure[data-pointed]').waitFor();
    await guide.locator('button[title*="point out database"]').click();
    await page.locator('button[data-pointed]').waitFor();
    await expect.poll(() => page.locator('figure[data-pointed]').count()).toBe(0);
  });

  it('has numbers that follow the cursor', async () => {
    const { page } = session;
    await open();
    const number = page.getByRole('region', { name: 'Guide' }).locator('.number[title*="at the cursor"]').first();
    await page.getByRole('slider', { name: 'Time in the run' }).press('End');
    const atTheEnd = await number.innerText();
    await page.getByRole('region', { name: 'Guide' }).locator('button[title*="point out cache.loads"]').click();
    await expect.poll(() => number.innerText()).not.toBe(atTheEnd);
    const chart = page.getByRole('region', { name: 'Charts' }).getByRole('slider').first();
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toContain(await number.innerText());
  });
});

it('axe finds nothing in the guide in either theme, with motion reduced', async () => {
  const { page } = session;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open();
  await reach(line);
  await expectNoViolationsInEitherTheme(page, 'section[aria-label="Guide"]');
  for (let back = prompts.indexOf(line); back > prompts.indexOf(choice); back--) await button('Back').click();
  await box().getByRole('radio').first().check();
  await button('Predict and run').click();
  await box()
    .getByText(/The run gave/)
    .waitFor({ timeout: 30_000 });
  await expectNoViolationsInEitherTheme(page, 'section[aria-label="Guide"]');
});
