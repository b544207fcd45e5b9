/**
 * The day of a shop whose users sleep: its hours, how much is asked for in each, and when something goes wrong. A day is as
 * long as the run.
 */
import type { Duration, ParameterValues, Time } from '../../../sim-core/index.ts';
import type { Span } from '../application/rows.ts';
import type { Values } from './params.ts';

/** The moment of an hour of the day. */
export const hour = ({ length }: { readonly length: Duration }, time: number): Time => Math.round((time / 24) * length);

/** The morning: from the night's rate to the day's in one hour, and back in two at the end. */
const [RISE, RISEN, FALL, FALLEN] = [7, 8, 22, 24];

/** What is asked for at an hour, of what is by day; the next arrival may lie beyond the day's end, in the night. */
export function askedAt({ night }: Values, time: number): number {
  if (time < RISE) return night;
  if (time < RISEN) return night + ((1 - night) * (time - RISE)) / (RISEN - RISE);
  if (time < FALL) return 1;
  if (time < FALLEN) return 1 - ((1 - night) * (time - FALL)) / (FALLEN - FALL);
  return night;
}

/** When what goes wrong begins, and when it is over. */
export const INCIDENTS = {
  southCold: { from: 10, to: 12.5, words: 'of the cold south' },
  slowDatabase: { from: 12.5, to: 14, words: 'of the slow database' },
  shortMemory: { from: 15.25, to: 16.5, words: 'of short memory' },
  crowd: { from: 17, to: 20, words: 'of the crowd' },
  edits: { from: 18.5, to: 20, words: 'of the edits' },
  flush: { from: 21, to: 24, words: 'of the flush' },
} as const;
type Incident = keyof typeof INCIDENTS;

/** The hours of one: from its beginning on, and for a window's hours longer, in which what a panel shows is of it still. */
const WINDOW = 1;
const until = (incident: Incident): number => INCIDENTS[incident].to + WINDOW;
export const inHours = (incident: Incident): Span =>
  hours(INCIDENTS[incident].from, until(incident), `in the hours ${INCIDENTS[incident].words}`);
export const before = (incident: Incident): Span =>
  hours(0, INCIDENTS[incident].from, `before the hours ${INCIDENTS[incident].words}`);
export const after = (incident: Incident): Span =>
  hours(until(incident), 24, `after the hours ${INCIDENTS[incident].words}`);

/** From the rise on, for as long as the alarm that it brings is sure to be its own. */
export const morning = hours(RISE, INCIDENTS.southCold.from, 'in the morning');

function hours(from: number, to: number, words: string): Span {
  return {
    words,
    from: (params: ParameterValues) => hour(params as Values, from),
    to: (params: ParameterValues) => (to >= 24 ? Infinity : hour(params as Values, to)),
  };
}
