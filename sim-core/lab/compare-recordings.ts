/**
 * Where do two recordings first differ? In their input, in an event, in a signal: the first answer found is the one
 * that explains the rest.
 */
import { canonicalJson } from './digest.ts';
import { formatDuration } from './parameters.ts';
import type { RecordedEvents, Recording } from './recording.ts';

export interface Difference {
  readonly what: 'input' | 'event' | 'signal' | 'end';
  /** In words, with both sides. */
  readonly text: string;
}

/** The first difference, or undefined if the recordings are of the same run. */
export function firstDifference(a: Recording, b: Recording): Difference | undefined {
  if (a.header.digest === b.header.digest) return undefined;
  return inputDifference(a, b) ?? eventDifference(a.events, b.events) ?? signalDifference(a, b) ?? endDifference(a, b);
}

function inputDifference(a: Recording, b: Recording): Difference | undefined {
  const fields = ['scenario', 'variant', 'seed', 'params', 'interventions', 'duration', 'warmUp', 'interval'] as const;
  for (const field of fields) {
    const [left, right] = [a, b].map(({ header }) =>
      canonicalJson(field === 'seed' ? String(header.seed) : header[field]),
    );
    if (left === right) continue;
    const text = field === 'params' ? parameterDifferences(a, b) : `${left} against ${right}`;
    return { what: 'input', text: `${field}: ${text}` };
  }
  return undefined;
}

function parameterDifferences(a: Recording, b: Recording): string {
  const [left, right] = [a.header.params, b.header.params];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((name) => canonicalJson(left[name]) !== canonicalJson(right[name]))
    .map((name) => `${name} ${left[name] ?? 'not set'} against ${right[name] ?? 'not set'}`)
    .join(', ');
}

function eventDifference(a: RecordedEvents, b: RecordedEvents): Difference | undefined {
  const kept = Math.min(a.kept, b.kept);
  for (let i = 0; i < kept; i++) {
    if (a.times[i] === b.times[i] && a.ids[i] === b.ids[i] && kindAt(a, i) === kindAt(b, i)) continue;
    return { what: 'event', text: `event ${i + 1}: ${eventAt(a, i)} against ${eventAt(b, i)}` };
  }
  const checkpoints = Math.min(a.checkpoints.length, b.checkpoints.length) / 2;
  for (let i = 0; i < checkpoints; i++) {
    const same = a.checkpoints[2 * i] === b.checkpoints[2 * i] && a.checkpoints[2 * i + 1] === b.checkpoints[2 * i + 1];
    if (same) continue;
    const [from, to] = [i * a.checkpointEvery + 1, (i + 1) * a.checkpointEvery];
    return { what: 'event', text: `an event between number ${from} and number ${to}, beyond those kept` };
  }
  if (a.total === b.total) return undefined;
  return { what: 'event', text: `${a.total} events against ${b.total}; as far as both were kept they agree` };
}

function kindAt(events: RecordedEvents, place: number): string {
  return events.kindNames[events.kinds[place]];
}

function eventAt(events: RecordedEvents, place: number): string {
  return `'${kindAt(events, place)}' (${events.ids[place]}) at ${formatDuration(events.times[place])}`;
}

function signalDifference(a: Recording, b: Recording): Difference | undefined {
  for (const { name, columns } of a.signals) {
    const other = b.signals.find((signal) => signal.name === name);
    if (other === undefined) return { what: 'signal', text: `${name} is in the first recording only` };
    for (const [column, values] of Object.entries(columns)) {
      const row = values.findIndex((value, i) => !Object.is(value, other.columns[column]?.[i]));
      if (row < 0) continue;
      const at = formatDuration(row * a.header.interval);
      return {
        what: 'signal',
        text: `${name} ${column} at ${at}: ${values[row]} against ${other.columns[column]?.[row]}`,
      };
    }
  }
  const extra = b.signals.find(({ name }) => !a.signals.some((signal) => signal.name === name));
  return extra && { what: 'signal', text: `${extra.name} is in the second recording only` };
}

function endDifference(a: Recording, b: Recording): Difference {
  const [left, right] = [a, b].map(({ simulated }) => formatDuration(simulated));
  return { what: 'end', text: `simulated until ${left} against ${right}, or facts that no kept column shows` };
}
