/**
 * Instants worth a mark on the scrubber and in every chart: what was done to the run, what its scenario had planned for
 * it, where much of what its caches hold expires at once, where it broke a limit that it was expected to keep, and where
 * its story is.
 */
import type { ExpectationResult, RecordedSignal, Recording } from '../../sim-core/index.ts';
import { expiriesOf, expiryText } from './expiries.ts';
import { interventionText } from './experiment.ts';

export interface TimeMark {
  /** Nanoseconds. */
  readonly time: number;
  readonly label: string;
  readonly kind: 'intervention' | 'planned' | 'expiry' | 'breach' | 'moment';
}

type Judged = Pick<Recording, 'header' | 'signals' | 'events' | 'facts' | 'expectations'>;

/** In order of time. */
export function timeMarks(recording: Judged, openAt: number): TimeMark[] {
  const { interventions, duration } = recording.header;
  const done = interventions.map((data): TimeMark => {
    return { time: data.at, label: interventionText(data), kind: 'intervention' };
  });
  const broken = recording.expectations.flatMap((expectation): TimeMark[] => {
    const time = breachOf(recording, expectation);
    return time === undefined ? [] : [{ time, label: `can no longer be: ${expectation.text}`, kind: 'breach' }];
  });
  const expired = expiriesOf(recording).map((expiry): TimeMark => {
    return { time: expiry.time, label: expiryText(expiry, recording.facts.sampledOneIn), kind: 'expiry' };
  });
  const moment: TimeMark[] =
    openAt <= duration ? [{ time: openAt, label: 'the moment to look at', kind: 'moment' }] : [];
  return [...done, ...plannedOf(recording), ...expired, ...broken, ...moment].toSorted((a, b) => a.time - b.time);
}

/** More of one kind are no turn in the story. */
const PLANNED_MAX = 4;

/**
 * What the scenario itself lets happen, a crash at 45 s: events of a kind with a name, every one of which was scheduled
 * before the run began. What a component schedules goes on by itself, so later ones of its kind have a cause. What happens
 * at 0 s is how the run begins, and no turn of it.
 */
function plannedOf({ events }: Judged): TimeMark[] {
  const { kept, times, kinds, causes, kindNames } = events;
  const places = kindNames.map((): number[] => []);
  const goesOn = Uint8Array.from(kindNames, (name) => Number(name === '' || name === 'intervention'));
  for (let place = 0; place < kept; place++) {
    const kind = kinds[place];
    if (goesOn[kind] === 1) continue;
    if (causes[place] !== 0 || places[kind].push(place) > PLANNED_MAX) goesOn[kind] = 1;
  }
  return places
    .flatMap((some, kind) => (goesOn[kind] === 1 ? [] : some))
    .filter((place) => times[place] > 0)
    .map((place) => ({ time: times[place], label: kindNames[kinds[place]], kind: 'planned' }));
}

/**
 * When a run broke an upper limit: the beginning of the interval after the warm-up in which it became impossible to keep.
 * A peak is broken by one row above it. A total, a mean and a quantile are of a whole run, but what is counted never
 * shrinks: from the row on by which more has gathered than the whole run may have (events; what a mean adds up; those of
 * a hundred observations that may lie above a p99, by the buckets of the heat map) nothing that follows can mend it. A
 * lower limit is missed by no instant of a run. Measures are told by the words in which `sim-core/lab/expectation.ts`
 * puts them.
 */
function breachOf(recording: Judged, { text, pass, limit }: ExpectationResult): number | undefined {
  const [, measure, name] = /^(peak|total|mean|p\d+) of (\S+) is at most /.exec(text) ?? [];
  const signal = recording.signals.find((one) => one.name === name);
  if (pass || !signal) return undefined;
  const { interval, warmUp } = recording.header;
  const first = Math.ceil(warmUp / interval);
  const { gathered, allowed } = measure === 'peak' ? peakIn(signal, limit) : gatheredIn(signal, measure, limit, first);
  let sum = 0;
  for (let row = first; row < gathered.length; row++) {
    sum = (measure === 'peak' ? 0 : sum) + (gathered[row] || 0);
    if (sum > allowed) return row * interval;
  }
  return undefined;
}

/** What each row adds, and how much of it all rows may have together. */
interface Gathering {
  readonly gathered: ArrayLike<number>;
  readonly allowed: number;
}

function peakIn({ columns }: RecordedSignal, limit: number): Gathering {
  return { gathered: columns.max ?? columns.mean, allowed: limit };
}

function gatheredIn(signal: RecordedSignal, measure: string, limit: number, first: number): Gathering {
  const { kind, columns, heat } = signal;
  if (measure === 'total') return { gathered: columns.count ?? [], allowed: limit };
  const weights = kind === 'ratio' ? columns.samples : kind === 'histogram' ? columns.count : undefined;
  const weightOf = (row: number): number => (weights ? weights[row] : 1);
  const rows = (columns.mean ?? []).length;
  let whole = 0;
  for (let row = first; row < rows; row++) whole += weightOf(row);
  if (measure === 'mean') {
    return {
      gathered: Float64Array.from({ length: rows }, (_, row) => columns.mean[row] * weightOf(row)),
      allowed: limit * whole,
    };
  }
  const above = (row: number): number => {
    if (!heat) return 0;
    let sum = 0;
    for (let bucket = 0; bucket < heat.buckets; bucket++) {
      if (heat.bounds[bucket] >= limit) sum += heat.counts[row * heat.buckets + bucket];
    }
    return sum;
  };
  return {
    gathered: Float64Array.from({ length: rows }, (_, row) => above(row)),
    allowed: (1 - Number(`0.${measure.slice(1)}`)) * whole,
  };
}
