/**
 * A shared run as the object that a link packs and a file holds, and that object read back: whatever is wrong in it is left out and
 * complained of by its field, and the rest still opens.
 */
import {
  durationOf,
  readRun,
  readRunDocument,
  resolveParameters,
  writeRunDocument,
  type Complaint,
  type Fields,
  type RunDocument,
  type Scenario,
} from '../../sim-core/index.ts';
import type { SharedRun, View } from './shared-run.ts';

/** The words that a view may use, the first of each for want of a better one. */
export interface ViewWords {
  readonly tabs: readonly string[];
  readonly modes: readonly string[];
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
