/** A store of logs that deletes: chunks as wholes, once their newest line is too old, and nothing is lost from the books. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s, type Time } from '../../../../sim-core/kernel/time.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { BackgroundRequests } from '../../../../sim-core/network/background-requests.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { LogStore, type LogRetention } from '../../../../sim-core/observability/logging/log-store.ts';
import type { LogRecord } from '../../../../sim-core/observability/signals/telemetry.ts';

const RETENTION = { period: s(10), chunkAge: s(4), sweepEvery: s(1) };

/** Lines are written at these seconds; what is there at the end, by its second. */
function leftAt(end: Time, seconds: readonly number[], retention: LogRetention | 'for ever' = RETENTION): number[] {
  const sim = new Simulation();
  const store = new LogStore(sim, {
    name: 'logs',
    labels: () => ({}),
    lineOf: ({ body }) => body,
    chunkBytes: 1000,
    scanRate: 1e6,
    ...(retention !== 'for ever' && { retention }),
  });
  const link = new Link(sim, store, { from: 'agent', delay: constant(0) });
  const requests = new BackgroundRequests(sim);
  for (const at of seconds) {
    const record = { time: s(at), severity: 'INFO', body: 'x'.repeat(99), attributes: {}, traceId: '', spanId: '' };
    const items = [record as unknown as LogRecord];
    sim.scheduleAt(s(at), () => link.send({ kind: 'logs', items, bytes: 100 }, requests.next()), undefined);
  }
  sim.runUntil(end);
  expect(store.violations()).toEqual([]);
  const answer = store.query({ labels: {}, from: 0, to: end, matches: () => true });
  return answer.records.map(({ time }) => time / s(1));
}

it('deletes a chunk when its newest line is too old, and not before', () => {
  // Lines of the first four seconds are one chunk, whose newest is of the third.
  expect(leftAt(s(13), [0, 1, 2, 3])).toEqual([0, 1, 2, 3]);
  expect(leftAt(s(15), [0, 1, 2, 3])).toEqual([]);
  expect(leftAt(s(15), [0, 1, 2, 3], 'for ever')).toEqual([0, 1, 2, 3]);
});

it('has whatever is younger than the retention, and nothing older than that, a chunk and a look', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }), (seconds) => {
      const left = leftAt(s(60.5), seconds);
      for (const at of seconds.filter((one) => one > 60.5 - 10)) expect(left).toContain(at);
      for (const at of left) expect(at).toBeGreaterThanOrEqual(60.5 - 10 - 4 - 1);
    }),
  );
});

it('refuses a retention that is none', () => {
  expect(() => leftAt(s(1), [], { ...RETENTION, period: 0 })).toThrow('retention.period is 0 ns; it must be above 0');
});
