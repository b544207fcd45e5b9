/**
 * The spans of one trace as the tree that their parents' ids make of them, as far as they are there.
 *
 * A span that names no parent is a root; one whose parent is not among them is an orphan: its parent was not sampled, is lost, is
 * still open, or belongs to somebody who exports to another place. A trace is whole if it has one root and no orphan, which says
 * nothing of what never joined it.
 */
import type { SpanData } from '../signals/telemetry.ts';

export class TraceTree {
  readonly spans: readonly SpanData[];
  readonly roots: readonly SpanData[];
  readonly orphans: readonly SpanData[];
  private readonly byId = new Map<string, SpanData>();
  private readonly childrenOf = new Map<string, SpanData[]>();

  /** Of spans with one trace id. */
  constructor(spans: readonly SpanData[]) {
    this.spans = spans;
    for (const span of spans) this.byId.set(span.context.spanId, span);
    const roots: SpanData[] = [];
    const orphans: SpanData[] = [];
    for (const span of spans) {
      const { parentSpanId } = span;
      if (parentSpanId === '') roots.push(span);
      else if (!this.byId.has(parentSpanId)) orphans.push(span);
      else addTo(this.childrenOf, parentSpanId, span);
    }
    this.roots = roots;
    this.orphans = orphans;
  }

  get isWhole(): boolean {
    return this.roots.length === 1 && this.orphans.length === 0;
  }

  span(spanId: string): SpanData | undefined {
    return this.byId.get(spanId);
  }

  children(span: SpanData): readonly SpanData[] {
    return this.childrenOf.get(span.context.spanId) ?? [];
  }

  /** The highest span that is there above this one: a root or an orphan, or itself. */
  top(span: SpanData): SpanData {
    let top = span;
    for (let parent = this.byId.get(top.parentSpanId); parent !== undefined; parent = this.byId.get(top.parentSpanId)) {
      top = parent;
    }
    return top;
  }
}

/**
 * Why a span ends after its parent did: nobody waited for it, or whoever did gave up. Undefined where it does not, or where there
 * is no reason, which is a mistake of instruments or of clocks. Who gave up is whoever waited for the span itself: a service whose call
 * timed out has that as its own failure too, which says nothing of what else it had begun, and neither has a client given up who was
 * told by an answer that somebody further on did.
 */
export function outlivesBecause(child: SpanData, parent: SpanData): 'asynchronous' | 'caller timed out' | undefined {
  if (child.end <= parent.end) return undefined;
  if (child.kind === 'consumer') return 'asynchronous';
  const isCall = child.kind === 'server' || parent.kind === 'client' || parent.kind === 'producer';
  const { 'error.type': failure, 'http.response.status_code': answered } = parent.attributes;
  if (isCall && failure === 'timeout' && answered === undefined) return 'caller timed out';
  return parent.kind === 'producer' ? 'asynchronous' : undefined;
}

/** Adds a span to the list under a key. */
export function addTo(lists: Map<string, SpanData[]>, key: string, span: SpanData): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [span]);
  else list.push(span);
}
