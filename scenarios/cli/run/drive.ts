/** Drives a run in slices, giving way between them, so that Ctrl-C is heard and progress is seen. */
import { setImmediate } from 'node:timers/promises';
import type { Run, Trial } from '../../../sim-core/index.ts';
import { boundYoungGeneration } from './young-generation.ts';

const SLICE_EVENTS = 200_000;

export interface Drive {
  readonly interrupted: AbortSignal;
  /** Called between slices. */
  readonly progress?: () => void;
  /** Stops after so many events; at the run's end without it. */
  readonly events?: number;
}

/** Returns whether it got as far as it should; false: it was interrupted. */
export async function drive(run: Run | Trial, { interrupted, progress, events = Infinity }: Drive): Promise<boolean> {
  for (;;) {
    // Before the first slice too: a thousand runs of one slice each would otherwise never let a signal in.
    await setImmediate();
    if (interrupted.aborted) return false;
    if (run.advance(Math.min(SLICE_EVENTS, events - run.eventsRun)) || run.eventsRun >= events) return true;
    boundYoungGeneration();
    progress?.();
  }
}
