/**
 * What is drawn of a stampede in time. *Frames*: the processor's time that scripts take of each while a herd plays beside
 * all charts with as many dots as the stage ever draws, by the browser's own trace. A page that cannot keep up draws fewer,
 * and what its frames take then is told of no aim: it is left out, with a word. *Scrubbing*: from an event of the time line under a mouse that
 * goes over all of it to the painted frame, at rest and while a very long run is computed.
 */
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { ms, run, s, trailOf, writeRunDocument } from '../../../../sim-core/index.ts';
import stampede from '../../../caching/stampede.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmark.ts';
import { latency } from './latency.ts';
import { notesOf } from './notes.ts';
import { scriptOfFrames } from './script-of-frames.ts';
import { openLab, type Tab } from './tab.ts';

const VARIANT = 'none';
/** The dots that the aim speaks of. */
const DOTS = 400;
/**
 * At one dot for two requests, with the first that were given up drawn one by one, no frame has fewer than `DOTS` from
 * `CROWDED` on for seven hundredths of a second: more than a second of slow motion, which is played over and over.
 */
const CROWD = { rate: 1500, concurrency: 80, connections: 200, timeout: ms(640) };
const CROWDED = s(10.652);
const ROUND = { ms: 700, quickMs: 400, rounds: 6 } as const;
/** Of some hundreds of default runs' length: nobody waits for its end here. */
const LONG = { length: '600s', rate: '20000' };
const MOVES = 90;

export async function* frames(
  tab: Tab,
  { quick, progress, interrupted }: BenchmarkOptions,
): AsyncGenerator<BenchmarkResult> {
  const { page } = tab;
  progress('page: frames of a stampede');
  await open(tab, CROWD);
  await page.getByLabel('Speed').selectOption('0.05');
  const script: number[] = [];
  let fewest = Infinity;
  for (let round = 0; round < (quick ? 1 : ROUND.rounds); round++) {
    interrupted.throwIfAborted();
    await put(page, CROWDED);
    const frames = await scriptOfFrames(page, quick ? ROUND.quickMs : ROUND.ms, {
      begin: () => page.getByRole('button', { name: 'Play' }).click(),
      end: () => page.getByRole('button', { name: 'Pause' }).click(),
    });
    script.push(...frames.script);
    fewest = Math.min(fewest, frames.dots);
  }
  if (fewest < DOTS) progress(`page: frames were not measured with ${DOTS} dots, for ${fewest} were drawn; left out`);
  else yield* latency({ name: 'page', size: fewest, variant: 'stampede: script of a frame' }, script);

  interrupted.throwIfAborted();
  progress('page: scrubbing through a stampede');
  await open(tab, {});
  yield* latency({ name: 'page', variant: 'stampede: scrub to screen' }, await scrub(page, quick));

  interrupted.throwIfAborted();
  for (const [field, value] of Object.entries(LONG)) {
    const box = page.getByRole('tabpanel').getByRole('textbox', { name: field });
    await box.fill(value);
    await box.press('Enter');
  }
  await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
  const meanwhile = await scrub(page, quick);
  await page.getByRole('button', { name: 'Cancel' }).click();
  yield* latency({ name: 'page', variant: 'stampede: scrub to screen, while a run is computed' }, meanwhile);
}

/** Opens the page by a link to a stampede with these parameters, and waits until it shows who is where. */
async function open(tab: Tab, params: Readonly<Record<string, number>>): Promise<void> {
  const recording = run(stampede, { variant: VARIANT, params });
  const { engine, scenario, definition, digest } = recording.header;
  const documented = {
    variant: VARIANT,
    seed: stampede.seed,
    params,
    interventions: [],
    digest,
    trail: trailOf(recording),
  };
  const text = JSON.stringify(writeRunDocument({ engine, scenario, definition, ...documented }));
  await openLab(tab, `#/lab/${scenario}?r=1.${deflateRawSync(text).toString('base64url')}`);
  await tab.page.getByRole('button', { name: 'Dismiss' }).click();
  await put(tab.page, stampede.openAt);
  await tab.page.locator('.crowd strong').first().waitFor();
}

async function put(page: Page, time: number): Promise<void> {
  await page.getByRole('slider', { name: 'Time in the run' }).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, time);
}

/** Goes over the time line and back with the mouse; the milliseconds from each event to the painted frame. */
async function scrub(page: Page, quick: boolean): Promise<number[]> {
  const box = await page.getByRole('slider', { name: 'Time in the run' }).boundingBox();
  if (!box) throw new Error('page: the time line is not on the screen');
  const y = box.y + box.height / 2;
  const x = (i: number): number => box.x + 10 + (box.width - 20) * (0.5 - 0.5 * Math.cos(i / 14));
  await page.mouse.move(x(0), y);
  await page.mouse.down();
  await notesOf(page);
  for (let i = 1; i <= (quick ? 10 : MOVES); i++) {
    await page.mouse.move(x(i), y);
    await page.waitForTimeout(1000 / 60);
  }
  await page.mouse.up();
  await page.waitForTimeout(300);
  const { inputs } = await notesOf(page);
  return inputs.flatMap(({ at, painted }) => (painted === undefined ? [] : [painted - at]));
}
