/**
 * The spans that a trace backend holds, by trace, and by the traces that they link to. What somebody finds who looks a span up: what
 * is below it, and what is below the spans that link to any of that, in whatever trace.
 */
import type { SpanData } from '../signals/telemetry.ts';
import { addTo, TraceTree } from './trace-tree.ts';

const NO_TREE = new TraceTree([]);

export class TraceIndex {
  private readonly traces = new Map<string, SpanData[]>();
  /** Spans that link to a span, by that one's id. */
  private readonly linking = new Map<string, SpanData[]>();
  private readonly trees = new Map<string, TraceTree>();
  private readonly ids = new Set<string>();

  /** Spans held. */
  get size(): number {
    return this.ids.size;
  }

  /** False if it is there already, as one that was exported twice. */
  add(span: SpanData): boolean {
    const { traceId, spanId } = span.context;
    if (this.ids.has(spanId)) return false;
    this.ids.add(spanId);
    addTo(this.traces, traceId, span);
    this.trees.delete(traceId);
    for (const { context } of span.links) addTo(this.linking, context.spanId, span);
    return true;
  }

  /** Forgets a trace, and what its spans link to. */
  remove(traceId: string): void {
    const spans = this.traces.get(traceId) ?? [];
    this.traces.delete(traceId);
    this.trees.delete(traceId);
    for (const span of spans) {
      this.ids.delete(span.context.spanId);
      for (const { context } of span.links) {
        const left = (this.linking.get(context.spanId) ?? []).filter((other) => other !== span);
        if (left.length > 0) this.linking.set(context.spanId, left);
        else this.linking.delete(context.spanId);
      }
    }
  }

  /** Of the traces there are, in the order in which they came. */
  traceIds(): Iterable<string> {
    return this.traces.keys();
  }

  spansOf(traceId: string): readonly SpanData[] {
    return this.traces.get(traceId) ?? [];
  }

  treeOf(traceId: string): TraceTree {
    const spans = this.traces.get(traceId);
    if (spans === undefined) return NO_TREE;
    let tree = this.trees.get(traceId);
    if (tree === undefined) {
      tree = new TraceTree(spans);
      this.trees.set(traceId, tree);
    }
    return tree;
  }

  /** The span and all that is found from it, in the order in which it is found. */
  storyFrom(span: SpanData): ReadonlySet<SpanData> {
    const found = new Set([span]);
    // A set is walked in the order of its elements, those that are added on the way included.
    for (const one of found) {
      const { traceId, spanId } = one.context;
      for (const child of this.treeOf(traceId).children(one)) found.add(child);
      for (const other of this.linking.get(spanId) ?? []) found.add(other);
    }
    return found;
  }
}
