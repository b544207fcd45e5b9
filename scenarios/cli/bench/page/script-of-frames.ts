/**
 * The processor's time that scripts take of each frame, as Chromium traces its own page: that of the thread alone, so
 * that what else the machine does hardly counts. A frame begins with its first animation callback; all script until the
 * next one's is its own, timers and microtasks included.
 */
import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when, how long, and of that the thread's own. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** What the trace calls the ways into a page's scripts. */
const ENTRIES: ReadonlySet<string> = new Set([
  'FireAnimationFrame',
  'FunctionCall',
  'RunMicrotasks',
  'EventDispatch',
  'TimerFire',
  'FireIdleCallback',
  'HandlePostMessage',
  'v8.callFunction',
]);

/** Callbacks of one frame lie closer together than this, in microseconds. */
const ONE_FRAME = 4000;

/**
 * Traces for so many milliseconds while `play` lasts: script of each frame in milliseconds, and the fewest dots that any
 * frame of that time was drawn with.
 */
export async function scriptOfFrames(
  page: Page,
  ms: number,
  play: Readonly<Record<'begin' | 'end', () => Promise<void>>>,
): Promise<{ readonly script: number[]; readonly dots: number }> {
  const browser = page.context().browser();
  if (!browser) throw new Error('page: the tab has no browser');
  const client = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await page.evaluate(countDots);
  await play.begin();
  await client.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline', 'v8'] } });
  await page.waitForTimeout(ms);
  const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.end');
  const dots = await page.evaluate(fewestDots);
  await complete;
  await client.detach();
  await play.end();
  return { script: perFrame(events), dots };
}

function perFrame(events: readonly TraceEvent[]): number[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const callbacks = events.filter(({ name }) => name === 'FireAnimationFrame');
  if (callbacks.length === 0) throw new Error('page: nothing was animated');
  const thread = threadOf(callbacks[0]);
  const begins: number[] = [];
  for (const { ts } of callbacks.toSorted((a, b) => a.ts - b.ts)) {
    if (begins.length === 0 || ts - begins[begins.length - 1] > ONE_FRAME) begins.push(ts);
  }
  const script = begins.map(() => 0);
  let frame = -1;
  let until = -1;
  const entries = events.filter((event) => event.ph === 'X' && ENTRIES.has(event.name) && threadOf(event) === thread);
  for (const { ts, dur = 0, tdur = dur } of entries.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
    // What was entered from within another entry is in that one's time.
    if (ts < until) continue;
    until = ts + dur;
    while (frame + 1 < begins.length && begins[frame + 1] <= ts) frame++;
    if (frame >= 0) script[frame] += tdur / 1000;
  }
  // The last frame may have been cut short.
  return script.slice(0, -1);
}

/** What the two functions below keep in the page. */
interface Scope {
  /** Ends the counting, and tells the fewest of any frame. */
  fewest(): number;
}

// They are sent to the page as their source: nothing outside of them is there.

/**
 * Counts what the stage draws, in each frame in which it draws: discs, rings and squares by their one call, other
 * outlines as they are closed, and crosses, which are never closed, by their two strokes.
 */
function countDots(): void {
  const { prototype } = CanvasRenderingContext2D;
  const calls = { arc: 0, rect: 0, closePath: 0, moveTo: 0 };
  const names = Object.keys(calls) as (keyof typeof calls)[];
  const real = Object.fromEntries(names.map((name) => [name, prototype[name]]));
  for (const name of names) {
    Reflect.set(prototype, name, function (this: CanvasRenderingContext2D, ...words: unknown[]) {
      calls[name]++;
      Reflect.apply(real[name], this, words);
    });
  }
  let fewest = Infinity;
  let frame = requestAnimationFrame(function look(): void {
    const { arc, rect, closePath, moveTo } = calls;
    const dots = arc + rect + closePath + (moveTo - arc - closePath) / 2;
    // Between two positions of the cursor, and once it is paused, nothing is drawn.
    if (dots > 0) fewest = Math.min(fewest, dots);
    for (const name of names) calls[name] = 0;
    frame = requestAnimationFrame(look);
  });
  (globalThis as unknown as Scope).fewest = () => {
    cancelAnimationFrame(frame);
    Object.assign(prototype, real);
    return fewest < Infinity ? fewest : 0;
  };
}

function fewestDots(): number {
  return (globalThis as unknown as Scope).fewest();
}
