/** Traces of requests: what holds of every one of them, and what the mechanisms of the system say of some. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  factsOfRequest,
  factText,
  isSampled,
  longestEnded,
  type Recording,
  requestsOf,
  requestTrace,
  type RequestTrace,
  type TraceSpan,
} from '../../../../sim-core/index.ts';
import { tracedRequest, tracedRun } from '../../../traced-runs.ts';

const traceOf = (recording: Recording, request: number): RequestTrace => {
  const found = requestTrace(recording, request);
  if (!found) throw new Error(`request ${request} has no trace`);
  return found;
};

/** The first request of a run for whose trace something holds. */
function traceWith(recording: Recording, holds: (trace: RequestTrace) => boolean): RequestTrace {
  for (const { request } of requestsOf(recording).lives) {
    const trace = traceOf(recording, request);
    if (holds(trace)) return trace;
  }
  throw new Error('no request is like that');
}

const lengthOf = (span: TraceSpan, kind: TraceSpan['segments'][number]['kind']): number =>
  span.segments.filter((segment) => segment.kind === kind).reduce((sum, { from, to }) => sum + to - from, 0);

describe('every trace', () => {
  it('holds its spans: each within the whole, within the one around it unless it outlived that, in order', () => {
    fc.assert(
      fc.property(tracedRequest, ([variant, request]) => {
        const recording = tracedRun(variant);
        const { spans, start, end } = traceOf(recording, request);
        expect(spans[0]).toMatchObject({ kind: 'request', parent: -1, depth: 0, start });
        spans.slice(1).forEach((span) => {
          const parent = spans[span.parent];
          expect(span.start).toBeGreaterThanOrEqual(start);
          expect(span.end).toBeLessThanOrEqual(end);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.depth).toBe(parent.depth + 1);
          expect(span.start).toBeGreaterThanOrEqual(parent.start);
          if (!span.outlives) expect(span.end).toBeLessThanOrEqual(parent.end);
        });
      }),
    );
  });

  it('has segments that follow each other from the start of their span to its end', () => {
    fc.assert(
      fc.property(tracedRequest, ([variant, request]) => {
        const recording = tracedRun(variant);
        for (const { start, end, segments } of traceOf(recording, request).spans) {
          const ends = segments.map(({ to }) => to);
          expect(segments.map(({ from }) => from)).toEqual([start, ...ends.slice(0, -1)]);
          expect(ends.at(-1)).toBe(end);
          for (const { from, to } of segments) expect(to).toBeGreaterThan(from);
        }
      }),
    );
  });

  it('lasts as long as its client says, and tells every fact of the request once', () => {
    fc.assert(
      fc.property(tracedRequest, ([variant, request]) => {
        const recording = tracedRun(variant);
        const { spans } = traceOf(recording, request);
        const completed = factsOfRequest(recording.facts, request).find(
          ({ table }) => table.kind === 'request.completed',
        );
        if (completed) {
          expect(spans[0].end - spans[0].start).toBe(completed.table.columns.duration[completed.row]);
          expect(spans[0].name).toBe(`request, ${factText(recording.facts, completed, 'outcome')}`);
        } else expect(spans[0].ended).toBe(false);
        const told = spans.flatMap(({ facts, marks }) => [...facts, ...marks.flatMap(({ fact }) => fact ?? [])]);
        expect(told.length).toBe(factsOfRequest(recording.facts, request).length);
      }),
    );
  });
});

describe('a database’s part of a trace', () => {
  it('waits, read from events, for as long as the database says of itself, and both add up to its time', () => {
    let waited = 0;
    fc.assert(
      fc.property(tracedRequest, ([variant, request]) => {
        const recording = tracedRun(variant);
        for (const span of traceOf(recording, request).spans) {
          const answered = span.facts.find(({ table }) => table.kind === 'db.answered');
          if (!answered || span.kind !== 'call') continue;
          const { columns } = answered.table;
          expect(lengthOf(span, 'wait')).toBe(columns.waited[answered.row]);
          expect(lengthOf(span, 'wait') + lengthOf(span, 'work')).toBe(columns.duration[answered.row]);
          waited += columns.waited[answered.row];
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(waited).toBeGreaterThan(0);
  });
});

describe('what protections do shows', () => {
  it('a reader under single-flight waits in its instance for the request that loads', () => {
    const trace = traceWith(tracedRun('single-flight'), ({ spans }) =>
      spans.some(({ segments }) => segments.some(({ label }) => /^waits for request \d+, in app-/.test(label))),
    );
    expect(trace.spans.some(({ component }) => component === 'database')).toBe(false);
  });

  it('a reader under a mutex pauses for its poll of 20 ms and asks again', () => {
    const trace = traceWith(tracedRun('mutex'), ({ spans }) =>
      spans.some(({ segments }) => segments.some(({ label }) => label.startsWith('pauses'))),
    );
    const pauses = trace.spans.flatMap(({ segments }) => segments).filter(({ label }) => label.startsWith('pauses'));
    for (const { from, to } of pauses) expect(to - from).toBe(20e6);
    const lookups = trace.spans.flatMap(({ marks }) => marks).filter(({ label }) => label === 'cache.lookup');
    expect(lookups).toHaveLength(pauses.length + 1);
  });

  it('a read behind a coalescer waits there for its leader', () => {
    const recording = tracedRun('coalescing');
    const trace = traceWith(recording, ({ spans }) =>
      spans.some(({ marks }) => marks.some(({ label }) => label === 'cache.load.coalesced')),
    );
    const call = trace.spans.find(({ component }) => component === 'coalescer');
    const mark = call?.marks.find(({ label }) => label === 'cache.load.coalesced');
    if (!call || !mark?.fact) throw new Error('the mark does not stand on the call');
    const leader = mark.fact.table.columns.leader[mark.fact.row];
    expect(call.segments.map(({ label }) => label)).toContain(`waits for request ${leader}, in coalescer`);
  });

  it('a refresh behind a soft expiry outlives the answer, and a load outlives a user who gave up', () => {
    const refreshed = traceWith(tracedRun('soft-ttl'), ({ spans }) => spans.some(({ outlives }) => outlives));
    const load = refreshed.spans.find(({ name }) => name === 'cache.load');
    expect(load).toMatchObject({ outlives: true });
    expect(load!.end).toBeGreaterThan(refreshed.spans[0].end);

    const gaveUp = traceWith(tracedRun('none'), ({ spans }) => spans[0].name === 'request, timeout');
    expect(gaveUp.spans[0].end - gaveUp.spans[0].start).toBe(150e6);
    expect(gaveUp.spans[1].marks.map(({ label }) => label)).toContain('users gives up on ' + gaveUp.spans[1].component);
    expect(gaveUp.end).toBeGreaterThan(gaveUp.spans[0].end);
  });
});

describe('when not everything was kept', () => {
  const whole = tracedRun('none');
  const withoutFacts: Recording = {
    ...whole,
    facts: {
      ...whole.facts,
      sampledOneIn: 2 ** 31,
      tables: [],
    },
  };

  it('a request that was not in the sample says so, and its calls stand where they stood', () => {
    const request = requestsOf(whole).lives[50].request;
    const [trace, full] = [traceOf({ ...withoutFacts }, request), traceOf(whole, request)];
    expect(trace.sampled).toBe(isSampled(withoutFacts.facts, request));
    expect(trace.sampled).toBe(false);
    const calls = ({ spans }: RequestTrace) =>
      spans.filter(({ kind }) => kind === 'call').map(({ segments }) => segments);
    expect(calls(trace)).toEqual(calls(full));
  });

  it('a request of which nothing was kept has no trace', () => {
    expect(requestTrace(whole, 4_000_000)).toBeUndefined();
  });

  it('a trace that is cut by the end of the kept events is open', () => {
    const { events } = whole;
    const request = requestsOf(whole).lives[100].request;
    const places = [...events.subjects.keys()].filter((place) => events.subjects[place] === request);
    const kept = places[2] + 1;
    const cut = { ...whole, events: { ...events, kept } };
    const { spans } = traceOf(cut, request);
    expect(spans.slice(1).some(({ ended }) => !ended)).toBe(true);
  });
});

it('the longest of an interval is the longest of those that ended in it', () => {
  const requests = requestsOf(tracedRun('none'));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6e9 }), fc.integer({ min: 1, max: 1e9 }), (from, length) => {
      const ended = requests.lives.filter(({ end }) => end >= from && end < from + length);
      const longest = longestEnded(requests, from, from + length);
      expect(longest?.request).toBe(ended.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0]?.request);
    }),
  );
});
