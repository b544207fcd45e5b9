/**
 * The interesting moments of a run, told by what was recorded of it: bursts of misses, failures, retries and evictions, of
 * dead letters and compensations, every rebalance, the first that wait, a lag that grows, the first that is lost or done twice, and
 * the marks that stand on the time line.
 * Misses and evictions that go on all the time are no moment: a burst of them begins where there are suddenly four times
 * as many as usual.
 */
import type { FactTable, RecordedSignal, Recording } from '../../sim-core/index.ts';
import { groupBy } from './grouping.ts';
import { countText, instantText, numberText } from './measure-text.ts';
import { roleByOutcome, toldAgain } from './outcome-roles.ts';
import { shortName } from './signal-style.ts';
import type { TimeMark } from './time-marks.ts';

export interface Highlight {
  /** Nanoseconds. */
  readonly time: number;
  readonly label: string;
  /** How many, and of what, where it is a burst. */
  readonly burst?: { readonly count: number; readonly noun: (count: number) => string; readonly sampled: number };
  readonly kind: TimeMark['kind'] | BurstKind | 'queue';
}

type BurstKind = 'miss' | 'failure' | 'retry' | 'eviction' | 'rebalance' | 'dead letter' | 'compensation';

/** While caches fill, these are no story; and where they happen all the time, only more of them than usual is one. */
const COMMONPLACE: readonly BurstKind[] = ['miss', 'eviction'];

/** In order of time. */
export function highlightsOf(recording: Recording, marks: readonly TimeMark[]): Highlight[] {
  const { interval, warmUp } = recording.header;
  const found: Highlight[] = [...marks];
  for (const { kind, noun, times, sampled } of instantsToWatch(recording)) {
    const isCommonplace = COMMONPLACE.includes(kind);
    const from = isCommonplace ? warmUp : 0;
    for (const { time, count } of burstsOf(times, interval, !isCommonplace)) {
      if (time < from) continue;
      // One failure is told of by everyone whom it passes.
      if (found.some((other) => other.kind === kind && Math.abs(other.time - time) <= interval)) continue;
      const burst = { count: count * sampled, noun, sampled };
      found.push({ time, kind, label: burstText(burst), burst });
    }
  }
  for (const signal of recording.signals) {
    found.push(...queuesOf(signal, interval), ...lagsOf(signal, interval), ...harmOf(signal, interval));
  }
  return found.toSorted((a, b) => a.time - b.time);
}

const burstText = ({ count, noun, sampled }: NonNullable<Highlight['burst']>): string =>
  `${sampled > 1 ? 'about ' : ''}${countText(count)} ${noun(count)}`;

/** A highlight with its time, as it is said. */
export const highlightText = ({ time, label }: Highlight): string => `${instantText(time, 1e6)}: ${label}`;

/** So close together, in nanoseconds, are parts of one story. */
const TOGETHER = 5e8;
const TOGETHER_MAX = 3;

/** Of highlights up to an instant the last ones in words, with those of about the same time; empty if there are none. */
export function latestOf(highlights: readonly Highlight[]): string {
  const told = highlights.filter(({ kind }) => kind !== 'moment').slice(-TOGETHER_MAX);
  const last = told.at(-1);
  const story = told.filter(({ time }) => last && last.time - time <= TOGETHER);
  if (story.length === 0) return '';
  // Lines are known to an interval only, and form because of the rest.
  const inOrder = story.toSorted((a, b) => Number(a.kind === 'queue') - Number(b.kind === 'queue'));
  return `${instantText(story[0].time, 1e7)}: ${saidOnce(inOrder).join(' · ')}`;
}

/** Bursts of one thing are told in one number, and what is said alike of several is said once. */
function saidOnce(story: readonly Highlight[]): readonly string[] {
  const alike = groupBy(story, ({ kind, label, burst }) => (burst ? kind : label));
  return [...alike.values()].map((same) => {
    const [{ label, burst }] = same;
    return burst ? burstText({ ...burst, count: same.reduce((sum, one) => sum + one.burst!.count, 0) }) : label;
  });
}

interface Watched {
  readonly kind: BurstKind;
  readonly noun: (count: number) => string;
  readonly times: Float64Array;
  /** Of how many each is one that was kept. */
  readonly sampled: number;
}

const one = (singular: string, plural: string) => (count: number) => (count === 1 ? singular : plural);

function instantsToWatch({ facts }: Recording): Watched[] {
  const [misses, failures] = (['miss', 'failed'] as const).map((role) =>
    Uint8Array.from(facts.texts, (text) => Number(roleByOutcome(text) === role)),
  );
  const watched = facts.tables.flatMap((table): Watched[] => {
    const sampled = table.schema.request === 'request' ? facts.sampledOneIn : 1;
    if (table.kind.endsWith('evicted')) {
      return [{ kind: 'eviction', noun: one('eviction', 'evictions'), times: table.times, sampled }];
    }
    const { texts } = facts;
    const turn = turnOf(table, texts);
    if (turn) return [{ ...turn, sampled }];
    const again = toldAgain(table);
    if (again) {
      return [
        { kind: 'retry', noun: one('retry', 'retries'), times: table.times.filter((_, row) => again(row)), sampled },
      ];
    }
    if (table.schema.outcome !== 'text') return [];
    return [
      { kind: 'miss', noun: one('lookup misses', 'lookups miss'), times: timesOf(table, misses), sampled },
      { kind: 'failure', noun: one('request fails', 'requests fail'), times: timesOf(table, failures), sampled },
    ];
  });
  // What users feel says it best; who is nearer to the fault says it again.
  return watched.toReversed();
}

/** What changes a system's course whenever it happens: a group shares out anew, a message is given up, a step is undone. */
function turnOf(
  { kind, schema, times, columns }: FactTable,
  texts: readonly string[],
): Omit<Watched, 'sampled'> | undefined {
  if (kind.endsWith('.rebalanced')) return { kind: 'rebalance', noun: one('rebalance', 'rebalances'), times };
  if (kind === 'saga.effect_undone') {
    return { kind: 'compensation', noun: one('step is undone', 'steps are undone'), times };
  }
  if (schema.fate !== 'text') return undefined;
  const dead = times.filter((_, row) => texts[columns.fate[row]] === 'dead-lettered');
  return { kind: 'dead letter', noun: one('message is dead-lettered', 'messages are dead-lettered'), times: dead };
}

/**
 * When the outcome was one of those that are marked by a 1. In plain loops, the first to count: a run has tens of
 * thousands of outcomes, and each change of a slider asks for all.
 */
function timesOf({ times, rows, columns: { outcome } }: FactTable, marked: Uint8Array): Float64Array {
  let count = 0;
  if (marked.includes(1)) for (let row = 0; row < rows; row++) count += marked[outcome[row]];
  const found = new Float64Array(count);
  for (let row = 0, to = 0; to < count; row++) if (marked[outcome[row]] === 1) found[to++] = times[row];
  return found;
}

const BURST_AT_LEAST = 8;
const BURST_TIMES = 4;
/** Bins in an interval of the recording. */
const FINER = 10;

/**
 * Bursts of ascending instants. What is rare is one whenever it happens; what happens in most of the bins is one where a
 * bin has `BURST_TIMES` the median one's number, and at least `BURST_AT_LEAST`. A burst ends with the first interval
 * without another such bin. With `always`, what happens all the time is one long burst.
 */
export function burstsOf(times: Float64Array, interval: number, always = false): { time: number; count: number }[] {
  if (times.length === 0) return [];
  const width = interval / FINER;
  const bins = new Map<number, { first: number; count: number }>();
  for (let i = 0; i < times.length; i++) {
    const bin = Math.floor(times[i] / width);
    const known = bins.get(bin);
    if (known) known.count++;
    else bins.set(bin, { first: times[i], count: 1 });
  }
  const all = Math.floor(times[times.length - 1] / width) + 1;
  const counts = [...bins.values()].map(({ count }) => count).toSorted((a, b) => a - b);
  const rare = always || bins.size < all / FINER;
  const typical = counts[counts.length >> 1];
  const enough = rare ? 1 : Math.max(BURST_AT_LEAST, BURST_TIMES * typical);
  const bursts: { time: number; count: number; until: number }[] = [];
  for (const [bin, { first, count }] of bins) {
    if (count < enough) continue;
    const last = bursts.at(-1);
    if (last && bin - last.until <= FINER) {
      last.count += count;
      last.until = bin;
    } else bursts.push({ time: first, count, until: bin });
  }
  return bursts;
}

/** Where somebody begins to wait after an interval in which nobody did: gauges of lines, known to an interval. */
function queuesOf({ name, kind, unit, help, columns }: RecordedSignal, interval: number): Highlight[] {
  if (kind !== 'gauge' || unit !== '{request}' || !/pending|waiting|queue/.test(name)) return [];
  const { max } = columns;
  const found: Highlight[] = [];
  for (let row = 0; row < max.length; row++) {
    if (!(max[row] > 0) || max[row - 1] > 0) continue;
    let most = 0;
    for (let later = row; max[later] > 0; later++) most = Math.max(most, max[later]);
    found.push({ time: row * interval, kind: 'queue', label: `up to ${numberText(most)} ${lowered(help)}` });
  }
  return found;
}

/** What must not be, counted or told as it stands: nobody has to fail for it, so that no burst tells of it. */
const HARM = /\.(lost|lost_updates|doubled|duplicated|phantoms|misread|vanished|kills)(\.messages)?$/;

/** Where the first of it happens, or of what is not made good until the run ends, known to an interval. */
function harmOf({ name, kind, help, columns }: RecordedSignal, interval: number): Highlight[] {
  if (!HARM.test(name)) return [];
  const found =
    kind === 'counter' ? firstCounted(columns.count) : kind === 'gauge' ? firstThatStays(columns.last) : undefined;
  if (found === undefined) return [];
  const [row, total] = found;
  const what = lowered(help.split(':')[0]);
  const label = total > 1 ? `the first of ${countText(total)} ${what}` : `one of the ${what}`;
  return [{ time: row * interval, kind: 'failure', label }];
}

/** Of the whole run: it may begin before the warm-up ends. */
function firstCounted(counts: Float64Array): readonly [row: number, total: number] | undefined {
  const row = counts.findIndex((count) => count > 0);
  return row < 0 ? undefined : [row, counts.reduce((sum, count) => sum + count, 0)];
}

function firstThatStays(last: Float64Array): readonly [row: number, total: number] | undefined {
  const total = last.findLast((value) => Number.isFinite(value)) ?? 0;
  return total > 0 ? [last.findLastIndex((value) => !(value > 0)) + 1, total] : undefined;
}

/** Where a lag passes 1,000 messages, and then twice, five times, ten times as many and so on, each for the first time. */
function lagsOf({ name, kind, unit, columns }: RecordedSignal, interval: number): Highlight[] {
  if (kind !== 'gauge' || unit !== '{message}' || !name.endsWith('lag')) return [];
  const { max } = columns;
  const found: Highlight[] = [];
  let next = 1000;
  for (let row = 0; row < max.length; row++) {
    let passed = 0;
    // 1, 2, 5, 10: half of the steps double, and the one from 2 to 5 does more.
    for (; max[row] >= next; next *= String(next).startsWith('2') ? 2.5 : 2) passed = next;
    if (passed > 0) {
      found.push({ time: row * interval, kind: 'queue', label: `${shortName(name)} passes ${numberText(passed)}` });
    }
  }
  return found;
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
