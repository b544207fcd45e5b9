/** A number in a guide's prose, read from the summary of the run that is shown, or from its columns at the cursor. */
import { mainColumn, type Recording } from '../../sim-core/index.ts';
import { countText, measureText } from './measure-text.ts';

/** The field that stands for the value at the cursor. */
const NOW = 'now';

/**
 * The text of `field` of `signal`, or of the signal's value in `row` if the field is `now`; undefined while there is no
 * run, an explanation if the run has no such number.
 */
export function liveNumber(
  recording: Recording | undefined,
  field: string,
  signal: string,
  row: number,
): string | undefined {
  if (!recording) return undefined;
  const found = recording.signals.find(({ name }) => name === signal);
  if (!found) return `(no signal ${signal} in this run)`;
  if (field === NOW) return measureText(found, mainColumn(found)[row] ?? NaN);
  if (!Object.hasOwn(found.summary, field)) return `(${signal} has no ${field})`;
  const value = found.summary[field];
  // A total is mostly a number of things, told to the last one; of seconds and of bytes it is as much as a value of theirs.
  const isCount = field === 'count' || (field === 'total' && found.unit !== 's' && found.unit !== 'By');
  return isCount ? countText(value) : measureText(found, value);
}

/** Where a live number comes from, in words. */
export function liveNumberSource(field: string, signal: string): string {
  return field === NOW ? `${signal} at the cursor` : `${field} of ${signal} in the run that is shown`;
}
