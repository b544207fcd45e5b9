/** A run as OTLP: the published definitions take it and give it back; and what holds of its traces, metrics and logs. */
import { describe, expect, it } from 'vitest';
import saga from '../../../../scenarios/workflows/saga.ts';
import { ExportedRun, Run, type SpanData } from '../../../../sim-core/index.ts';
import { TraceIds } from '../../../../sim-core/lab/export/trace-ids.ts';
import { otlpLogs, otlpMetrics, otlpTraces } from '../../../../sim-core/observability/export/otlp-json.ts';
import { exportedRun } from '../../../exported-runs.ts';
import { LogsData, MetricsData, throughProtobuf, TracesData } from '../../../otlp-definitions.ts';

const run = exportedRun('none');
const { recording } = run;
const SCOPE = { name: 'brownout', version: '0' };

const signal = (name: string) => recording.signals.find((one) => one.name === name)!;
const metric = (name: string) => run.metrics.find((one) => one.name === name)!;

describe('the published definitions take and give back', () => {
  const texts = {
    traces: [TracesData, otlpTraces(run.spans, SCOPE)],
    metrics: [MetricsData, otlpMetrics(run.metrics, SCOPE)],
    logs: [LogsData, otlpLogs(run.logs, SCOPE)],
  } as const;

  it.each(Object.keys(texts) as (keyof typeof texts)[])('%s', (kind) => {
    const [type, text] = texts[kind];
    expect(throughProtobuf(type, text)).toEqual(JSON.parse(text));
  });

  it('and not what is written otherwise', () => {
    const text = otlpTraces(run.spans.slice(0, 20), SCOPE);
    for (const [right, wrong] of [
      ['"startTimeUnixNano"', '"start_time_unix_nano"'],
      ['"kind":2', '"kind":"SPAN_KIND_SERVER"'],
    ]) {
      const changed = text.replace(right, wrong);
      expect(changed).not.toBe(text);
      expect(throughProtobuf(TracesData, changed)).not.toEqual(JSON.parse(changed));
    }
  });
});

describe('traces', () => {
  it('are one a request, from its start to what its client was told', () => {
    expect(run.traces.map(({ request }) => request)).toEqual(run.chosen.requests);
    const { rows, columns } = recording.facts.tables.find(({ kind }) => kind === 'request.completed')!;
    const told = new Map(Array.from({ length: rows }, (_, row) => [columns.request[row], columns.duration[row]]));
    let judged = 0;
    for (const { request, spans } of run.traces) {
      if (!told.has(request)) continue;
      expect(spans[0].end - spans[0].start).toBe(told.get(request));
      judged++;
    }
    expect(judged).toBeGreaterThan(500);
  });

  it('are of the services that the components are, copies as instances of one', () => {
    const services = new Map(
      run.spans.map(({ resource }) => [resource['service.instance.id'], resource['service.name']]),
    );
    const copies = ['app-1', 'app-2', 'app-3', 'app-4'].map((name) => [name, 'app'] as const);
    const others = ['users', 'cache', 'database'].map((name) => [name, name] as const);
    expect(services).toEqual(new Map([...others, ...copies]));
  });

  it('hang together: a span’s parent begins before it and ends after it, or the span says why not', () => {
    const ids = run.spans.map(({ context: { traceId, spanId } }) => `${traceId} ${spanId}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^(?!0{32})[0-9a-f]{32} (?!0{16})[0-9a-f]{16}$/.test(id))).toEqual([]);
    const byId = new Map<string, SpanData>();
    const odd: SpanData[] = [];
    const left: SpanData[] = [];
    for (const { spans } of run.traces) {
      spans.forEach((span, place) => {
        const { traceId, spanId } = span.context;
        const parent = byId.get(traceId + span.parentSpanId);
        const why = span.attributes['brownout.outlives'];
        const hangs = parent
          ? span.start >= parent.start && (why !== undefined) === span.end > parent.end
          : place === 0;
        if (!hangs || traceId !== spans[0].context.traceId) odd.push(span);
        if (why === 'the caller gave up') left.push(span);
        byId.set(traceId + spanId, span);
      });
    }
    expect(odd).toEqual([]);
    expect(left.length).toBeGreaterThan(0);
  });

  it('of work that nobody waits for lead to who began it', () => {
    const begun = exportedRun('soft-ttl').spans.filter(
      (span) => span.attributes['brownout.outlives'] === 'asynchronous',
    );
    expect(begun.length).toBeGreaterThan(0);
    for (const { links, parentSpanId } of begun) {
      expect(links.map(({ context }) => context.spanId)).toContain(parentSpanId);
    }
  });

  it('do not say that somebody gave up where nobody did', () => {
    const run = new Run(saga, { variant: 'choreographed' });
    run.advance(60_000);
    const { traces } = new ExportedRun(run.finish(), saga);
    const reasons = new Map<unknown, number>();
    const wrong: SpanData[] = [];
    for (const { spans } of traces) {
      const byId = new Map(spans.map((span) => [span.context.spanId, span]));
      for (const span of spans) {
        const why = span.attributes['brownout.outlives'];
        if (why === undefined) continue;
        reasons.set(why, (reasons.get(why) ?? 0) + 1);
        const parent = byId.get(span.parentSpanId)!;
        const hasGivenUp = parent.events.some(({ name }) => name === 'call.gave_up');
        if (hasGivenUp !== (why === 'the caller gave up')) wrong.push(span);
      }
    }
    expect(wrong).toEqual([]);
    expect(reasons.get('asynchronous')).toBeGreaterThan(50);
  });

  it('tell every fact of their requests once, and errors where the client was told of one', () => {
    const requests = new Set(run.chosen.requests);
    const kept = recording.facts.tables
      .filter(({ schema }) => schema.request === 'request')
      .flatMap(({ columns }) => [...columns.request]);
    const events = run.spans.flatMap((span) => span.events).filter(({ name }) => name !== 'call.gave_up');
    expect(events).toHaveLength(kept.filter((request) => requests.has(request)).length);
    for (const { spans } of run.traces) {
      const completed = spans[0].events.find(({ name }) => name === 'request.completed');
      const outcome = completed?.attributes['brownout.outcome'];
      if (outcome === 'ok') expect(spans[0].status).toBe('unset');
      else if (outcome) expect(spans[0]).toMatchObject({ status: 'error', attributes: { 'error.type': outcome } });
    }
  });

  it('lead from a request that waits for another to that one', () => {
    const waiting = exportedRun('single-flight');
    const roots = new Map(waiting.traces.map(({ spans: [root] }) => [root.attributes['brownout.request'], root]));
    const waits = waiting.spans.filter(({ name }) => name === 'request.wait');
    expect(waits.length).toBeGreaterThan(0);
    for (const { attributes, links } of waits) {
      const awaited = roots.get(attributes['brownout.awaited.request']);
      if (awaited) expect(links[0].context).toEqual(awaited.context);
    }
  });

  it('have ids that follow from the digest and the request alone, and differ between runs', () => {
    const [one, same] = [new TraceIds(recording.header.digest), new TraceIds(recording.header.digest)];
    const other = new TraceIds(exportedRun('single-flight').recording.header.digest);
    for (const request of [0, 1, 4_294_967_297]) {
      expect(one.trace(request)).toBe(same.trace(request));
      expect(one.span(request, 3)).toBe(same.span(request, 3));
      expect(one.trace(request)).not.toBe(other.trace(request));
    }
    const numbers = Array.from({ length: 5000 }, (_, request) => request);
    expect(new Set([...numbers, 4_294_967_296].map((request) => one.trace(request))).size).toBe(5001);
    expect(new Set(numbers.map((place) => one.span(7, place))).size).toBe(5000);
  });
});

describe('metrics', () => {
  it('are what the recording says: sums never fall, and end at the total', () => {
    for (const { name, columns } of recording.signals.filter(({ kind }) => kind === 'counter')) {
      const values = metric(name).points.map((point) => (point as { value: number }).value);
      values.slice(1).forEach((value, row) => expect(value).toBeGreaterThanOrEqual(values[row]));
      expect(values.at(-1)).toBeCloseTo(columns.count.reduce((sum, count) => sum + count, 0));
    }
  });

  it('have histograms whose buckets add up to what was observed, with exemplars of exported traces in them', () => {
    const traces = new Set(run.traces.map(({ spans }) => spans[0].context.traceId));
    let exemplars = 0;
    for (const { name, columns, heat } of recording.signals.filter(({ kind }) => kind === 'histogram')) {
      const found = metric(name);
      if (found.kind !== 'histogram') throw new Error(`${name} is a ${found.kind}`);
      const last = found.points.at(-1)!;
      const observed = columns.count.reduce((sum, count) => sum + count, 0);
      expect([last.count, last.counts.reduce((sum, count) => sum + count, 0)]).toEqual([observed, observed]);
      expect(heat!.counts.reduce((sum, count) => sum + count, 0)).toBe(observed);
      found.points.forEach((point, row) => {
        const before = found.points[row - 1];
        for (const { value, traceId, time } of point.exemplars) {
          exemplars++;
          expect(traces).toContain(traceId);
          expect(time > (before?.time ?? -1) && time <= point.time).toBe(true);
          const bucket = point.bounds.filter((bound) => bound <= value).length;
          expect(point.counts[bucket]).toBeGreaterThan(before?.counts[bucket] ?? 0);
        }
      });
    }
    expect(exemplars).toBeGreaterThan(100);
    expect(signal('http.client.request.duration').kind).toBe('histogram');
  });
});

describe('logs', () => {
  it('are in order, of the severity of what they tell, and lead to the span it was told in', () => {
    const ids = new Set(run.spans.map(({ context }) => context.traceId + context.spanId));
    const lost = run.logs.filter(({ traceId, spanId }) => traceId !== '' && !ids.has(traceId + spanId));
    expect(lost).toEqual([]);
    const times = run.logs.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const completed = run.logs.filter(({ body }) => body === 'request.completed');
    const severities = new Map(completed.map(({ attributes, severity }) => [attributes['brownout.outcome'], severity]));
    expect(severities).toEqual(
      new Map([
        ['ok', 'INFO'],
        ['timeout', 'ERROR'],
      ]),
    );
  });
});
