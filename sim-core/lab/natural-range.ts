/**
 * What a number that is read from a run can be at all, whatever the run: what is counted or lasts is never less than none, a
 * share is never more than all. A claim with a limit at the end of that, or beyond it, claims nothing.
 */
import type { RecordedSignal } from './recording.ts';

/** Both ends included; in the unit of the measure. */
export interface NaturalRange {
  readonly least: number;
  readonly most: number;
}

export const ANY_NUMBER: NaturalRange = { least: -Infinity, most: Infinity };
export const NEVER_NEGATIVE: NaturalRange = { least: 0, most: Infinity };
export const SHARE: NaturalRange = { least: 0, most: 1 };

/** Of a column of a signal, or of the field of its summary of that name. A gauge may be a slope or a difference. */
export function rangeOfColumn({ kind }: RecordedSignal, column: string): NaturalRange {
  if (kind === 'gauge') return ANY_NUMBER;
  return kind === 'ratio' && column !== 'samples' ? SHARE : NEVER_NEGATIVE;
}

export const rangeOfRatio = (numerator: NaturalRange, denominator: NaturalRange): NaturalRange =>
  numerator.least >= 0 && denominator.least >= 0 ? NEVER_NEGATIVE : ANY_NUMBER;

export const rangeOfDifference = (minuend: NaturalRange, subtrahend: NaturalRange): NaturalRange => ({
  least: minuend.least - subtrahend.most,
  most: minuend.most - subtrahend.least,
});
