/**
 * What a component is like at the cursor. Two sources, kept apart: the signals of its kind in the row of the cursor, and
 * what the events determine to the nanosecond: how many calls it had received, answered and was holding. Both come from
 * the recording; nothing is interpolated.
 */
import {
  componentOfFact,
  eventIndex,
  type FactPlace,
  factTime,
  firstAfter,
  keptSpan,
  type RecordedComponent,
  type RecordedSignal,
  type Recording,
} from '../../sim-core/index.ts';
import { fieldsOf, type FactField } from './facts.ts';
import { measureText, numberText } from './measure-text.ts';
import { rowAt, type Rows } from './rows.ts';
import { ownerOf } from './signal-style.ts';

/** A signal's columns in the row of the cursor, in words. */
export interface SignalReading {
  readonly signal: RecordedSignal;
  readonly values: readonly { readonly column: string; readonly text: string }[];
}

/** The signals that speak of components of this kind, in the row of an instant. */
export function readingsAt(
  recording: Recording,
  component: RecordedComponent,
  rows: Rows,
  time: number,
): SignalReading[] {
  const row = rowAt(rows, time);
  return recording.signals
    .filter(({ name }) => ownerOf(name) === component.kind)
    .map((signal) => ({
      signal,
      values: Object.entries(signal.columns).map(([column, values]) => {
        const counted = column === 'count' || column === 'samples';
        const value = values[row] ?? NaN;
        return { column, text: counted ? numberText(value) : measureText(signal, value) };
      }),
    }));
}

/** Calls of a component up to an instant; one whose answer was still on its way at the run's end counts as inside. */
export interface CallCounts {
  readonly received: number;
  readonly answered: number;
  /** Received and not answered. */
  readonly inside: number;
}

/** When each call arrived at a component, and when each answer left it; both ascending. */
interface Passages {
  readonly arrivals: Float64Array;
  readonly answers: Float64Array;
}

const passages = new WeakMap<Recording, Map<string, Passages>>();

/** What events say of the calls to a component; undefined if nobody calls it or the events of then were not kept. */
export function callsUntil(recording: Recording, component: string, time: number): CallCounts | undefined {
  const { events } = recording;
  const { from, until } = keptSpan(events);
  if (from > 0 || time > until) return undefined;
  const { arrivals, answers } = passagesOf(recording, component);
  if (arrivals.length === 0) return undefined;
  const received = firstAfter(arrivals, time);
  const answered = firstAfter(answers, time);
  return { received, answered, inside: received - answered };
}

function passagesOf(recording: Recording, component: string): Passages {
  const known = passages.get(recording) ?? new Map<string, Passages>();
  passages.set(recording, known);
  let found = known.get(component);
  if (found === undefined) {
    found = findPassages(recording, component);
    known.set(component, found);
  }
  return found;
}

/** An answer left in the event that is the cause of its arrival, and may still have been on its way at the end. */
function findPassages({ events, flows }: Recording, component: string): Passages {
  const { times, kinds, causes, kept } = events;
  const index = eventIndex(events);
  const incoming = flows.filter(({ to }) => to === component);
  const asks = new Set(incoming.map(({ requestKind }) => requestKind));
  const replies = new Set(incoming.map(({ replyKind }) => replyKind));
  const arrivals: number[] = [];
  const answers: number[] = [];
  for (let place = 0; place < kept; place++) {
    if (asks.has(kinds[place])) arrivals.push(times[place]);
    else if (replies.has(kinds[place])) {
      const left = index.placeOf(causes[place]);
      answers.push(left < 0 ? times[place] : times[left]);
    }
  }
  return { arrivals: Float64Array.from(arrivals), answers: Float64Array.from(answers).sort() };
}

export interface ToldLately {
  readonly fact: FactPlace;
  readonly time: number;
  readonly kind: string;
  readonly fields: readonly FactField[];
}

/** Rows of each kind that are looked through for a component's own. */
const LOOKED_THROUGH = 400;

/** The last facts that name a component, up to an instant, latest first. */
export function toldLately(recording: Recording, component: string, time: number, most: number): ToldLately[] {
  const { facts } = recording;
  const wanted = new Set([component]);
  const found: FactPlace[] = [];
  for (const table of facts.tables) {
    const next = firstAfter(table.times, time, table.rows);
    const first = Math.max(0, next - LOOKED_THROUGH);
    for (let row = next - 1, left = most; row >= first && left > 0; row--) {
      const fact = { table, row };
      if (componentOfFact(facts, fact, wanted) === undefined) continue;
      found.push(fact);
      left--;
    }
  }
  return found
    .toSorted((a, b) => factTime(b) - factTime(a))
    .slice(0, most)
    .map((fact) => ({ fact, time: factTime(fact), kind: fact.table.kind, fields: fieldsOf(facts, fact) }));
}
