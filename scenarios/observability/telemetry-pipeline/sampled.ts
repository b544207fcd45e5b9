/** What is told of the traces of single orders in the telemetry pipeline: what is true of them, and what their store can tell. */
import { defineSignal } from '../../../sim-core/index.ts';
import { traceJudged } from '../application/trace-book.ts';

export const MISSED = 'traces.missed';
export const CUT = 'traces.cut';
export const DASHBOARD_CUT = 'dashboard.traces.cut';
export const DROPPED_TOO_EARLY = 'tail_sampling.traces.dropped_too_early';

export const sampledSignals = [
  defineSignal({
    name: MISSED,
    kind: 'counter',
    unit: '{trace}',
    help: 'Orders that failed, of whose trace the store has nothing',
    fact: traceJudged,
    where: ({ was, kept }) => was === 'error' && kept === 'none',
  }),
  defineSignal({
    name: CUT,
    kind: 'counter',
    unit: '{trace}',
    help: 'Traces of orders of which the store has a part of the spans that were recorded, but not all',
    fact: traceJudged,
    where: ({ kept }) => kept === 'cut',
  }),
  defineSignal({
    name: DASHBOARD_CUT,
    kind: 'counter',
    unit: '{trace}',
    truth: { signal: CUT },
    help: 'Traces of orders that the store can tell are cut: they have no root, or a span whose parent is not there',
    fact: traceJudged,
    where: ({ looksCut }) => looksCut,
  }),
];
