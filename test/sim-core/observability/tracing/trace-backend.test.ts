/** A trace backend: when it looks at a trace, what it makes of late spans and doubles, what it forgets, and that it is down. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s, SECOND } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { TraceBackend, traceSettled } from '../../../../sim-core/observability/tracing/trace-backend.ts';
import { spansOf } from './spans.ts';

/** A root and its two children. */
const [root, one, two] = spansOf([
  { parent: undefined, links: [], isLost: false },
  { parent: 0, links: [], isLost: false },
  { parent: 0, links: [], isLost: false },
]);

function backend() {
  const sim = new Simulation();
  const traces = new TraceBackend(sim, { name: 'traces', idle: s(10), retention: s(30) });
  const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, traces, { from: 'app', delay: constant(0) });
  const settled: { at: number; spans: number; orphans: number; isWhole: boolean }[] = [];
  sim.facts.channel(traceSettled).listen(({ spans, orphans, isWhole }) => {
    settled.push({ at: sim.now / SECOND, spans, orphans, isWhole });
  });
  const outcomes: string[] = [];
  const send = (seconds: number, ...items: readonly SpanData[]): void => {
    sim.runUntil(s(seconds));
    sim.inject(() => {
      link.call({ kind: 'traces', items, bytes: 0 }, new RequestContext(0, sim.now)).begin({
        resume: () => void outcomes.push('ok'),
        fail: (error) => void outcomes.push(error instanceof CallFailed ? error.failure : 'thrown'),
      });
    }, 0);
  };
  return { sim, traces, settled, outcomes, send };
}

it('looks at a trace when nothing of it has come for a while, and again if something comes late', () => {
  const { sim, traces, settled, send } = backend();
  send(0.5, one);
  send(8.5, root);
  send(25.5, two);
  sim.runUntil(s(40));
  expect(settled).toEqual([
    { at: 19, spans: 2, orphans: 0, isWhole: true },
    { at: 36, spans: 3, orphans: 0, isWhole: true },
  ]);
  expect(traces.violations()).toEqual([]);
});

it('what was exported twice is there once', () => {
  const { sim, traces, settled, send } = backend();
  send(0.5, one, two);
  send(1.5, one);
  sim.runUntil(s(20));
  expect(settled).toEqual([{ at: 11, spans: 2, orphans: 2, isWhole: false }]);
  expect([traces.index.size, traces.violations()]).toEqual([2, []]);
});

it('forgets a trace when it has been kept for so long', () => {
  const { sim, traces, send } = backend();
  send(0.5, root, one);
  sim.runUntil(s(41));
  expect(traces.index.size).toBe(2);
  sim.runUntil(s(42));
  expect([traces.index.size, traces.violations()]).toEqual([0, []]);
});

it('refuses exports while it is down, and has what it had', () => {
  const { sim, traces, outcomes, send } = backend();
  send(0.5, root);
  sim.runUntil(s(1));
  sim.inject(() => traces.interventions.crash.apply([5]), 0);
  send(2, one);
  send(6.5, two);
  sim.runUntil(s(7));
  expect(outcomes).toEqual(['ok', 'unavailable', 'ok']);
  expect(traces.index.size).toBe(2);
});
