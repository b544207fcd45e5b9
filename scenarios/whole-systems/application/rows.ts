/** Measures of the handbook's checklists: for how long a row of one is broken within a stretch of a run. */
import {
  NEVER_NEGATIVE,
  toSeconds,
  type Checklist,
  type Measure,
  type ParameterValues,
  type RunEvidence,
  type Time,
} from '../../../sim-core/index.ts';

/** A stretch of a run that follows from its parameters, in words that end a sentence. */
export interface Span {
  readonly words: string;
  readonly from: (params: ParameterValues) => Time;
  readonly to: (params: ParameterValues) => Time;
}

export const throughout: Span = { words: 'in the run', from: () => 0, to: () => Infinity };

/** Seconds; NaN where the run tells nothing of the row. */
export const brokenFor = (checklist: (evidence: RunEvidence) => Checklist, item: string, span: Span): Measure => ({
  text: `time for which ${item} is broken ${span.words}`,
  unit: () => 's',
  range: () => NEVER_NEGATIVE,
  of(evidence) {
    const row = checklist(evidence).rows.find((one) => one.item === item);
    if (row === undefined || row.verdict === 'untold') return NaN;
    const [from, to] = [span.from(evidence.header.params), span.to(evidence.header.params)];
    return toSeconds(
      row.broken.reduce(
        (sum, stretch) => sum + Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from)),
        0,
      ),
    );
  },
});
