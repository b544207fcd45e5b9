/**
 * Whether a run that was opened from a link or a file came out as it did where it was shared. The digest decides; where
 * it differs, the trail says from when on, and the versions why that may be.
 */
import {
  ENGINE_VERSION,
  formatDuration,
  leavesTrail,
  type DocumentedRun,
  type Recording,
  type RunDocument,
} from '../../sim-core/index.ts';

export interface ReplayCheck {
  /** Undefined if there was nothing to compare with. */
  readonly identical: boolean | undefined;
  /** One sentence. */
  readonly verdict: string;
  /** What is known of the reasons. */
  readonly reasons: readonly string[];
}

/** Compares a recording with what the document says of that run, its own or the one compared with. */
export function checkReplay(
  document: RunDocument,
  run: DocumentedRun,
  recording: Recording,
  ignored: number,
): ReplayCheck {
  const { digest } = recording.header;
  if (run.digest === undefined) {
    return { identical: undefined, verdict: 'There is no digest to compare this run with.', reasons: [] };
  }
  if (run.digest === digest) return { identical: true, verdict: 'Replayed identically.', reasons: [] };
  return { identical: false, verdict: `Not the same run: ${where(run, recording)}.`, reasons: reasons() };

  function reasons(): string[] {
    const found: string[] = [];
    if (ignored > 0) found.push('A part of the input was ignored, so this is another run.');
    if (document.definition !== '' && document.definition !== recording.header.definition) {
      found.push('The scenario’s definition has changed since.');
    }
    if (document.engine !== ENGINE_VERSION) {
      found.push(`It was computed by engine ${document.engine}; this is ${ENGINE_VERSION}.`);
    }
    if (found.length === 0) {
      found.push('Scenario and engine are the same, so its input or its digest was altered on the way.');
    }
    return found;
  }
}

function where({ trail }: DocumentedRun, recording: Recording): string {
  if (trail === undefined) return 'its digest differs';
  const stretch = leavesTrail(trail, recording);
  if (!stretch) return 'every signal is as it was, but the digest differs';
  return `they first differ between ${formatDuration(stretch.from)} and ${formatDuration(stretch.to)}`;
}
