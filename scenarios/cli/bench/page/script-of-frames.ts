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

/** Traces for so many milliseconds after `begin`: script of each frame in milliseconds, and dots drawn in the median one. */
export async function scriptOfFrames(
  page: Page,
  ms: number,
  begin: () => Promise<void>,
): Promise<{ readonly script: number[]; readonly dots: number }> {
  await begin();
  const dots = await page.evaluate(countDots, Math.min(1000, ms));
  const browser = page.context().browser();
  if (!browser) throw new Error('page: the tab has no browser');
  const client = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await client.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline', 'v8'] } });
  await page.waitForTimeout(ms);
  const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.end');
  await complete;
  await client.detach();
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

// It is sent to the page as its source: nothing outside of it is there.

/** Discs, rings and squares; there is nothing else on the stage before the first caller gives up. */
async function countDots(ms: number): Promise<number> {
  const { prototype } = CanvasRenderingContext2D;
  const { arc, rect } = prototype;
  let count = 0;
  prototype.arc = function (...words) {
    count++;
    arc.apply(this, words);
  };
  prototype.rect = function (...words) {
    count++;
    rect.apply(this, words);
  };
  const counts: number[] = [];
  for (const until = performance.now() + ms; performance.now() < until;) {
    count = 0;
    await new Promise(requestAnimationFrame);
    counts.push(count);
  }
  Object.assign(prototype, { arc, rect });
  return counts.toSorted((a, b) => a - b)[counts.length >> 1];
}
