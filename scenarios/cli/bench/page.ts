/**
 * The built page in Chromium: its engine beside Node's, and how soon a reader sees what they asked for. Times in
 * milliseconds are the wall's and hold for an idle machine; where the run itself in Node stands beside them, measured in
 * turn, the ratio says what the page adds to it. The aims, for runs of about 30,000 requests on two cores: a change of a
 * parameter on the screen within 100 ms at the median and 250 ms at the 95th percentile, any moment of a run within
 * 50 ms, and 8 ms of script in a frame at the 95th percentile with 400 dots and all charts.
 *
 * It needs the built page, Chromium and playwright-core, which only a checkout has; what is missing is said by name.
 */
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from './benchmark.ts';
import { changes } from './page/changes.ts';
import { engine } from './page/engine.ts';
import { frames } from './page/frames.ts';
import { takeNotes } from './page/notes.ts';
import { openTab } from './page/tab.ts';

export const page: Benchmark = {
  name: 'page',
  help: "the page in Chromium: its engine beside Node's (at least 1/1.3), from a slider to the screen, scrubbing, frames",
  run,
};

async function* run(options: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const tab = await openTab();
  if (typeof tab === 'string') {
    options.progress(`page: ${tab}; left out`);
    return;
  }
  try {
    yield* await engine(tab, options);
    await takeNotes(tab.page);
    yield* changes(tab, options);
    yield* frames(tab, options);
  } finally {
    await tab.close();
  }
}
