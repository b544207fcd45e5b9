/** A span around something: it ends as that does, says how it failed, and is open for ever where its process is gone. */
import { expect, it } from 'vitest';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { CallFailed, type CallFailure } from '../../../../sim-core/network/call.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { samplers } from '../../../../sim-core/observability/tracing/samplers.ts';
import { Tracer } from '../../../../sim-core/observability/tracing/tracer.ts';
import { within } from '../../../../sim-core/observability/tracing/within.ts';
import { processOf } from '../processes.ts';

/** Work of 5 ms, in a span that ends so; who waits for it gets what it gives or throws. */
function doing(fails: CallFailure | undefined) {
  const sim = new Simulation();
  const ended: SpanData[] = [];
  const processor = { add: (span: SpanData) => void ended.push(span) };
  const tracer = new Tracer(processOf(sim, 'app-1'), { sampler: samplers.always_on(), processor });
  const told: unknown[] = [];
  function* work(): Behaviour<number> {
    yield ms(5);
    if (fails !== undefined) throw new CallFailed('database', fails);
    return 42;
  }
  function* whole(): Behaviour {
    const span = tracer.startSpan('DB SELECT orders', new RequestContext(1, 0));
    try {
      told.push(yield* within(span, work(), (failure) => void told.push(failure, ended.length)));
    } catch (error) {
      told.push((error as CallFailed).failure);
    }
  }
  const process = spawn(sim, 'whole', whole());
  return { sim, process, ended, told };
}

it('ends with what is done, and gives what that gave', () => {
  const { sim, ended, told } = doing(undefined);
  sim.runUntil(ms(10));
  expect(ended).toMatchObject([{ end: ms(5), status: 'unset', attributes: {} }]);
  expect(told).toEqual([undefined, 0, 42]);
});

it.each<CallFailure>(['timeout', 'overloaded'])('says that it failed by %s', (failure) => {
  const { sim, ended, told } = doing(failure);
  sim.runUntil(ms(10));
  expect(ended).toMatchObject([{ end: ms(5), status: 'error', attributes: { 'error.type': failure } }]);
  expect(told).toEqual([failure, 0, failure]);
});

it('does not end where it is broken off', () => {
  const { sim, process, ended, told } = doing(undefined);
  sim.runUntil(ms(1));
  process.cancel();
  sim.runUntil(ms(10));
  expect([ended, told]).toEqual([[], []]);
});
