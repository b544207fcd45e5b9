/**
 * How much the page does, counted rather than timed: what is asked of the worker for a change and while nothing changes,
 * the calls of functions that a frame and a seek take, the charts that change in one frame. How long it all takes is the
 * business of `brownout bench page`.
 */
import type { CDPSession, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import scenario from '../../scenarios/caching/stampede.ts';
import { TABS } from '../../ui/drawer/tabs.ts';
import { address, digestIn, openSession } from './session.ts';

const lab = `${address}#/lab/${scenario.id}`;
const session = openSession();

interface Counting {
  /** What was asked of workers, by its name, in order. */
  asked: string[];
}

beforeEach(async () => {
  await session.page.addInitScript(() => {
    const counting = globalThis as unknown as Counting;
    counting.asked = [];
    const post = Reflect.get(Worker.prototype, 'postMessage');
    Reflect.set(Worker.prototype, 'postMessage', function (this: Worker, ...words: Parameters<typeof post>) {
      const [{ path }] = words as [{ path?: string[] }];
      if (path) counting.asked.push(path.join('.'));
      Reflect.apply(post, this, words);
    });
  });
});

const asked = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as Counting).asked.splice(0));

async function whereabouts(page: Page): Promise<void> {
  await page.locator('.crowd strong').first().waitFor();
}

describe('the worker', () => {
  it('is asked once for a run and once for who is where in it, and for nothing while nothing changes', async () => {
    const { page } = session;
    await page.goto(lab);
    const first = await digestIn(page);
    await whereabouts(page);
    await page.waitForTimeout(1000);
    expect(await asked(page)).toEqual(['run', 'traffic']);
    // Each by a worker of its own: no run waits until who is where has been read.
    expect(page.workers().map((worker) => /(entry|reader)-[^/]*\.js$/.exec(worker.url())?.[1])).toEqual([
      'entry',
      'reader',
    ]);
    await page.getByRole('button', { name: 'Another seed' }).click();
    await digestIn(page, first);
    await whereabouts(page);
    await page.waitForTimeout(500);
    expect(await asked(page)).toEqual(['run', 'traffic']);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForTimeout(1000);
    expect(await asked(page)).toEqual([]);
  });

  it('is asked for a run when a slider has come to another value, not at every one of its positions', async () => {
    const { page } = session;
    await page.goto(lab);
    await digestIn(page);
    await whereabouts(page);
    const [few] = Object.entries(scenario.params)
      .flatMap(([name, one]) => (one.type === 'integer' ? [[name, one.max - one.min] as const] : []))
      .toSorted(([, range], [, other]) => range - other)[0];
    const slider = page.getByRole('tabpanel').getByRole('slider', { name: few });
    const values: (string | null)[] = [];
    await asked(page);
    for (let press = 0; press < 12; press++) {
      values.push(await slider.getAttribute('aria-valuetext'));
      await slider.press('ArrowRight');
      await digestIn(page);
    }
    values.push(await slider.getAttribute('aria-valuetext'));
    const changes = values.filter((value, i) => i > 0 && value !== values[i - 1]).length;
    expect(changes).toBeLessThan(12);
    expect((await asked(page)).filter((name) => name === 'run')).toHaveLength(changes);
  });

  it('that reads who is where stops for the run that will overtake it, and answers to the last reading alone', async () => {
    const { page } = session;
    await page.goto(lab);
    await digestIn(page);
    await whereabouts(page);
    await asked(page);
    // The next run is asked for in the very turn in which the reading was.
    await page.evaluate(() => {
      const scope = globalThis as unknown as { answers: boolean[] };
      scope.answers = [];
      const another = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent?.trim() === 'Another seed',
      )!;
      const post = Reflect.get(Worker.prototype, 'postMessage');
      Reflect.set(Worker.prototype, 'postMessage', function (this: Worker, ...words: Parameters<typeof post>) {
        const [{ path, id }] = words as [{ path?: string[]; id: string }];
        Reflect.apply(post, this, words);
        if (path?.[0] !== 'traffic') return;
        this.addEventListener('message', ({ data }) => {
          if (data.id === id) scope.answers.push(data.value !== undefined);
        });
        if (scope.answers.length === 0) queueMicrotask(() => another.click());
      });
      another.click();
    });
    const answers = (): Promise<unknown> => page.evaluate(() => Reflect.get(globalThis, 'answers'));
    await expect.poll(answers, { timeout: 20_000 }).toEqual([false, true]);
    expect(await asked(page)).toEqual(['run', 'traffic', 'cancel', 'run', 'traffic']);
  });

  it('is not asked any more once its scenario is left, whatever it was doing', async () => {
    const { page } = session;
    // The questions whether it is still there are asked twenty times as often.
    await page.addInitScript(() => {
      const real = globalThis.setInterval;
      Object.assign(globalThis, { setInterval: (f: () => void, ms: number) => real(f, ms === 8000 ? 400 : ms) });
    });
    await page.goto(lab);
    await digestIn(page);
    const [rate] = Object.entries(scenario.params).find(([, { type }]) => type === 'rate') ?? [''];
    const field = page.getByRole('tabpanel').getByRole('textbox', { name: rate });
    await field.fill('20000');
    await field.press('Enter');
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await page.goto(`${address}#/`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(1000);
    // An answer that nobody waits for would be complained of on the console.
    expect((await asked(page)).filter((name) => name === 'traffic')).toHaveLength(1);
  });
});

/** Counts every call of the page's functions, however they are compiled. */
class Calls {
  readonly #client: CDPSession;

  private constructor(client: CDPSession) {
    this.#client = client;
  }

  static async in(page: Page): Promise<Calls> {
    const client = await page.context().newCDPSession(page);
    await client.send('Profiler.enable');
    await client.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    return new Calls(client);
  }

  /** Since they were last asked for. */
  async made(): Promise<number> {
    const { result } = await this.#client.send('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.startsWith(`${address}assets/`))
      .flatMap(({ functions }) => functions)
      .reduce((sum, { ranges }) => sum + ranges[0].count, 0);
  }
}

const scrubberOf = (page: Page) => page.getByRole('slider', { name: 'Time in the run' });

async function put(page: Page, time: number): Promise<void> {
  await scrubberOf(page).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, time);
}

it('a change makes nothing on the stage and no chart anew: what has the focus keeps it', async () => {
  const { page } = session;
  await page.goto(lab);
  const first = await digestIn(page);
  const parts = page.locator('[data-figure] :is(button, path), figure[data-shows], figure [role=slider]');
  const before = await parts.evaluateAll((all) => all.map((part) => part.setAttribute('data-before', '')).length);
  await page.getByRole('button', { name: 'Another seed' }).click();
  await digestIn(page, first);
  expect(before).toBeGreaterThan(20);
  await expect.poll(() => page.locator('[data-before]').count()).toBe(before);
});

it('no figure of the run before is seen beside a new run: hot keys come with the charts, dots and counts wait', async () => {
  const { page } = session;
  await page.goto(lab);
  const first = await digestIn(page);
  await whereabouts(page);
  await page.evaluate(() => {
    const seen: string[][] = [];
    Object.assign(globalThis, { seen });
    const keys = [...document.querySelectorAll('.charts figure')].find(({ textContent }) =>
      textContent?.includes('Keys asked for most'),
    )!;
    const crowds = (): string => [...document.querySelectorAll('.crowd')].map((one) => one.textContent).join('');
    const look = (): void => void seen.push([keys.textContent, crowds().trim()]);
    look();
    new MutationObserver(look).observe(document.querySelector('footer')!, { attributeFilter: ['data-digest'] });
  });
  await page.getByRole('button', { name: 'Another seed' }).click();
  await digestIn(page, first);
  await whereabouts(page);
  const [before, shown] = await page.evaluate(() => Reflect.get(globalThis, 'seen') as string[][]);
  const settled = await page.locator('.charts figure', { hasText: 'Keys asked for most' }).textContent();
  expect(before[0]).not.toBe(settled);
  expect(before[1]).not.toBe('');
  expect(shown).toEqual([settled, '']);
});

describe('while it plays', () => {
  /** At the 50 ns of a call that does next to nothing: a tenth of the 8 ms of script that a frame may take. */
  const CALLS_A_FRAME = 16_000;
  /** And a tenth of the 50 ms in which a seek is to be seen. */
  const CALLS_A_SEEK = 100_000;

  // A page is opened for several tabs: to open it takes longer than to count in it.
  const half = Math.ceil(TABS.length / 2);
  const halves = [TABS.slice(0, half), TABS.slice(half)];
  it.each(halves.map((tabs) => [tabs]))('a frame and a seek are little work with the tab open: %s', async (tabs) => {
    const { page } = session;
    await page.goto(lab);
    await digestIn(page);
    await whereabouts(page);
    const calls = await Calls.in(page);
    for (const tab of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      await put(page, scenario.openAt);
      await page.waitForTimeout(500);
      await calls.made();
      await page.getByRole('button', { name: 'Play' }).click();
      const frames = await page.evaluate(async () => {
        let count = 0;
        for (const until = performance.now() + 1000; performance.now() < until; count++) {
          await new Promise(requestAnimationFrame);
        }
        return count;
      });
      // A machine too busy to draw changes ten times a second all the same.
      expect((await calls.made()) / Math.max(30, frames), `${tab}: a frame`).toBeLessThan(CALLS_A_FRAME);
      await page.getByRole('button', { name: 'Pause' }).click();
      for (const share of [0.05, 0.9, 0.4]) {
        await calls.made();
        await put(page, share * Number(await scrubberOf(page).getAttribute('max')));
        await page.waitForTimeout(200);
        expect(await calls.made(), `${tab}: a seek`).toBeLessThan(CALLS_A_SEEK);
      }
    }
  });

  it('one chart at most changes in a frame, all of them take their turns, and a seek shows in all at once', async () => {
    const { page } = session;
    await page.goto(lab);
    await digestIn(page);
    await whereabouts(page);
    await page.getByRole('button', { name: 'Play' }).click();
    const seen = await page.evaluate(async () => {
      const region = document.querySelector('[aria-label="Charts"]')!;
      let changed = new Set<Element>();
      const note = (records: MutationRecord[]): void => {
        for (const { target } of records) {
          const figure = (target instanceof Element ? target : target.parentElement)?.closest('figure');
          if (figure) changed.add(figure);
        }
      };
      const observer = new MutationObserver(note);
      observer.observe(region, { subtree: true, attributes: true, childList: true, characterData: true });
      const frame = async (): Promise<Set<Element>> => {
        changed = new Set();
        await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve));
        note(observer.takeRecords());
        return changed;
      };
      const all = region.querySelectorAll('figure').length;
      const turned = new Set<Element>();
      let most = 0;
      for (let i = 0; i < 600 && (i < 60 || turned.size < all); i++) {
        const figures = await frame();
        most = Math.max(most, figures.size);
        for (const figure of figures) turned.add(figure);
      }
      document.querySelector<HTMLButtonElement>('button[aria-label="Pause"]')!.click();
      await frame();
      const scrubber = document.querySelector<HTMLInputElement>('input[aria-label="Time in the run"]')!;
      scrubber.value = '1000000000';
      scrubber.dispatchEvent(new Event('input', { bubbles: true }));
      const atOnce = await frame();
      return { all, most, turned: turned.size, atOnce: atOnce.size };
    });
    expect(seen.all).toBeGreaterThan(5);
    expect(seen).toEqual({ all: seen.all, most: 1, turned: seen.all, atOnce: seen.all });
  });
});
