/**
 * What to ask of a spike: one event behind the value of a signal in one interval, chosen by a rule that is told.
 *
 * Of a latency it is the end of the request that took longest among those that ended in the interval. Of anything else,
 * the kind of event that rose most over the intervals before, among the kinds of the components that the signal speaks
 * of, and of that kind the first event in the interval: where the rise began.
 */
import {
  eventsAbout,
  firstAfter,
  kindComponents,
  longestEnded,
  mainColumn,
  type RecordedSignal,
  type Recording,
  requestsOf,
} from '../../sim-core/index.ts';
import { countText, instantText, measureText, numberText, secondsText } from './measure-text.ts';
import { rowStart, type Rows } from './rows.ts';
import { ownerOf } from './signal-style.ts';

export interface Spike {
  /** Place of the event in the columns. */
  readonly place: number;
  /** The rule by which it was chosen, with its figures. */
  readonly rule: string;
}

/** Intervals before that a rise is measured against. */
const BEFORE = 8;

/** The event to ask about; undefined if nothing that was kept lies in the interval. */
export function spikeAt(recording: Recording, signal: RecordedSignal, rows: Rows, row: number): Spike | undefined {
  const from = rowStart(rows, row);
  const to = from + rows.interval;
  const value = `${signal.name} is ${measureText(signal, mainColumn(signal)[row] ?? NaN)} at ${instantText(from, 1e6)}`;
  const longest = signal.kind === 'histogram' ? longestEnded(requestsOf(recording), from, to) : undefined;
  if (longest !== undefined) {
    const { events } = recording;
    const place = eventsAbout(events, longest.request).findLast((one) => events.times[one] === longest.end);
    const took = secondsText((longest.end - longest.start) / 1e9);
    if (place !== undefined) {
      return {
        place,
        rule: `${value}. Of the requests that ended in this interval, ${longest.request} took longest: ${took}.`,
      };
    }
  }
  return greatestRise(recording, signal, rows, row, value);
}

function greatestRise(
  recording: Recording,
  signal: RecordedSignal,
  rows: Rows,
  row: number,
  value: string,
): Spike | undefined {
  const { events, components } = recording;
  const { times, kinds, kindNames, kept } = events;
  const from = rowStart(rows, row);
  const [start, end] = [firstAtLeast(times, from, kept), firstAtLeast(times, from + rows.interval, kept)];
  const before = Math.min(BEFORE, row);
  const counts = new Float64Array(kindNames.length);
  for (let place = start; place < end; place++) counts[kinds[place]] += 1;
  const usual = new Float64Array(kindNames.length);
  for (let place = firstAtLeast(times, from - before * rows.interval, kept); place < start; place++) {
    usual[kinds[place]] += 1 / before;
  }
  const owner = ownerOf(signal.name);
  const owners = new Set(components.filter(({ kind }) => kind === owner).map(({ name }) => name));
  const speaksOf = kindComponents(recording).map((name) => name !== undefined && owners.has(name));
  const any = speaksOf.some((spoken, kind) => spoken && counts[kind] > 0);
  let best = -1;
  for (let kind = 0; kind < counts.length; kind++) {
    if (counts[kind] === 0 || (any && !speaksOf[kind])) continue;
    if (best < 0 || counts[kind] - usual[kind] > counts[best] - usual[best]) best = kind;
  }
  if (best < 0) return undefined;
  const place = kinds.subarray(start, end).indexOf(best) + start;
  const among = any ? `Of the kinds of event in ${[...owners].join(', ')}` : 'Of all kinds of event';
  const mean = before > 0 ? `${numberText(usual[best])} in the mean of the ${before} before` : 'none before';
  const rule = `${value}. ${among}, “${kindNames[best]}” rose most: ${countText(counts[best])} in this interval, ${mean}. Its first is asked about.`;
  return { place, rule };
}

/** The index of the first of ascending times that is not earlier. */
const firstAtLeast = (times: Float64Array, time: number, count: number): number =>
  // Times are whole nanoseconds.
  firstAfter(times, time - 1, count);
