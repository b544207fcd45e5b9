/**
 * From a slider to the screen: how long after a parameter was changed the result of the run with it has been painted, for
 * the default run of every scenario. A *step* moves a slider by 2 % of its way and waits for the result; beside it,
 * measured in turn, the same run in Node by itself, and where on its way the step was. A *drag* holds a slider and moves
 * it sixty times a second: each of its events counts until its own result has been painted, or a newer one's. At the end
 * stand the steps and the drags of all scenarios together, which the aim is about: few of each one, so that all are done
 * in about five minutes.
 */
import type { Locator, Page } from 'playwright-core';
import type { Scenario } from '../../../../sim-core/index.ts';
import stampede from '../../../caching/stampede.ts';
import { catalogue } from '../../../index.ts';
import { median, type BenchmarkOptions, type BenchmarkResult } from '../benchmark.ts';
import { runInSlices } from './engine.ts';
import { delaysIn, PARTS, type Delay } from './delays.ts';
import { notesOf, untilShown } from './notes.ts';
import { latency } from './latency.ts';
import { openLab, type Tab } from './tab.ts';

/** Sliders of a scenario that are moved, evenly spread over all that have as many positions as they have way. */
const SLIDERS = 2;
/** Of a slider's 400 positions. */
const STEP = 8;
/** Steps before those that count: engines compile what they run often. */
const WARM_UP = 5;
/** Events of a drag, and how far it goes to either side, in pixels. */
const DRAG = { events: 60, intervalMs: 1000 / 60, reach: 8 } as const;

/** Steps and drags, scenario by scenario. */
export async function* changes(
  tab: Tab,
  { quick, progress, interrupted }: BenchmarkOptions,
): AsyncGenerator<BenchmarkResult> {
  const { page } = tab;
  const all: Delay[] = [];
  const dragged: number[] = [];
  for (const scenario of quick ? [stampede] : catalogue.map((entry) => entry.scenario)) {
    interrupted.throwIfAborted();
    progress(`page: ${scenario.id}, from a slider to the screen`);
    await openLab(tab, `#/lab/${scenario.id}`);
    const sliders = await slidersOf(page, scenario);
    const about = { name: 'page', size: runInSlices(scenario, Object.keys(scenario.variants)[0]).requests };
    if (sliders.length === 0) continue;
    for (let i = 0; i < (quick ? 1 : WARM_UP); i++) await step(page, sliders[0], i % 2 === 0);
    const { delays, alone } = await steps(page, scenario, quick ? sliders.slice(0, 2) : sliders, interrupted);
    all.push(...delays);
    if (delays.length > 0) yield* stepped(scenario.id, delays, about, alone);
    const inDrag = await drag(page, sliders[0], quick);
    dragged.push(...inDrag);
    yield* latency({ ...about, variant: `${scenario.id}: drag to screen` }, inDrag);
  }
  yield* stepped('all scenarios', all, { name: 'page' });
  yield* latency({ name: 'page', variant: 'all scenarios: drag to screen' }, dragged);
}

/** A run in Node beside a round of steps, in milliseconds. */
interface Beside {
  readonly wallMs: number;
  /** Over the median of the round. */
  readonly ratio: number;
}

function* stepped(
  of: string,
  delays: readonly Delay[],
  about: Pick<BenchmarkResult, 'name' | 'size'>,
  beside: readonly Beside[] = [],
): Generator<BenchmarkResult> {
  const [half, ...rest] = latency(
    { ...about, variant: `${of}: step to screen` },
    delays.map(({ total }) => total),
  );
  const ratios = beside.map(({ ratio }) => ratio);
  yield ratios.length === 0
    ? half
    : {
        ...half,
        peer: 'Node, the run alone',
        peerValue: median(beside.map(({ wallMs }) => wallMs)),
        ratio: median(ratios),
        ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      };
  yield* rest;
  for (const [part, words] of Object.entries(PARTS) as [keyof typeof PARTS, string][]) {
    const value = median(delays.map((delay) => delay[part]));
    yield { ...about, variant: `${of}: step, ${words}`, unit: 'ms', value };
  }
}

/** Whole numbers change by more than 2 % of the way, or not at all, and are left out; so is what lies out of sight. */
async function slidersOf(page: Page, { params }: Scenario): Promise<Locator[]> {
  const fine = Object.entries(params).filter(
    ([, { type }]) => type !== 'integer' && type !== 'choice' && type !== 'flag',
  );
  const found: Locator[] = [];
  for (const [name] of fine) {
    const label = name.replaceAll(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
    const slider = page.getByRole('tabpanel').getByRole('slider', { name: label, exact: true });
    if (await slider.isVisible()) found.push(slider);
  }
  const every = Math.max(1, found.length / SLIDERS);
  return found.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
}

async function steps(
  page: Page,
  scenario: Scenario,
  sliders: readonly Locator[],
  interrupted: AbortSignal,
): Promise<{ readonly delays: Delay[]; readonly alone: Beside[] }> {
  const delays: Delay[] = [];
  const alone: Beside[] = [];
  for (const slider of sliders) {
    interrupted.throwIfAborted();
    const both = [await step(page, slider, true), await step(page, slider, false)];
    const round = both.filter((delay) => delay !== undefined);
    if (round.length === 0) continue;
    const { wallMs } = runInSlices(scenario, Object.keys(scenario.variants)[0]);
    delays.push(...round);
    alone.push({ wallMs, ratio: wallMs / median(round.map(({ total }) => total)) });
  }
  return { delays, alone };
}

/** Moves a slider, on or back, and waits until the result has been painted; undefined if the run came out the same. */
async function step(page: Page, slider: Locator, on: boolean): Promise<Delay | undefined> {
  await notesOf(page);
  await untilShown(page, () =>
    slider.evaluate(
      (input, by) => {
        const field = input as HTMLInputElement;
        // At its end it turns round.
        const there = field.valueAsNumber + by > Number(field.max) || field.valueAsNumber + by < 0 ? -by : by;
        field.value = String(field.valueAsNumber + there);
        field.dispatchEvent(new Event('input', { bubbles: true }));
      },
      on ? STEP : -STEP,
    ),
  );
  return delaysIn(await notesOf(page)).at(0);
}

async function drag(page: Page, slider: Locator, quick: boolean): Promise<number[]> {
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  if (!box) throw new Error('page: the slider is not on the screen');
  const { value, max } = await slider.evaluate((input) => {
    const { valueAsNumber, max: most } = input as HTMLInputElement;
    return { value: valueAsNumber, max: Number(most) };
  });
  /** The thumb's middle goes half its width less far than the track, on either side. */
  const thumb = 8;
  const x = box.x + thumb + (box.width - 2 * thumb) * (value / max);
  const y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await notesOf(page);
  const started = performance.now();
  for (let i = 0; i < (quick ? 10 : DRAG.events); i++) {
    await page.mouse.move(x + DRAG.reach * Math.sin(i / 9), y);
    const early = started + i * DRAG.intervalMs - performance.now();
    if (early > 0) await page.waitForTimeout(early);
  }
  await page.mouse.up();
  await page.locator('footer[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(300);
  return delaysIn(await notesOf(page)).map(({ total }) => total);
}
