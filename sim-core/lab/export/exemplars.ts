/**
 * Exemplars: single observations kept beside the buckets that they went into, by which a dashboard leads to a trace. What a
 * recording keeps of an observation is the fact that it was made of, so each signal's own function is asked again, of the
 * facts that the exported traces hold. https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exemplars
 */
import { SECOND } from '../../kernel/time.ts';
import type { Exemplar } from '../../observability/signals/telemetry.ts';
import type { HistogramSignal, SignalDefinition } from '../../statistics/signal.ts';
import type { RecordedFacts } from '../recording.ts';
import { factTime, type FactPlace } from '../traces/fact-places.ts';
import type { ExportedTrace, ToldInSpan } from './trace-spans.ts';

/** Observations of each histogram by its name, in order of time. */
export function exemplarsOf(
  facts: RecordedFacts,
  definitions: readonly SignalDefinition[],
  traces: readonly ExportedTrace[],
): ReadonlyMap<string, readonly Exemplar[]> {
  const byKind = new Map<string, ToldInSpan[]>();
  for (const told of traces.flatMap((trace) => trace.facts)) {
    const { kind } = told.fact.table;
    const list = byKind.get(kind);
    if (list) list.push(told);
    else byKind.set(kind, [told]);
  }
  const histograms = definitions.filter((definition): definition is HistogramSignal => definition.kind === 'histogram');
  return new Map(
    histograms.map((signal) => {
      const observed = (byKind.get(signal.fact.name) ?? []).flatMap((told) => exemplarOf(facts, signal, told));
      return [signal.name, observed.toSorted((a, b) => a.time - b.time)];
    }),
  );
}

function exemplarOf(
  facts: RecordedFacts,
  { where, value, unit }: HistogramSignal,
  { fact, context: { traceId, spanId } }: ToldInSpan,
): Exemplar[] {
  const told = toldAgain(facts, fact) as never;
  if (where !== undefined && !where(told)) return [];
  const observed = value(told) as number;
  return [
    { value: unit === 's' ? observed / SECOND : observed, time: factTime(fact), traceId, spanId, attributes: {} },
  ];
}

/** The fact as its model told it. */
function toldAgain({ texts }: RecordedFacts, { table, row }: FactPlace): object {
  return Object.fromEntries(
    Object.entries(table.schema).map(([field, type]) => {
      const value = table.columns[field][row];
      return [field, type === 'text' ? texts[value] : type === 'flag' ? value === 1 : value];
    }),
  );
}
