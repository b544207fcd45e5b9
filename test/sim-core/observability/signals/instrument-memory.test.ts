/** What instruments hold in a process: as much as was measured of a real SDK, given back when it should be, and no more than a limit. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Call } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { Meter } from '../../../../sim-core/observability/metrics/instruments/meter.ts';
import { BATCH_LIMITS, BatchProcessor } from '../../../../sim-core/observability/pipeline/batch-processor.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { OtlpExporter } from '../../../../sim-core/observability/pipeline/otlp-exporter.ts';
import { itemBytes, streamBytes } from '../../../../sim-core/observability/signals/instrument-memory.ts';
import { NO_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../sim-core/observability/signals/instrumented-process.ts';
import type { Attributes } from '../../../../sim-core/observability/signals/telemetry.ts';
import { spanOf } from '../sampling/spans.ts';
import { processOf } from '../processes.ts';

const attributes = (count: number): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));

/** Bytes of the heap that each of 20,000 took (`@opentelemetry/sdk-metrics`, `sdk-trace-base`, `sdk-logs` 2.x, Node 20.20). */
it.each<[string, number, number]>([
  ['counter, 4 attributes', streamBytes(attributes(4), 'number'), 869],
  ['5 bounds, 4 attributes', streamBytes(attributes(4), { buckets: 6 }), 1279],
  ['25 bounds, 4 attributes', streamBytes(attributes(4), { buckets: 26 }), 1515],
  ['5 bounds, 8 attributes', streamBytes(attributes(8), { buckets: 6 }), 1612],
  ['exponential, 4 attributes', streamBytes(attributes(4), 'exponential'), 1962],
  ['span', itemBytes('traces', { attributes: {} }), 931],
  ['span, 8 attributes', itemBytes('traces', { attributes: attributes(8) }), 1242],
  ['log record', itemBytes('logs', { attributes: {} }), 390],
  ['log record, 8 attributes', itemBytes('logs', { attributes: attributes(8) }), 707],
])('%s: %i bytes, of %i measured', (_, modelled, measured) => {
  expect(Math.abs(modelled / measured - 1)).toBeLessThan(0.02);
});

it('streams stay, but for those that count from export to export, and a crash takes all', () => {
  const sim = new Simulation();
  const held = (temporality: 'cumulative' | 'delta') => {
    const process = processOf(sim, `app of ${temporality}`);
    const meter = new Meter(process, { temporality });
    const counter = meter.counter({ name: 'requests', unit: '{request}', description: '' });
    for (const user of ['a', 'b', 'a']) counter.add(1, { user });
    const before = process.held;
    meter.collect();
    const after = process.held;
    process.crash();
    counter.add(1, { user: 'c' });
    return [before, after, process.held];
  };
  const one = streamBytes(attributes(1), 'number');
  expect(held('cumulative')).toEqual([2 * one, 2 * one, one]);
  expect(held('delta')).toEqual([2 * one, 0, one]);
});

it('spans are held until their export is over, however that ends', () => {
  const step = fc.record({ after: fc.nat(4000), add: fc.nat(20), crash: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.constantFrom('take', 'refuse', 'say nothing'), (script, does) => {
      const sim = new Simulation();
      const process = processOf(sim, 'app-1');
      const receiver = {
        name: 'collector',
        receive(call: Call<ExportRequest<'traces'>, ExportResponse>) {
          if (does === 'take') call.reply({ rejected: 0 });
          else if (does === 'refuse') call.refuse('error');
        },
      };
      const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, receiver, {
        from: 'app',
        delay: constant(0),
      });
      const limits = { ...BATCH_LIMITS.traces, queueMax: 30, batchMax: 8 };
      const processor = new BatchProcessor(process, { kind: 'traces', exporter: new OtlpExporter({ link }), limits });
      const one = itemBytes('traces', spanOf());
      for (const { after, add, crash } of script) {
        sim.runUntil(sim.now + ms(after));
        sim.inject(() => {
          if (crash) process.crash();
          for (let i = 0; i < add; i++) processor.add(spanOf());
        }, 0);
        const { 'traces in queue': queue, 'traces in flight': inFlight } = processor.state();
        expect(process.held).toBe(one * (Number(queue) + Number(inFlight)));
      }
      sim.runUntil(sim.now + s(600));
      expect(process.held).toBe(0);
    }),
    { numRuns: 50 },
  );
});

/** A process that has room for 1000 bytes, and when it was killed for want of it. */
function limited() {
  const sim = new Simulation();
  const resource = { 'service.name': 'app', 'service.instance.id': 'app-1' };
  const killed: number[] = [];
  const kill = (): void => {
    killed.push(sim.now);
    process.crash();
  };
  const process: InstrumentedProcess = new InstrumentedProcess(sim, {
    resource,
    cores: 1,
    costs: NO_COSTS,
    outOfMemory: { limit: 1000, kill },
  });
  const holds = (at: number, bytes: number): void => void sim.scheduleAt(at, () => process.hold(bytes), undefined);
  return { sim, process, killed, holds };
}

it('with more than its limit the process is killed, once it does what it is at', () => {
  const { sim, killed, holds } = limited();
  holds(s(1), 1000);
  holds(s(2), 1);
  sim.runUntil(s(3));
  expect(killed).toEqual([s(2)]);
});

it('is killed once, however much it holds by then, and the next process by what that one holds', () => {
  const { sim, killed, holds } = limited();
  for (const at of [s(1), s(1), s(1), s(2), s(2), s(3)]) holds(at, 600);
  sim.runUntil(s(4));
  expect(killed).toEqual([s(1), s(2)]);
});

it('one that has died by then is not killed again', () => {
  const { sim, process, killed, holds } = limited();
  holds(s(1), 1001);
  sim.scheduleAt(s(1), () => process.crash(), undefined);
  sim.runUntil(s(2));
  expect([killed, process.held]).toEqual([[], 0]);
});
