/**
 * What the page is made to note of itself while it is driven: when the browser dated what was done to a field, when a run
 * was asked of a worker and answered, and when a frame had been painted with the result. A frame counts as painted when
 * its callbacks, styles, layout and painting are done on the page's thread; what the screen needs from then on is the
 * same for every page.
 */
import type { Page } from 'playwright-core';

interface Asked {
  readonly at: number;
  /** When the answer came; undefined while it has not. */
  answered?: number;
  /** Undefined too for a run that was cancelled. */
  digest?: string;
  /** What the run took in the worker by its own clock, in milliseconds. */
  wallMs?: number;
}

export interface Notes {
  /** When fields were changed, in milliseconds of the page's clock. */
  readonly inputs: { readonly at: number; painted?: number }[];
  readonly runs: Asked[];
  /** Results that the page has come to show. */
  readonly shown: { readonly digest: string; readonly at: number; painted?: number }[];
}

/** Makes every page that the tab opens from now on take notes. */
export async function takeNotes(page: Page): Promise<void> {
  await page.addInitScript(noteInPage);
}

/** What was noted since it was last asked for. */
export function notesOf(page: Page): Promise<Notes> {
  return page.evaluate(readNotes);
}

/** A default run takes a fraction of it. */
const PATIENCE_MS = 5_000;

/** Does something in the page and waits until another result has been painted; not for ever, for what was done may change nothing. */
export async function untilShown(page: Page, act: () => Promise<void>): Promise<void> {
  const shown = page.evaluate(nextShown);
  await act();
  await Promise.race([shown, page.waitForTimeout(PATIENCE_MS)]);
}

// These are sent to the page as their source: nothing outside of them is there.

interface Scope {
  notes: Notes;
  heard: (() => void)[];
  Worker: typeof Worker;
}

function noteInPage(): void {
  const scope = globalThis as unknown as Scope;
  scope.notes = { inputs: [], runs: [], shown: [] };
  scope.heard = [];
  const painted = (done: (at: number) => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => done(performance.now()));
      port1.start();
      port2.postMessage(undefined);
    });
  };
  addEventListener(
    'input',
    ({ timeStamp }) => {
      const input: { at: number; painted?: number } = { at: timeStamp };
      scope.notes.inputs.push(input);
      painted((at) => (input.painted = at));
    },
    true,
  );
  const asked = new Map<string, Asked>();
  scope.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data, timeStamp }) => {
        const run = asked.get(data.id);
        if (!run) return;
        run.answered = timeStamp;
        run.digest = data.value?.recording?.header.digest;
        run.wallMs = data.value?.wallMs;
      });
    }
    override postMessage(message: { id: string; path?: string[] }, transfer?: unknown): void {
      if (message.path?.[0] === 'run') {
        const run = { at: performance.now() };
        asked.set(message.id, run);
        scope.notes.runs.push(run);
      }
      super.postMessage(message, transfer as Transferable[]);
    }
  };
  let last = '';
  new MutationObserver(() => {
    const digest = document.querySelector<HTMLElement>('footer[data-digest]')?.dataset.digest ?? '';
    if (digest === '' || digest === last) return;
    last = digest;
    const shown: Notes['shown'][number] = { digest, at: performance.now() };
    scope.notes.shown.push(shown);
    painted((at) => {
      shown.painted = at;
      for (const hear of scope.heard.splice(0)) hear();
    });
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-digest'] });
}

function readNotes(): Notes {
  const { notes } = globalThis as unknown as Scope;
  return {
    inputs: notes.inputs.splice(0),
    runs: notes.runs.splice(0),
    shown: notes.shown.splice(0),
  };
}

function nextShown(): Promise<void> {
  return new Promise((resolve) => (globalThis as unknown as Scope).heard.push(resolve));
}
