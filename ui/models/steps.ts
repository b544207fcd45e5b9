/** Steps of the cursor: by what is recorded (events, requests, interesting moments) or by the clock, both ways. */
import type { Recording } from '../../sim-core/index.ts';
import type { Highlight } from './highlights.ts';
import { neighbour, type PlayheadState } from './playhead.ts';

export const STEP_UNITS = ['event', 'request', '100 ms', 'interesting'] as const;
export type StepUnit = (typeof STEP_UNITS)[number];

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
  if (unit === '100 ms') return state.time + direction * 1e8;
  return neighbour(state, instants[unit], direction);
}
