/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run: how many queries are late.
 */
import { NotClaimed, STREAM_LIMIT, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, poissonMost } from '../../application/chance.ts';
import type { Values } from './params.ts';
import {
  CHUNK,
  CONSUMERS,
  FRESHNESS,
  LOGS_READ,
  METRIC_CORES,
  PANEL_RANGE,
  PATIENCE,
  SAMPLES_READ,
  SCRAPE_EVERY,
  SEARCH_RANGE,
  SERVICES,
  SPLIT,
  STORE_CORES,
} from './stack.ts';
import { WARM_UP, end, generation, items, keepsUp, limit, logBatch, logBytes, shareFrom } from './volumes.ts';

/**
 * With nothing to find a stretch of time by, a search reads all that is kept. Of that there is at least what comes, or what one stream
 * takes, or what consumers get rid of that wait for 45 s at most between two attempts, if collectors keep up with receiving it.
 */
export const slowSearches = limit((p) => {
  if (p.partitioning !== 'none' || !keepsUp(p, items(p))) return 0;
  const attempts = (p.collectors * CONSUMERS * logBatch(p)) / 45;
  const kept = Math.min(logBytes(p), STREAM_LIMIT.perSecond, attempts);
  const lateFrom = toSeconds(WARM_UP) + (toSeconds(p.budget) * LOGS_READ) / kept;
  return shareFrom(p, lateFrom, p.searchRate);
});

/** A search reads one service's logs of its time and of the chunks that reach into it, on one processor while no more run than there are. */
export const quickSearches = limit((p) => {
  const read = ((logBytes(p) / SERVICES.length) * toSeconds(SEARCH_RANGE + CHUNK)) / LOGS_READ;
  const isQuiet = p.searchRate * read < 0.3 * STORE_CORES;
  return isQuiet && 1.5 * read < toSeconds(p.budget) ? toSeconds(p.budget) : toSeconds(PATIENCE);
});

/** Seconds of one processor that a panel's query takes when `past` seconds of samples are read. */
const panelTime = (p: Values, past: number): number =>
  ((generation(p) / toSeconds(SCRAPE_EVERY)) * past) / SAMPLES_READ / METRIC_CORES;

/**
 * From when on every query of a dashboard is late: so much work is waiting that a query, which shares the processor with all others,
 * cannot be done in its budget. Work comes in by the range that there is to read, more of it from second to second, less five
 * deviations of the Poisson number of queries.
 */
function lateFrom(p: Values): number {
  let [work, variance] = [0, 0];
  for (let at = 1; at < end(p); at++) {
    const each = panelTime(p, Math.min(at, toSeconds(PANEL_RANGE)));
    const comes = p.panelRate * each;
    if (work > 0 || comes > 1) {
      work += comes - 1;
      variance += p.panelRate * each * each;
    }
    const others = (work - DEVIATIONS * Math.sqrt(variance)) / each;
    if (others > toSeconds(p.budget) / each + 1) return at;
  }
  return end(p);
}
export const slowPanels = limit((p) => (p.isCached ? 0 : shareFrom(p, lateFrom(p), p.panelRate)));

/**
 * The third indicator is given when two of the last twenty answers were late: once each query is, twenty more at most have to be asked and
 * answered, of which so many come in less time than this but once in three million.
 */
const ASKED_BEFORE = 20;
export const warnedOfQueries = limit((p) => {
  const late = lateFrom(p);
  if (p.isCached || late >= end(p)) return new NotClaimed('queries need not be late');
  return late + toSeconds(PATIENCE) + (2 * poissonMost(ASKED_BEFORE)) / p.panelRate;
});

/** With a cache only what is new is read: the newest interval, those that are too fresh, and one that was not kept yet. */
export const quickPanels = limit((p) => {
  const read = panelTime(p, toSeconds(2 * SPLIT + FRESHNESS + 2 * SCRAPE_EVERY));
  const load = p.panelRate * read;
  // The mean of a processor that is shared, three times which at most one in twenty takes.
  const tail = load < 0.7 ? (3 * read) / (1 - load) : Infinity;
  return tail < toSeconds(p.budget) ? toSeconds(p.budget) : toSeconds(PATIENCE);
});
