/** What the lab shows now, as it is shared: the run on the stage or the two that are compared, and how they are looked at. */
import { shareRun, type FinishedRun, type SharedRun } from '../models/shared-run.ts';
import type { Branch, Lab } from '../stores/lab.svelte.ts';

/** A run that can be written for other tools. */
export interface Exportable {
  readonly letter: string;
  readonly future: Pick<Branch['future'], 'recording' | 'export'>;
}

/** What is shared: the run on the stage, or both that are compared. */
export const sharedBranches = (lab: Lab): readonly Branch[] =>
  lab.mode === 'compare' ? [lab.a, ...(lab.b ? [lab.b] : [])] : [lab.shown];

/** Undefined while any of it is being computed, or has failed. */
export function currentRun(lab: Lab, tab: string): SharedRun | undefined {
  const [a, b] = sharedBranches(lab);
  const first = finished(a);
  const second = b && finished(b);
  if (!first || (b && !second)) return undefined;
  return shareRun(first, { time: Math.round(lab.playback.time), tab, mode: lab.mode }, second);
}

function finished({ future }: Branch): FinishedRun | undefined {
  const { experiment, recording, running, failure } = future;
  return recording && !running && !failure ? { experiment, recording } : undefined;
}
