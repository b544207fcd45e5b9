/** What is told of tail samplers, and the signals of that. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** Its time was up: the policies were asked. */
export const traceDecided = defineFact('tail_sampling.decided', 'A tail sampler decided on a trace', {
  sampler: 'text',
  outcome: 'text',
  /** Of that mind; empty where none was for the trace. */
  policy: 'text',
  spans: 'number',
  bytes: 'number',
});

/** Why spans were thrown away. */
export type SamplingLoss = 'not-sampled' | 'dropped' | 'late' | 'dropped too early' | 'crashed';

/**
 * `not-sampled` and `dropped`: by decision; `late`: by a decision that was made before they came; `dropped too early`: their
 * trace had to make room before its time; `crashed`: they were in memory.
 */
export const spansDiscarded = defineFact('tail_sampling.discarded', 'A tail sampler threw spans of a trace away', {
  sampler: 'text',
  reason: 'text',
  spans: 'number',
  bytes: 'number',
});

export const spansReleased = defineFact('tail_sampling.released', 'A tail sampler handed spans of a trace on', {
  sampler: 'text',
  isLate: 'flag',
  spans: 'number',
  bytes: 'number',
});

export const samplerHolds = defineReading('tail_sampling.memory', 'What a tail sampler has in memory', {
  sampler: 'text',
  traces: 'number',
  spans: 'number',
  bytes: 'number',
});

export const tailSamplingSignals = [
  defineSignal({
    name: 'tail_sampling.traces.sampled_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Traces that a tail sampler decided to keep, of those that it decided on',
    fact: traceDecided,
    counts: ({ outcome }) => outcome === 'sampled',
  }),
  defineSignal({
    name: 'tail_sampling.traces.dropped_too_early',
    kind: 'counter',
    unit: '{trace}',
    help: 'Traces that had to make room for newer ones before they were decided on',
    fact: spansDiscarded,
    where: ({ reason }) => reason === 'dropped too early',
  }),
  defineSignal({
    name: 'tail_sampling.spans.late',
    kind: 'counter',
    unit: '{span}',
    help: 'Spans that came after the decision on their trace and were thrown away by it',
    fact: spansDiscarded,
    where: ({ reason }) => reason === 'late',
    amount: ({ spans }) => spans,
  }),
  defineSignal({
    name: 'tail_sampling.traces_on_memory',
    kind: 'gauge',
    unit: '{trace}',
    help: 'Traces that tail samplers have in memory, those among them that are decided',
    fact: samplerHolds,
    value: ({ traces }) => traces,
    of: ({ sampler }) => sampler,
  }),
  defineSignal({
    name: 'tail_sampling.bytes_on_memory',
    kind: 'gauge',
    unit: 'By',
    help: 'Encoded size of the spans that wait in tail samplers for a decision',
    fact: samplerHolds,
    value: ({ bytes }) => bytes,
    of: ({ sampler }) => sampler,
  }),
];
