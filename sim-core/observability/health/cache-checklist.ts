/**
 * The handbook's cache dashboard (quick tables): five thresholds, and what each is taken to mean where the table leaves it
 * open.
 *
 * - Hit ratio: over all lookups, and by region where the run has a signal `cache.hit_ratio.REGION`. A mean over all hides
 *   a region that is small.
 * - Evictions: the baseline is their mean over the ten windows before, as a team's panel has it that knows no better. It
 *   learns: what goes on for ten windows is the baseline. A spike has to be twice that, and five deviations of a Poisson
 *   number away from it as well: where evictions are few, chance doubles them.
 * - Stampede: more than a quarter of a window's loads began while another one of the same key was under way. A herd that is
 *   gone in a moment drowns among the window's other loads; that is what the table's word sustained is taken for.
 * - Hot key: the share of the one key that is asked for most, of all lookups of a window. A monitor's reading where the
 *   run has one (`cache.hot_key.share`), counted from the lookups that were kept otherwise.
 */
import { cacheLookup } from '../../cache/cache.ts';
import { RATIO_SAMPLES_MIN } from '../../statistics/signal.ts';
import { found, percentText, timeText, watched, type Checklist, type ChecklistRow, type Printed } from './checklist.ts';
import { readable } from '../../statistics/figures.ts';
import { seen, type RunEvidence, type SeenSignal } from './run-evidence.ts';
import { meansOver, sumsOver, windowsOf, type Windows } from './windows.ts';

export const HIT_RATIO_LEAST = 0.9;
const LOAD_SECONDS_MOST = 0.02;
const SPIKE = 2;
const BASELINE_WINDOWS = 10;
const BASELINE_WINDOWS_LEAST = 3;
const DEVIATIONS = 5;
const REDUNDANT_SHARE = 0.25;
const HOT_SHARE_MOST = 0.15;
/** Lookups from which on a share of 15 % is told to 2.5 percentage points (one standard deviation). */
const LOOKUPS_LEAST = 200;

const NO_CACHE = 'no cache of this run tells it';

export function cacheChecklist(evidence: RunEvidence): Checklist {
  const windows = windowsOf(evidence);
  return {
    id: 'cache',
    title: 'Cache metrics dashboard',
    rows: [
      ...hitRatios(evidence, windows),
      loadTime(evidence, windows),
      evictions(evidence, windows),
      stampedes(evidence, windows),
      hotKey(evidence, windows),
    ],
  };
}

function hitRatios(evidence: RunEvidence, windows: Windows): ChecklistRow[] {
  const prefix = 'cache.hit_ratio';
  const threshold = '>90%';
  const rowOf = (item: string, signal: SeenSignal): ChecklistRow =>
    watched(
      { item, threshold, signals: [signal.name] },
      {
        windows,
        values: meansOver(windows, signal.columns.mean, signal.columns.samples, RATIO_SAMPLES_MIN),
        isBroken: (ratio) => !(ratio > HIT_RATIO_LEAST),
        worst: 'lowest',
        words: percentText,
        overall: percentText(signal.summary.mean),
        untold: `no window had the ${RATIO_SAMPLES_MIN} lookups that a ratio takes`,
      },
    );
  const overall = seen(evidence, prefix);
  const printed: Printed = { item: 'Hit Ratio', threshold, signals: [prefix] };
  const regions = evidence.signals.filter(({ name, kind }) => kind === 'ratio' && name.startsWith(`${prefix}.`));
  return [
    overall === undefined ? found(printed, 'untold', NO_CACHE) : rowOf('Hit Ratio', overall),
    ...regions.map((region) => rowOf(`Hit Ratio, ${region.name.slice(prefix.length + 1)}`, region)),
  ];
}

function loadTime(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = { item: 'Avg Load Time', threshold: '<20ms', signals: ['cache.load.duration'] };
  const loads = seen(evidence, 'cache.load.duration');
  if (loads === undefined) return found(printed, 'untold', NO_CACHE);
  return watched(printed, {
    windows,
    values: meansOver(windows, loads.columns.mean, loads.columns.count, RATIO_SAMPLES_MIN),
    isBroken: (seconds) => !(seconds < LOAD_SECONDS_MOST),
    worst: 'highest',
    words: timeText,
    overall: timeText(loads.summary.mean),
    untold: `no window had the ${RATIO_SAMPLES_MIN} loads that a mean takes`,
  });
}

function evictions(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const [name, entries, room] = ['cache.evictions', 'cache.entries', 'cache.room'];
  const printed: Printed = { item: 'Evictions Spike', threshold: '<2x baseline', signals: [name, entries, room] };
  const evicted = seen(evidence, name);
  if (evicted === undefined) return found({ ...printed, signals: [name] }, 'untold', NO_CACHE);
  const sums = sumsOver(windows, evicted.columns.count);
  const baselines = sums.map((_, row) => baselineAt(sums, row, windows));
  const pressure = [seen(evidence, entries), seen(evidence, room)];
  return watched(pressure.includes(undefined) ? { ...printed, signals: [name] } : printed, {
    windows,
    values: sums.map((sum, row) => sum / baselines[row]),
    isBroken: (times, row) => !(times < SPIKE) && times > 1 + DEVIATIONS / Math.sqrt(baselines[row]),
    worst: 'highest',
    words: (times) => (times === 0 ? 'nothing was evicted' : `${readable(times)} times the baseline`),
    untold: `the run has no baseline: it is no longer than ${BASELINE_WINDOWS_LEAST} windows`,
    beside: pressureText(pressure, windows),
  });
}

/** The mean of the windows before the one that ends at a row; one at least, so that there is something to be a multiple of. */
function baselineAt(sums: Float64Array, row: number, { rows }: Windows): number {
  let [sum, count] = [0, 0];
  for (let before = row - rows; count < BASELINE_WINDOWS && sums[before] >= 0; before -= rows) {
    sum += sums[before];
    count += 1;
  }
  return count < BASELINE_WINDOWS_LEAST ? NaN : Math.max(1, sum / count);
}

/** How full memory was: evictions without pressure come of entries that are too large, or of a policy that lets nobody in. */
function pressureText([entries, room]: readonly (SeenSignal | undefined)[], windows: Windows): string | undefined {
  if (entries === undefined || room === undefined) return undefined;
  let least = Infinity;
  let most = 0;
  for (let row = windows.from; row < windows.to; row++) {
    const share = entries.columns.mean[row] / room.columns.mean[row];
    if (share < least) least = share;
    if (share > most) most = share;
  }
  return `memory pressure: ${percentText(least)} to ${percentText(most)} of the room taken`;
}

function stampedes(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const signals = ['cache.loads.redundant', 'cache.loads'];
  const printed: Printed = { item: 'Stampede Incidents', threshold: '0 sustained', signals };
  const [redundant, loads] = signals.map((name) => seen(evidence, name));
  if (redundant === undefined || loads === undefined) return found(printed, 'untold', NO_CACHE);
  const all = sumsOver(windows, loads.columns.count);
  const needless = sumsOver(windows, redundant.columns.count);
  return watched(printed, {
    windows,
    values: needless.map((count, row) => (all[row] >= RATIO_SAMPLES_MIN ? count / all[row] : NaN)),
    isBroken: (share) => share > REDUNDANT_SHARE,
    worst: 'highest',
    words: (share) => `${percentText(share)} of the loads began while another of their key was under way`,
    untold: `no window had ${RATIO_SAMPLES_MIN} loads: there was nobody to stampede`,
  });
}

function hotKey(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const name = 'cache.hot_key.share';
  const monitor = seen(evidence, name);
  const printed: Printed = { item: 'Hot Key Ratio', threshold: '<15% single key', signals: [name] };
  const watch = {
    windows,
    isBroken: (share: number) => !(share < HOT_SHARE_MOST),
    worst: 'highest' as const,
    words: (share: number) => `${percentText(share)} for one key`,
    untold: `no window had ${LOOKUPS_LEAST} lookups, so that chance alone makes a hot key`,
  };
  if (monitor !== undefined) {
    const values = new Float64Array(windows.to).fill(NaN);
    for (let row = windows.from; row < windows.to; row++) values[row] = monitor.columns.last[row];
    return watched(printed, { ...watch, values });
  }
  const lookups = evidence.facts?.tables.find(({ kind, rows }) => kind === cacheLookup.name && rows > 0);
  const counted: Printed = { ...printed, signals: ['cache.lookups'] };
  if (lookups === undefined) return found(counted, 'untold', NO_CACHE);
  return watched(counted, { ...watch, values: hottestShares(windows, lookups.times, lookups.columns.key) });
}

/** The share of the key that has most of a window's lookups, by the row that ends it. */
function hottestShares(windows: Windows, times: Float64Array, keys: Float64Array): Float64Array {
  const { interval, from, to, rows } = windows;
  const shares = new Float64Array(to).fill(NaN);
  const counts = new Map<number, number>();
  let [enters, leaves] = [times.findIndex((time) => time >= from * interval), 0];
  if (enters < 0) return shares;
  leaves = enters;
  for (let row = from; row < to; row++) {
    for (; enters < times.length && times[enters] < (row + 1) * interval; enters++) {
      counts.set(keys[enters], (counts.get(keys[enters]) ?? 0) + 1);
    }
    for (; leaves < enters && times[leaves] < (row + 1 - rows) * interval; leaves++) {
      counts.set(keys[leaves], counts.get(keys[leaves])! - 1);
    }
    const lookups = enters - leaves;
    if (row - rows + 1 < from || lookups < LOOKUPS_LEAST) continue;
    let most = 0;
    for (const count of counts.values()) if (count > most) most = count;
    shares[row] = most / lookups;
  }
  return shares;
}
