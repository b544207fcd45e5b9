/**
 * What a link or a run file says: a run (or two that are compared) with its digest, and how it was looked at. The run's
 * form is the library's; here stands the view, which only the page knows.
 */
import {
  durationOf,
  ENGINE_VERSION,
  readRun,
  readRunDocument,
  resolveParameters,
  trailOf,
  writeRunDocument,
  type Complaint,
  type DocumentedRun,
  type Fields,
  type Recording,
  type RunDocument,
  type Scenario,
} from '../../sim-core/index.ts';
import type { Experiment } from './experiment.ts';

export interface View {
  /** The cursor, in nanoseconds of simulated time. */
  readonly time: number;
  readonly tab: string;
  readonly mode: string;
  /** The run that it is compared with. */
  readonly b?: DocumentedRun;
}

export interface SharedRun {
  readonly document: RunDocument;
  readonly view: View;
}

/** The words that a view may use, the first of each for want of a better one. */
export interface ViewWords {
  readonly tabs: readonly string[];
  readonly modes: readonly string[];
}

/** A finished run of the page, to be shared. */
export interface FinishedRun {
  readonly experiment: Experiment;
  readonly recording: Recording;
}

export function shareRun(a: FinishedRun, view: Omit<View, 'b'>, b?: FinishedRun): SharedRun {
  const { scenario, definition } = a.recording.header;
  return {
    document: { engine: ENGINE_VERSION, scenario, definition, ...documented(a) },
    view: { ...view, ...(b && { b: documented(b) }) },
  };
}

export function experimentOf({ variant, seed, params, interventions }: DocumentedRun): Experiment {
  return { variant, seed, changed: params, interventions };
}

/** As one object, to be written as JSON. */
export function writeShared({ document, view }: SharedRun): Fields {
  return writeRunDocument(document, { view });
}

/** Reads an upgraded document of this scenario; what is wrong in it is left out and complained of. */
export function readShared(
  fields: Fields,
  scenario: Scenario,
  words: ViewWords,
): { readonly run: SharedRun; readonly complaints: readonly Complaint[] } {
  const { document, complaints } = readRunDocument(fields, scenario, ['view']);
  const found = [...complaints];
  if (fields.scenario !== scenario.id) {
    const message = `'${String(fields.scenario)}' is not the scenario of the address; expected ${scenario.id}`;
    found.push({ field: 'scenario', message });
  }
  const view = readView(fields.view, document, scenario, words, found);
  return { run: { document, view }, complaints: found };
}

function documented({ experiment, recording }: FinishedRun): DocumentedRun {
  const { variant, seed, changed, interventions } = experiment;
  const { digest } = recording.header;
  return { variant, seed, params: changed, interventions, digest, trail: trailOnce(recording) };
}

const trails = new WeakMap<Recording, string>();

/** A trail is asked for whenever the cursor moves, and depends on the recording only. */
function trailOnce(recording: Recording): string {
  const trail = trails.get(recording) ?? trailOf(recording);
  trails.set(recording, trail);
  return trail;
}

function readView(
  given: unknown,
  document: RunDocument,
  scenario: Scenario,
  words: ViewWords,
  complaints: Complaint[],
): View {
  const fields = given === undefined ? {} : given;
  const plain = { time: scenario.openAt, tab: words.tabs[0], mode: words.modes[0] };
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    complaints.push({ field: 'view', message: 'it is not valid; expected an object' });
    return plain;
  }
  const { time, tab, mode, b, ...rest } = fields as Fields;
  for (const field of Object.keys(rest)) complaints.push({ field: `view.${field}`, message: 'there is no such field' });
  const end = durationOf(scenario, resolveParameters(scenario, document.variant, document.params));
  const isTime = typeof time === 'number' && time >= 0 && time <= end;
  if (time !== undefined && !isTime) {
    complaints.push({ field: 'view.time', message: `it is not valid; expected 0 to ${end} nanoseconds` });
  }
  const word = (field: 'tab' | 'mode', value: unknown, known: readonly string[]): string => {
    if (typeof value === 'string' && known.includes(value)) return value;
    const message = `'${String(value)}' is not valid; expected one of ${known.join(', ')}`;
    if (value !== undefined) complaints.push({ field: `view.${field}`, message });
    return known[0];
  };
  const view = {
    time: isTime ? time : plain.time,
    tab: word('tab', tab, words.tabs),
    mode: word('mode', mode, words.modes),
  };
  if (b === undefined) return view;
  if (typeof b !== 'object' || b === null || Array.isArray(b)) {
    complaints.push({ field: 'view.b', message: 'it is not valid; expected the run that is compared with' });
    return view;
  }
  const { run, complaints: ofB } = readRun(b as Fields, scenario, 'view.b.');
  complaints.push(...ofB);
  return { ...view, b: run };
}
