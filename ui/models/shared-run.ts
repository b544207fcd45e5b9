/**
 * What a link or a run file says: a run (or two that are compared) with its digest, and how it was looked at. The run's
 * form is the library's; here stands the view, which only the page knows.
 */
import { ENGINE_VERSION, trailOf, type DocumentedRun, type Recording, type RunDocument } from '../../sim-core/index.ts';
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
