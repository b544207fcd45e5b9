/** Steps of the cursor: by what is recorded (events, requests, interesting moments) or by the clock, both ways. */
import type { Recording } from '../../sim-core/index.ts';
import type { Highlight } from './highlights.ts';
import { neighbour, type PlayheadState } from './playhead.ts';

export const STEP_UNITS = ['event', 'request', 'clock', 'interesting'] as const;
export type StepUnit = (typeof STEP_UNITS)[number];

const SHORT_STEP = 1e8;
/** Of runs of hours: a minute, ten, an hour, six. */
const LONG_STEPS = [60e9, 600e9, 3600e9, 21_600e9];
const LONG_RUN = 7200e9;
/** Steps that a run of hours takes at least. */
const STEPS_MIN = 100;

/** A step by the clock, in nanoseconds. */
export function clockStep(duration: number): number {
  if (duration < LONG_RUN) return SHORT_STEP;
  return LONG_STEPS.findLast((step) => duration / step >= STEPS_MIN)!;
}

/** Instants to step to, ascending. */
export interface StepInstants {
  readonly event: Float64Array;
  /** When requests were sent. */
  readonly request: Float64Array;
  readonly interesting: Float64Array;
}

export function stepInstants({ events, facts }: Recording, highlights: readonly Highlight[]): StepInstants {
  const sent = facts.tables.find(({ kind }) => kind === 'request.started');
  return {
    event: events.times.subarray(0, events.kept),
    request: sent?.times ?? new Float64Array(0),
    interesting: Float64Array.from(highlights, ({ time }) => time),
  };
}

/** Where a step leads. */
export function stepFrom(state: PlayheadState, unit: StepUnit, direction: 1 | -1, instants: StepInstants): number {
  if (unit === 'clock') return state.time + direction * clockStep(state.duration);
  return neighbour(state, instants[unit], direction);
}
