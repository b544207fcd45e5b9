/**
 * The page beside headless: the same stampede, recorded, in a worker of Chromium that runs the built page's own engine,
 * and in this process by the same loop of slices. Both are measured by the wall clock, since a browser tells no process's
 * CPU time; the goal is a ratio of at least 1/1.3. Their digests are compared, so that it was the same run.
 *
 * It needs the built page, Chromium and playwright-core, which only a checkout has; what is missing is said by name.
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Run, s, type Duration } from '../../../sim-core/index.ts';
import { CHROMIUM_MISSING, findChromium } from '../../../tools/chromium.ts';
import stampede from '../../caching/stampede.ts';
import { servePage } from '../serve/page-server.ts';
import { compareWithFirst, measureInTurn } from './benchmark.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult, Contender } from './benchmark.ts';

export const page: Benchmark = {
  name: 'page',
  help: "requests a second of wall time in a worker of Chromium, by the page's engine, beside Node: at least 1/1.3",
  run,
};

/** As the page's engine does: so long between two looks at the outside world, so many events between looks at the clock. */
const SLICE_MS = 12;
const EVENTS_PER_LOOK = 2_000;

const VARIANT = 'none';

interface Timed {
  readonly wallMs: number;
  readonly digest: string;
}

async function* run({ quick, progress, interrupted }: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const directory = fileURLToPath(new URL('page/', import.meta.url));
  const executablePath = findChromium();
  const playwright = await import('playwright-core').catch(() => undefined);
  const missing = !existsSync(directory)
    ? 'needs the built command line and page (npm run build)'
    : executablePath === undefined
      ? CHROMIUM_MISSING
      : playwright === undefined
        ? 'needs playwright-core, which a checkout has'
        : undefined;
  if (missing !== undefined || playwright === undefined || executablePath === undefined) {
    progress(`page: ${missing}; left out`);
    return;
  }
  const length = quick ? s(6) : s(120);
  progress(`page: stampede, ${length / s(1)} simulated seconds in Chromium and in Node`);
  const server = await servePage({ directory, port: 0 });
  try {
    const browser = await playwright.chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const tab = await browser.newPage();
      await tab.goto(server.address);
      const entry = readdirSync(`${directory}/assets`).find((name) => /^entry-.*\.js$/.test(name));
      if (entry === undefined) throw new Error(`page: ${directory} has no worker's entry`);
      await tab.evaluate(startWorker, `./assets/${entry}`);
      const request = { scenario: 'stampede', variant: VARIANT, params: { length }, seed: 1, interventions: [] };
      const here = inSlices(length);
      const contenders: Contender[] = [
        contender(
          'Chromium, a worker of the page',
          here.requests,
          () => tab.evaluate(runInWorker, request),
          here.digest,
        ),
        contender('Node', here.requests, () => Promise.resolve(inSlices(length)), here.digest),
      ];
      const rates = await measureInTurn(contenders, quick ? 1 : 5, interrupted);
      yield* compareWithFirst(rates, { name: 'page', variant: stampede.id, size: here.requests, unit: 'requests/s' });
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

function contender(name: string, units: number, work: () => Promise<Timed>, digest: string): Contender {
  return {
    name,
    async work() {
      const timed = await work();
      if (timed.digest !== digest) throw new Error(`page: ${name} computed ${timed.digest}, not ${digest}`);
      return { units, cpuSeconds: timed.wallMs / 1000 };
    },
  };
}

function inSlices(length: Duration): Timed & { readonly requests: number } {
  const started = performance.now();
  const run = new Run(stampede, { variant: VARIANT, params: { length } });
  for (let isOver = false; !isOver;) {
    const until = performance.now() + SLICE_MS;
    while (!isOver && performance.now() < until) isOver = run.advance(EVENTS_PER_LOOK);
  }
  const { header, facts } = run.finish();
  return { wallMs: performance.now() - started, digest: header.digest, requests: facts.told['request.started'] };
}

/** What the two functions below keep in the page. */
interface Scope {
  worker?: Worker;
}

// They are sent to the page as their source: nothing outside of them is there.

function startWorker(url: string): void {
  (globalThis as Scope).worker = new Worker(new URL(url, location.href), { type: 'module' });
}

/** Calls the engine's `run` in comlink's words, which are all that its worker listens to. */
function runInWorker(request: object): Promise<Timed> {
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
