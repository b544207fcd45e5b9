/**
 * Arrivals as they were recorded somewhere: a list of instants, or the text of a file with one instant a line.
 */
import { SECOND, type Time } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';

/** Replays instants, in nanoseconds since the start; they must not go back in time. */
export function recorded(times: readonly Time[] | Float64Array): ArrivalProcess {
  for (let i = 0; i < times.length; i++) {
    if (!Number.isInteger(times[i])) {
      throw new RangeError(
        `recorded arrivals: entry ${i + 1} is ${times[i]}; it must be a whole number of nanoseconds`,
      );
    }
    if (times[i] >= (i === 0 ? 0 : times[i - 1])) continue;
    throw new RangeError(`recorded arrivals: entry ${i + 1} is ${times[i]} ns, which goes back in time`);
  }
  let place = 0;
  return { next: () => (place < times.length ? times[place++] : Infinity) };
}

/**
 * Reads the text of a file: seconds since the start, one a line, not decreasing. Throws with the number of the first
 * line that is not such a number.
 */
export function arrivalsFromText(text: string): Float64Array {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const times = new Float64Array(lines.length);
  lines.forEach((line, index) => {
    const seconds = Number(line);
    if (line.trim() === '' || !(seconds >= 0 && seconds < Infinity)) {
      throw new RangeError(`line ${index + 1} is '${line}'; expected seconds since the start, such as 12.5`);
    }
    times[index] = Math.round(seconds * SECOND);
    if (index > 0 && times[index] < times[index - 1]) {
      throw new RangeError(`line ${index + 1} is ${seconds} s, before line ${index}; arrivals are listed in order`);
    }
  });
  return times;
}
