/** A batch processor and its exporter: when batches leave, what becomes of each item, and that none is lost without a reason. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, toSeconds } from '../../../../sim-core/kernel/time.ts';
import type { Call, CallFailure } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import {
  BATCH_LIMITS,
  BatchProcessor,
  type BatchLimits,
} from '../../../../sim-core/observability/pipeline/batch-processor.ts';
import { batchExported, itemsLost } from '../../../../sim-core/observability/pipeline/batch-signals.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { OtlpExporter } from '../../../../sim-core/observability/pipeline/otlp-exporter.ts';
import { NO_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import type { LogRecord } from '../../../../sim-core/observability/signals/telemetry.ts';
import { processOf } from '../processes.ts';

/** What a receiver does with an export: takes it but for so many items, refuses it, says nothing, or has no room after 4 s. */
type Answer = number | CallFailure | 'silence' | 'slow refusal';
type Batches = { readonly at: number; readonly bodies: readonly string[] }[];

/** A processor before a receiver that is no way away and takes no time. */
function exporting(answer: (number: number) => Answer, limits: Partial<BatchLimits> = {}, perByte = 0) {
  const sim = new Simulation();
  const process = processOf(sim, 'app-1', { ...NO_COSTS, byte: perByte });
  const batches: Batches = [];
  const receiver = {
    name: 'collector',
    receive(call: Call<ExportRequest<'logs'>, ExportResponse>) {
      const said = answer(batches.length);
      batches.push({ at: sim.now, bodies: call.query.items.map(({ body }) => body) });
      if (typeof said === 'number') call.reply({ rejected: Math.min(said, call.query.items.length) });
      else if (said === 'slow refusal') sim.schedule(s(4), () => call.refuse('overloaded'), undefined);
      else if (said !== 'silence') call.refuse(said);
    },
  };
  const link = new Link<ExportRequest<'logs'>, ExportResponse>(sim, receiver, { from: 'app-1', delay: constant(0) });
  const exporter = new OtlpExporter({ link });
  const processor = new BatchProcessor(process, {
    kind: 'logs',
    exporter,
    limits: { ...BATCH_LIMITS.logs, ...limits },
  });
  let written = 0;
  const add = (count: number): void => {
    for (let i = 0; i < count; i++) processor.add(record(process.resource, sim.now, String(written++)));
  };
  return { sim, process, processor, batches, add };
}

const record = (resource: LogRecord['resource'], time: number, body: string): LogRecord => ({
  resource,
  time,
  severity: 'INFO',
  body,
  attributes: {},
  traceId: '',
  spanId: '',
});

it('a batch leaves when it is full, or the delay after the first that waits, in order and each once', () => {
  const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 15,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), arrivals, (batchMax, script) => {
      const { sim, processor, batches, add } = exporting(() => 0, { batchMax, delay: ms(10), queueMax: 1000 });
      const came: number[] = [];
      for (const [after, count] of script) {
        sim.runUntil(sim.now + ms(after));
        came.push(...Array.from({ length: count }, () => sim.now));
        sim.inject(() => add(count), 0);
      }
      sim.runUntil(Infinity);
      expect(batches.flatMap(({ bodies }) => bodies)).toEqual(came.map((_, number) => String(number)));
      let taken = 0;
      for (const { at, bodies } of batches) {
        // An export takes no time here: the delay begins with the first item, which finds the queue empty or is left over.
        const left = batches.filter((batch) => batch.at === at).at(-1)!.bodies === bodies;
        const full = came[taken + batchMax - 1] ?? Infinity;
        expect(at).toBe(Math.min(full, came[taken] + ms(10)));
        if (!left) expect(bodies).toHaveLength(batchMax);
        taken += bodies.length;
      }
      expect([processor.accepted, processor.exported]).toEqual([came.length, came.length]);
    }),
  );
});

it('what is taken is exported, waits, is under way, or is lost for a reason, whatever the receiver does', () => {
  const answers = fc.array(
    fc.oneof(
      fc.constant<Answer>('silence'),
      fc.nat(3),
      fc.constantFrom<CallFailure>('overloaded', 'unavailable', 'error', 'refused'),
    ),
    { minLength: 1, maxLength: 6 },
  );
  const what = fc.constantFrom('add', 'add', 'crash', 'flush', 'shut down');
  const step = fc.record({ after: fc.integer({ min: 0, max: 8000 }), add: fc.nat(30), what });
  fc.assert(
    fc.property(answers, fc.array(step, { maxLength: 12 }), (said, script) => {
      const limits = { queueMax: 40, batchMax: 10 };
      const { sim, process, processor, batches, add } = exporting((n) => said[n % said.length], limits, 1000);
      const reported = { exported: 0, failed: 0 };
      sim.facts.channel(batchExported).listen(({ items, failed }) => {
        reported.exported += items - failed;
        reported.failed += failed;
      });
      for (const { after, add: count, what: deed } of script) {
        sim.runUntil(sim.now + ms(after));
        sim.inject(() => {
          if (deed === 'crash') process.crash();
          else if (deed === 'flush') spawn(sim, 'flush', processor.forceFlush());
          else if (deed === 'shut down') spawn(sim, 'shutdown', processor.shutdown(s(5)));
          else add(count);
        }, 0);
        expect(processor.violations()).toEqual([]);
      }
      sim.runUntil(Infinity);
      expect(processor.violations()).toEqual([]);
      const lost = (reason: string): number => processor.dropped.get(reason as never) ?? 0;
      const all = [...processor.dropped.values()].reduce((sum, count) => sum + count, 0);
      expect(processor.accepted).toBe(processor.exported + all);
      expect(reported).toEqual({
        exported: processor.exported,
        failed: all - ['queue_full', 'crash', 'shutdown'].reduce((sum, reason) => sum + lost(reason), 0),
      });
      for (const { bodies } of batches) expect(bodies.length).toBeLessThanOrEqual(10);
    }),
    { numRuns: 50 },
  );
});

it('who finds the queue full is dropped, and the queue has what was there first', () => {
  const { sim, processor, batches, add } = exporting(() => 0, { queueMax: 6, batchMax: 4 });
  sim.inject(() => add(12), 0);
  sim.runUntil(Infinity);
  // Four leave at once, and six wait for them.
  expect(batches.map(({ bodies }) => bodies)).toEqual([
    ['0', '1', '2', '3'],
    ['4', '5', '6', '7'],
    ['8', '9'],
  ]);
  expect([...processor.dropped]).toEqual([['queue_full', 2]]);
});

it.each<[string, Answer, number, string]>([
  // The fifth further attempt would come after the export's 10 s: 8.125 s of waits and 5 s, each a fifth less at the least.
  ['a receiver without room is asked five times', 'overloaded', 5, 'overloaded'],
  ['one that is not there too', 'unavailable', 5, 'unavailable'],
  ['one that does not want it is not asked again', 'error', 1, 'error'],
  ['one that is silent is asked once, for the time of the export is over then', 'silence', 1, 'timeout'],
  // After 4 s, 1 s of wait and 4 s there is 1 s left, and the next wait is 1.2 s at the least.
  ['one that is slow to say no is asked twice', 'slow refusal', 2, 'overloaded'],
])('%s', (_, answer, attempts, reason) => {
  const { sim, processor, batches, add } = exporting(() => answer);
  sim.inject(() => add(3), 0);
  sim.runUntil(Infinity);
  expect(batches).toHaveLength(attempts);
  expect([...processor.dropped]).toEqual([[reason, 3]]);
});

it('waits between attempts grow by half from 1 s, each a fifth more or less', () => {
  const { sim, batches, add } = exporting((number) => (number % 5 === 4 ? 0 : 'overloaded'));
  sim.inject(() => add(1), 0);
  sim.runUntil(Infinity);
  const waits = batches.slice(1).map(({ at }, index) => toSeconds(at - batches[index].at));
  const between = [1, 1.5, 2.25, 3.375];
  expect(waits).toHaveLength(between.length);
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(0.8 * between[index]);
    expect(wait).toBeLessThanOrEqual(1.2 * between[index]);
  }
});

it('encoding takes the time of its bytes from the process before anything is sent', () => {
  const { sim, batches, add } = exporting(() => 0, {}, 1000);
  const sizes: number[] = [];
  sim.facts.channel(batchExported).listen(({ bytes }) => void sizes.push(bytes));
  sim.inject(() => add(5), 0);
  sim.runUntil(Infinity);
  expect(batches[0].at).toBe(s(1) + 1000 * sizes[0]);
});

it('a batch is no larger than its queue', () => {
  expect(() => exporting(() => 0, { queueMax: 5, batchMax: 6 })).toThrow(
    'batchMax is 6; it must be from 1 to queueMax, 5',
  );
});

/** Adds so many, asks for the end of the process half a second later, with so much patience, and kills it then. */
function ending(count: number, patience: number, answer: Answer = 0) {
  const lab = exporting(() => answer, { batchMax: 4 }, 1000);
  const { sim, process, processor, add } = lab;
  let lost = 0;
  const told: unknown[] = [];
  sim.facts.channel(itemsLost).listen(({ items }) => void (lost += items));
  function* end(): Behaviour {
    yield s(0.5);
    told.push(yield* processor.shutdown(patience));
    add(1);
    process.crash();
  }
  sim.inject(() => add(count), 0);
  spawn(sim, 'end', end());
  sim.runUntil(Infinity);
  expect(processor.violations()).toEqual([]);
  return { ...lab, told, lost };
}

it('a process that is told to end exports what waits first, whatever the delay, and takes nothing more', () => {
  const { batches, processor, told, lost } = ending(10, s(5));
  expect(batches.flatMap(({ bodies }) => bodies)).toHaveLength(10);
  expect(batches.at(-1)!.at).toBeLessThan(s(0.6));
  expect(told).toEqual([true]);
  expect([...processor.dropped]).toEqual([['shutdown', 1]]);
  expect(lost).toBe(0);
});

it('as far as there is time for it: what a silent receiver has not taken by then is lost with the process', () => {
  const { processor, told, lost } = ending(3, s(2), 'silence');
  expect(told).toEqual([false]);
  expect([...processor.dropped]).toEqual([
    ['shutdown', 1],
    ['crash', 3],
  ]);
  expect(lost).toBe(3);
});

it('a flush is over with the process, and is not told that it was enough', () => {
  const { sim, process, processor, add } = exporting(() => 'silence', { batchMax: 4 });
  const told: unknown[] = [];
  function* flush(): Behaviour {
    told.push(yield* processor.shutdown(s(20)), sim.now);
  }
  sim.inject(() => add(3), 0);
  spawn(sim, 'flush', flush());
  sim.scheduleAt(s(1), () => process.crash(), undefined);
  sim.runUntil(s(2));
  expect(told).toEqual([false, s(1)]);
});
