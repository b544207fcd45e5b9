/**
 * The page's engine beside headless: the same stampede, recorded, in a worker of Chromium that runs the built page's own
 * engine, and in this process by the same loop of slices. Both are measured by the wall clock, since a browser tells no
 * process's CPU time; the goal is a ratio of at least 1/1.3. Their digests are compared, so that it was the same run.
 */
import { Run, s, type Scenario } from '../../../../sim-core/index.ts';
import stampede from '../../../caching/stampede.ts';
import { compareWithFirst, measureInTurn } from '../benchmark.ts';
import type { BenchmarkOptions, BenchmarkResult, Contender } from '../benchmark.ts';
import { runInWorker, startWorker, type Timed } from './page-worker.ts';
import type { Tab } from './tab.ts';

/** As the page's engine does: so long between two looks at the outside world, so many events between looks at the clock. */
const SLICE_MS = 12;
const EVENTS_PER_LOOK = 2_000;

const VARIANT = 'none';

export async function engine(
  { page, address, directory }: Tab,
  { quick, progress, interrupted }: BenchmarkOptions,
): Promise<BenchmarkResult[]> {
  const length = quick ? s(6) : s(120);
  progress(`page: stampede, ${length / s(1)} simulated seconds in Chromium and in Node`);
  await page.goto(address);
  await startWorker(page, directory);
  const params = { length };
  const request = { scenario: 'stampede', variant: VARIANT, params, seed: 1, interventions: [] };
  const here = runInSlices(stampede, VARIANT, params);
  const short = { length: quick ? s(6) : s(60) };
  const contenders: Contender[] = [
    {
      ...contender('Chromium, a worker of the page', here, () => runInWorker(page, request)),
      warmUp: () => runInWorker(page, { ...request, params: short }),
    },
    {
      ...contender('Node', here, () => Promise.resolve(runInSlices(stampede, VARIANT, params))),
      warmUp: () => runInSlices(stampede, VARIANT, short),
    },
  ];
  const rates = await measureInTurn(contenders, quick ? 1 : 5, interrupted);
  return compareWithFirst(rates, { name: 'page', variant: stampede.id, size: here.requests, unit: 'requests/s' });
}

function contender(
  name: string,
  { digest, requests }: Timed & { requests: number },
  work: () => Promise<Timed>,
): Contender {
  return {
    name,
    async work() {
      const timed = await work();
      if (timed.digest !== digest) throw new Error(`page: ${name} computed ${timed.digest}, not ${digest}`);
      return { units: requests, cpuSeconds: timed.wallMs / 1000 };
    },
  };
}

/** A run in this process, by the loop of the page's worker. */
export function runInSlices(
  scenario: Scenario,
  variant: string,
  params: Readonly<Record<string, number>> = {},
): Timed & { readonly requests: number } {
  const started = performance.now();
  const run = new Run(scenario, { variant, params });
  for (let isOver = false; !isOver;) {
    const until = performance.now() + SLICE_MS;
    while (!isOver && performance.now() < until) isOver = run.advance(EVENTS_PER_LOOK);
  }
  const { header, facts } = run.finish();
  return { wallMs: performance.now() - started, digest: header.digest, requests: facts.told['request.started'] ?? 0 };
}
