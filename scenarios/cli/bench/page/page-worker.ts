/** The built page's own engine in a worker of a browser, with no page about it: what a run takes there, and its digest. */
import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** A run by the wall clock: a browser tells no process's CPU time. */
export interface Timed {
  readonly wallMs: number;
  readonly digest: string;
}

/** Starts the engine of the page in `directory`, which `page` was opened from. */
export function startWorker(page: Page, directory: string): Promise<void> {
  const entry = readdirSync(`${directory}/assets`).find((name) => /^worker-entry-.*\.js$/.test(name));
  if (entry === undefined) throw new Error(`page: ${directory} has no worker's entry`);
  return page.evaluate(start, `./assets/${entry}`);
}

/** A run that the engine is asked for as the page asks it: scenario, variant, parameters, seed, interventions. */
export function runInWorker(page: Page, request: object): Promise<Timed> {
  return page.evaluate(run, request);
}

/** What the two functions below keep in the page. */
interface Scope {
  worker?: Worker;
}

// They are sent to the page as their source: nothing outside of them is there.

function start(url: string): void {
  (globalThis as Scope).worker = new Worker(new URL(url, location.href), { type: 'module' });
}

/** Calls the engine's `run` in comlink's words, which are all that its worker listens to. */
function run(request: object): Promise<Timed> {
  const worker = (globalThis as Scope).worker!;
  const id = String(Math.random());
  const progress = new MessageChannel();
  return new Promise((resolve, reject) => {
    const hear = ({ data }: MessageEvent): void => {
      if (data.id !== id) return;
      worker.removeEventListener('message', hear);
      if (data.type === 'HANDLER') reject(new Error(data.value.value.message));
      else resolve({ wallMs: data.value.wallMs, digest: data.value.recording.header.digest });
    };
    worker.addEventListener('message', hear);
    const told = [
      { type: 'RAW', value: request },
      { type: 'HANDLER', name: 'proxy', value: progress.port1 },
    ];
    worker.postMessage({ id, type: 'APPLY', path: ['run'], argumentList: told }, [progress.port1]);
  });
}
