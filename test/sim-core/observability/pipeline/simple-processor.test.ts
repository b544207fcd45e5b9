/** A processor that exports each span when it ends: exports do not overlap, and whoever ends a span waits for its own. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import type { Call } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { OtlpExporter } from '../../../../sim-core/observability/pipeline/otlp-exporter.ts';
import { SimpleProcessor } from '../../../../sim-core/observability/pipeline/simple-processor.ts';
import { samplers } from '../../../../sim-core/observability/tracing/samplers.ts';
import { Tracer } from '../../../../sim-core/observability/tracing/tracer.ts';
import { within } from '../../../../sim-core/observability/tracing/within.ts';
import { processOf } from '../processes.ts';

/** Three requests that each end a span after 5 ms, before a receiver 10 ms away; gives when each went on. */
function threeAtOnce(refuses = false) {
  const sim = new Simulation();
  const process = processOf(sim, 'app-1');
  const batches: number[] = [];
  const receiver = {
    name: 'collector',
    receive(call: Call<ExportRequest<'traces'>, ExportResponse>) {
      batches.push(call.query.items.length);
      if (refuses) call.refuse('error');
      else call.reply({ rejected: 0 });
    },
  };
  const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, receiver, {
    from: 'app',
    delay: constant(ms(10)),
  });
  const processor = new SimpleProcessor(process, { exporter: new OtlpExporter({ link }) });
  const tracer = new Tracer(process, { sampler: samplers.always_on(), processor });
  const wentOn: number[] = [];
  function* work(): Behaviour {
    yield ms(5);
  }
  function* request(id: number): Behaviour {
    yield* within(tracer.startSpan('order.create', new RequestContext(id, 0)), work());
    wentOn.push(sim.now);
  }
  for (const id of [1, 2, 3]) spawn(sim, `request ${id}`, request(id));
  return { sim, process, processor, tracer, batches, wentOn };
}

it('each request goes on when its own span has been exported, one after the other', () => {
  const { sim, batches, wentOn } = threeAtOnce();
  sim.runUntil(s(1));
  expect(batches).toEqual([1, 1, 1]);
  expect(wentOn).toEqual([ms(25), ms(45), ms(65)]);
});

it('or has been refused', () => {
  const { sim, processor, wentOn } = threeAtOnce(true);
  sim.runUntil(s(1));
  expect(wentOn).toEqual([ms(25), ms(45), ms(65)]);
  expect([...processor.dropped]).toEqual([['error', 3]]);
});

it('a crash takes no more than what is under way or waits for its turn', () => {
  const { sim, process, processor } = threeAtOnce();
  sim.runUntil(ms(30));
  process.crash();
  expect(processor.exported).toBe(1);
  expect([...processor.dropped]).toEqual([['crash', 2]]);
  expect(processor.violations()).toEqual([]);
});

it('who ends a span and would not wait is told so', () => {
  const { tracer, processor } = threeAtOnce();
  const span = tracer.startSpan('order.create', new RequestContext(4, 0));
  expect(() => span.end()).toThrow('end of the span order.create: its processor has whoever ends a span wait');
  expect(processor.accepted).toBe(0);
});
