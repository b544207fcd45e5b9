/** Trees of traces and what is found from a span, against the obvious way: asking of every pair of spans. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { TraceIndex } from '../../../../sim-core/observability/tracing/trace-index.ts';
import { outlivesBecause } from '../../../../sim-core/observability/tracing/trace-tree.ts';
import { drawnSpans, spansOf } from './spans.ts';

const isParent = (parent: SpanData, child: SpanData): boolean => child.parentSpanId === parent.context.spanId;
const linksTo = (one: SpanData, other: SpanData): boolean =>
  one.links.some(({ context }) => context.spanId === other.context.spanId);

/** Until nothing is added any more. */
function naiveStory(from: SpanData, all: readonly SpanData[]): Set<SpanData> {
  const found = new Set([from]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const one of all) if ([...found].some((known) => isParent(known, one) || linksTo(one, known))) found.add(one);
  }
  return found;
}

it('finds what is there in the tree of each trace, and over links, in whatever order it came', () => {
  fc.assert(
    fc.property(drawnSpans, fc.func(fc.nat(1000)), (drawn, rank) => {
      const there = spansOf(drawn).filter((_, place) => !drawn[place].isLost);
      const index = new TraceIndex();
      const came = there.toSorted((a, b) => rank(a.name) - rank(b.name));
      for (const span of came) expect(index.add(span)).toBe(true);
      for (const span of there) expect(index.add(span)).toBe(false);
      expect(index.size).toBe(there.length);
      for (const span of there) {
        const tree = index.treeOf(span.context.traceId);
        const trace = there.filter(({ context }) => context.traceId === span.context.traceId);
        const isTop = (one: SpanData): boolean => !trace.some((other) => isParent(other, one));
        expect(new Set(tree.roots)).toEqual(new Set(trace.filter(({ parentSpanId }) => parentSpanId === '')));
        expect(new Set(tree.orphans)).toEqual(new Set(trace.filter((one) => isTop(one) && one.parentSpanId !== '')));
        expect(tree.isWhole).toBe(trace.filter(isTop).length === 1 && tree.orphans.length === 0);
        expect(new Set(tree.children(span))).toEqual(new Set(trace.filter((one) => isParent(span, one))));
        const top = tree.top(span);
        expect(isTop(top) && naiveStory(top, trace).has(span)).toBe(true);
        expect(index.storyFrom(span)).toEqual(naiveStory(span, there));
      }
    }),
  );
});

it('forgets a trace with its links, and nothing else', () => {
  fc.assert(
    fc.property(drawnSpans, fc.nat(30), (drawn, place) => {
      const spans = spansOf(drawn);
      const index = new TraceIndex();
      for (const span of spans) index.add(span);
      const gone = spans[place]?.context.traceId ?? 'none';
      index.remove(gone);
      const left = spans.filter(({ context }) => context.traceId !== gone);
      expect(index.size).toBe(left.length);
      expect(index.spansOf(gone)).toEqual([]);
      for (const span of left) expect(index.storyFrom(span)).toEqual(naiveStory(span, left));
    }),
  );
});

const gaveUp = (kind: SpanData['kind']): Partial<SpanData> => ({ kind, attributes: { 'error.type': 'timeout' } });

describe('a span that outlives its parent says why', () => {
  const [parent, child] = spansOf([
    { parent: undefined, links: [], isLost: false },
    { parent: 0, links: [], isLost: false },
  ]);
  it.each<[string, Partial<SpanData>, Partial<SpanData>, string | undefined]>([
    ['it does not', {}, { end: 1 }, undefined],
    ['there is no reason', {}, {}, undefined],
    ['nobody waits for a consumer', {}, { kind: 'consumer' }, 'asynchronous'],
    ['nobody waits for what was published', { kind: 'producer' }, {}, 'asynchronous'],
    ['whoever called gave up', gaveUp('client'), { kind: 'server' }, 'caller timed out'],
    [
      'a service called another without a span of its own, and gave up',
      gaveUp('server'),
      { kind: 'server' },
      'caller timed out',
    ],
    [
      'whoever published waited for the broker, and gave up',
      gaveUp('producer'),
      { kind: 'server' },
      'caller timed out',
    ],
    [
      'nobody waits for a consumer, whatever its publisher gave up on',
      gaveUp('producer'),
      { kind: 'consumer' },
      'asynchronous',
    ],
    ['a service failed since another call of its timed out', gaveUp('server'), { kind: 'client' }, undefined],
    [
      'whoever called was told that somebody behind gave up',
      { kind: 'client', attributes: { 'error.type': 'timeout', 'http.response.status_code': 504 } },
      { kind: 'server' },
      undefined,
    ],
    ['whoever called failed for another reason', { attributes: { 'error.type': 'error' } }, {}, undefined],
  ])('%s', (_, above, below, reason) => {
    expect(outlivesBecause({ ...child, ...below }, { ...parent, ...above })).toBe(reason);
  });
});
