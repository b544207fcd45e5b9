/**
 * Lays the spans of each component out on lanes on which any two are apart or one within the other, as a thread's calls are:
 * tools that draw threads cannot draw anything else. A span stands on its parent's lane if it is within it there, else on the
 * first lane that is free.
 */
import type { SpanData } from '../../observability/signals/telemetry.ts';

export interface OnLane {
  readonly span: SpanData;
  /** Among those of its component, from 0 on. */
  readonly lane: number;
}

/** In order of their start; those around others first. */
export function onLanes(spans: readonly SpanData[]): OnLane[] {
  const ordered = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const lanesOf = new Map<string, SpanData[][]>();
  const placed = new Map<string, number>();
  return ordered.map((span) => {
    const component = span.resource['service.instance.id'];
    let lanes = lanesOf.get(component);
    if (lanes === undefined) lanesOf.set(component, (lanes = []));
    for (const open of lanes) while (open.length > 0 && open.at(-1)!.end <= span.start) open.pop();
    const { traceId, spanId } = span.context;
    const parent = placed.get(traceId + span.parentSpanId);
    const around = parent === undefined ? undefined : lanes[parent]?.at(-1);
    const isWithin =
      around?.context.spanId === span.parentSpanId && around.context.traceId === traceId && span.end <= around.end;
    let lane = isWithin ? parent! : lanes.findIndex((open) => open.length === 0);
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane].push(span);
    placed.set(traceId + spanId, lane);
    return { span, lane };
  });
}
