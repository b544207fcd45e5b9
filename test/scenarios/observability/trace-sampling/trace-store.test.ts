/** What the backend counts of an export that comes twice, since its first answer was lost. */
import { expect, it } from 'vitest';
import { TraceStore } from '../../../../scenarios/observability/trace-sampling/trace-store.ts';
import {
  constant,
  Link,
  minutes,
  RequestContext,
  s,
  Simulation,
  spawn,
  type ExportRequest,
  type ExportResponse,
  type SpanData,
} from '../../../../sim-core/index.ts';

const span = (spanId: string, parentSpanId: string): SpanData =>
  ({ context: { traceId: 'a'.repeat(32), spanId }, parentSpanId }) as SpanData;
const items = [span('1', ''), span('2', '1')];

/** The same export at each of these times, of a trace that was sampled by a half. */
function counted(times: readonly number[]): object {
  const sim = new Simulation();
  const store = new TraceStore(
    sim,
    () => 0.5,
    () => {},
  );
  const link = new Link<ExportRequest, ExportResponse>(sim, store, { from: 'app', delay: constant(0) });
  for (const at of times) {
    sim.scheduleAt(
      at,
      () =>
        void spawn(sim, 'export', link.call({ kind: 'traces', items, bytes: 100 }, new RequestContext(at / s(1), at))),
      undefined,
    );
  }
  sim.runUntil(minutes(30));
  return store.state();
}

it('is written twice and counted once', () => {
  expect(counted([s(1), s(11)])).toMatchObject({ spans: 4, doubles: 2, bytes: 200, 'requests by its roots': 2 });
});

it('is counted twice where a block was finished in between', () => {
  expect(counted([s(1), minutes(6)])).toMatchObject({ spans: 4, doubles: 0, 'requests by its roots': 4 });
});
