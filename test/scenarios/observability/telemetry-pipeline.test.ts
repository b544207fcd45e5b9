/** What the guide of the telemetry pipeline says beyond its variants, and that nothing in the stack vanishes uncounted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import pipeline from '../../../scenarios/observability/telemetry-pipeline.ts';
import * as collectors from '../../../scenarios/observability/telemetry-pipeline/collector-limits.ts';
import type { Values } from '../../../scenarios/observability/telemetry-pipeline/params.ts';
import { CLOSED_EARLY, PAGED_AFTER, UNHEARD } from '../../../scenarios/observability/telemetry-pipeline/paging.ts';
import * as queries from '../../../scenarios/observability/telemetry-pipeline/query-limits.ts';
import { stackOf } from '../../../scenarios/observability/telemetry-pipeline/stack.ts';
import * as stores from '../../../scenarios/observability/telemetry-pipeline/store-limits.ts';
import { LOSS_AT, LOST, lostOf, warnedAt } from '../../../scenarios/observability/telemetry-pipeline/signals.ts';
import { MISSED } from '../../../scenarios/observability/telemetry-pipeline/sampled.ts';
import { plan, TROUBLE_AT } from '../../../scenarios/observability/telemetry-pipeline/trouble.ts';
import {
  collectorDropped,
  minutes,
  parseIntervention,
  resolveParameters,
  s,
  sdkDropped,
  Simulation,
  storeWritten,
  telemetryEmitted,
  toSeconds,
  type Limit,
  type ParameterValues,
} from '../../../sim-core/index.ts';
import { capacitiesOf } from '../../../sim-core/kernel/capacity.ts';
import { failed, summaryOf, totalOf, trialled, limitFor } from '../trials.ts';

const run = (variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) =>
  trialled(pipeline, { variant, params, interventions: interventions.map(parseIntervention) });

/**
 * Nine minutes, and so long after them without new spans and logs: by how much what is stored, held and lost of each kind is more than
 * what was emitted.
 */
function balanced(chosen: ParameterValues, drained: number): Record<'traces' | 'logs' | 'metrics', number> {
  const p = resolveParameters(pipeline, 'query-cache', chosen) as Values;
  const sim = new Simulation({ seed: 1 });
  const stack = stackOf(sim, p);
  plan(sim, p, stack);
  const counted = { traces: 0, logs: 0, metrics: 0 };
  const count = (kind: string, items: number): void => void (counted[kind as 'traces'] += items);
  sim.facts.channel(telemetryEmitted).listen(({ kind, items }) => count(kind, -items));
  sim.facts.channel(sdkDropped).listen(({ kind, items }) => count(kind, items));
  sim.facts.channel(collectorDropped).listen(({ kind, items }) => count(kind, items));
  sim.facts.channel(storeWritten).listen(({ kind, items, rejected, outcome }) => {
    if (outcome === 'ok') count(kind, items - rejected);
  });
  sim.runUntil(minutes(9));
  stack.fleet.surge(0);
  sim.runUntil(minutes(9) + drained);
  for (const collector of stack.collectors) {
    for (const kind of ['traces', 'logs'] as const) count(kind, collector.pipeline(kind)!.held);
  }
  count('metrics', stack.writer.pending + stack.writer.lost);
  // Of whichever kind: both are asked for together, or there is nothing.
  count('traces', stack.fleet.held);
  for (const part of [stack.fleet, stack.writer, ...stack.collectors, ...stack.stores]) {
    expect(part.violations()).toEqual([]);
  }
  return counted;
}

it('loses nothing from sight, whatever goes wrong: what is emitted is stored, held or counted as lost', () => {
  const params = fc.record({
    trouble: fc.constantFrom('none', 'surge', 'outage', 'traces-down', 'logs-down', 'metrics-down', 'collectors-down'),
    surge: fc.integer({ min: 2, max: 8 }),
    troubleFor: fc.integer({ min: 1, max: 5 }).map(minutes),
    restartAfter: fc.integer({ min: 10, max: 400 }).map(s),
    collectors: fc.integer({ min: 1, max: 3 }),
    memory: fc.constantFrom(5, 128),
    queueSize: fc.constantFrom(3, 1000),
    isPersistent: fc.boolean(),
    partitioning: fc.constantFrom('none', 'time-and-label'),
    logSize: fc.constantFrom(300, 6000),
    disk: fc.constantFrom(60, 2000),
  });
  fc.assert(
    fc.property(params, (chosen) => {
      const { traces, logs, metrics } = balanced(chosen, 0);
      // More than nothing is what was sent again after an answer that was late, and is there twice.
      expect(traces + logs).toBeGreaterThanOrEqual(0);
      // Of metrics a scrape of each of nine instances may be on its way.
      expect(metrics).toBeGreaterThanOrEqual(-9 * 500);
    }),
    { numRuns: 12 },
  );
});

it.each([1, 3])('has each item once where nothing goes wrong, with %d collectors', (collectors) => {
  // Three exports later all is where it belongs: no attempt takes as long as its timeout, so that nothing is sent twice.
  expect(balanced({ collectors }, s(15))).toEqual({ traces: 0, logs: 0, metrics: 0 });
});

it('a collector that crashes in a surge loses what it had in memory, and the SDKs behind it what their queues have no room for', () => {
  const of = run('sharded-collector', {}, '600s:crash:collector-1:seconds=10');
  const [crashed, bySdks] = [totalOf(of, 'collector.dropped.crash'), totalOf(of, 'sdk.dropped')];
  expect(crashed).toBeGreaterThan(0);
  // Three of nine instances and two kinds of 3,000 a second: what is written down in ten seconds, and an export before and after.
  expect(bySdks).toBeLessThanOrEqual(3 * 2 * (3000 / 9) * (10 + 2 * 5));
  expect(bySdks).toBeGreaterThan(0);
  expect(crashed + bySdks).toBe(totalOf(of, LOST));
  expect(failed(of)).toEqual([expect.stringContaining(LOST)]);
});

describe('an outage', () => {
  it('has collectors hold what comes, as fast as it comes', () => {
    const of = run('persistent-queue', { length: minutes(9) });
    const exact = 2000 * toSeconds(minutes(9) - TROUBLE_AT);
    // What is on its way from instances, an export of each at most.
    expect(summaryOf(of, 'collector.held', 'max')).toBeGreaterThan(exact - 2 * 2000 * 5);
    expect(summaryOf(of, 'collector.held', 'max')).toBeLessThanOrEqual(exact + 2000 * 5);
  });

  it('without a restart loses what is given up after 300 s, and what the memory has no room for', () => {
    const of = run('backend-down', { restartAfter: minutes(240) });
    expect(totalOf(of, 'collector.dropped.retries_exhausted')).toBeGreaterThan(0);
    expect(totalOf(of, 'collector.dropped.crash')).toBe(0);
    expect(totalOf(of, LOST)).toBeLessThan(0.6 * totalOf(run('backend-down'), LOST));
  });

  it('that is longer than the TTL has its traces rejected when they come at last', () => {
    const of = run('persistent-queue', { traceTtl: minutes(5) });
    expect(totalOf(of, 'collector.dropped.rejected')).toBeGreaterThan(0);
    expect(totalOf(of, lostOf('logs'))).toBe(0);
  });
});

describe('trouble that somebody should be told of', () => {
  const ends = { length: minutes(16) };

  it('is told to be over when whoever evaluates dies in the midst of it, and is not', () => {
    const of = run('traces-down', ends, '480s:crash:rules:seconds=600');
    expect(totalOf(of, CLOSED_EARLY)).toBe(1);
    expect(totalOf(of, UNHEARD)).toBeGreaterThan(totalOf(run('traces-down', ends), UNHEARD) + 100);
  });

  it('is heard of sooner by a dead man’s switch where the Alertmanager is down than where Prometheus is', () => {
    const after = (alertingDown: string): number =>
      run('dead-mans-switch', { ...ends, alertingDown })
        .signals.find(({ name }) => name === PAGED_AFTER)!
        .columns.last!.at(-1)!;
    // By the four minutes for which the alert that always fires counts, less what the evaluations' and looks' times take from it.
    expect(after('prometheus') - after('alertmanager')).toBeGreaterThan(240 - 75);
    expect(after('alertmanager')).toBeLessThan(120);
  });
});

it('the queue of an exporter and that of an SDK are capacities, and the one whose backend is down is seen to fill', () => {
  const p = resolveParameters(pipeline, 'traces-down', { tailSamplers: 1 }) as Values;
  const sim = new Simulation({ seed: 1 });
  plan(sim, p, stackOf(sim, p));
  sim.runUntil(minutes(8));
  const held = (name: string): readonly number[] =>
    capacitiesOf(sim).flatMap((one) => (one.kind === 'room' && one.name === name ? [one.units(), one.held()] : []));
  const [size, waiting] = held('collector-1 queue of traces');
  expect(size).toBe(p.queueSize);
  // Three instances export every five seconds, and ten consumers hold one each.
  expect(waiting).toBeGreaterThan(50);
  expect(held('collector-1 queue of logs')).toEqual([p.queueSize, 0]);
  expect(held('shop orders queue of traces')).toEqual([2048, expect.any(Number)]);
});

it('a tail sampler that is killed loses what waits, as much as its wait is long', () => {
  const missed = (decisionWait: number): number =>
    totalOf(run('sampler-killed', { decisionWait, length: minutes(9) }), MISSED);
  expect(missed(s(60))).toBeGreaterThan(missed(s(15)) + 30);
  expect(totalOf(run('tail-sharded', { length: minutes(9), trouble: 'none' }), MISSED)).toBe(0);
});

it('a collector that is slow to receive has SDKs lose before its queue grows', () => {
  const of = run('one-collector', { receiveTime: 25_000, sendTime: 15_000, length: minutes(9) });
  const at = (signal: string): number => of.signals.find(({ name }) => name === signal)!.columns.last!.at(-1)!;
  expect(at(LOSS_AT)).toBeLessThan(at(warnedAt('queue')));
});

it('logs partitioned by time alone are found quickly, and still are too many for one stream', () => {
  const of = run('query-cache', { logSize: 4500, partitioning: 'time', length: minutes(9) });
  expect(totalOf(of, lostOf('logs'))).toBeGreaterThan(0);
  expect(summaryOf(of, 'query.log-searches.duration', 'p95')).toBeLessThan(
    summaryOf(run('unpartitioned-logs', { length: minutes(9) }), 'query.log-searches.duration', 'p95'),
  );
});

it('a store that is slow is seen in its queries first', () => {
  const of = run('trace-ttl', {}, '300s:slow:traces:factor=200');
  const at = (signal: string): number => of.signals.find(({ name }) => name === signal)!.columns.last!.at(-1)!;
  expect(at(warnedAt('queries'))).toBeLessThan(1200);
  expect(at(LOSS_AT)).toBeGreaterThan(at(warnedAt('queries')));
});

describe('claims', () => {
  const valueOf = (limit: Limit, variant: string, params: ParameterValues): number =>
    limitFor(limit, resolveParameters(pipeline, variant, params));

  it('nothing of losses where there is no trouble', () => {
    const { surgeLost, outageLost, lagLeast } = collectors;
    for (const limit of [surgeLost, outageLost, lagLeast, stores.churnLost, stores.tracesLost, stores.logsTakenAlong]) {
      expect(valueOf(limit, 'query-cache', {})).toBe(0);
    }
    expect(valueOf(queries.slowPanels, 'no-query-cache', { panelRate: 0.1 })).toBe(0);
    expect(valueOf(stores.logsLost, 'unpartitioned-logs', { logSize: 300 })).toBe(0);
    expect(valueOf(stores.churnLost, 'series-churn', { series: 100 })).toBe(0);
  });

  it('of a lead none where nothing warns or is lost', () => {
    const { surgeLead, outageLead } = collectors;
    for (const limit of [surgeLead, outageLead, stores.churnLead, stores.diskLead]) {
      expect(valueOf(limit, 'query-cache', {})).toBe(0);
    }
    expect(valueOf(surgeLead, 'one-collector', {})).toBeGreaterThan(0);
    // The surge is over before so much memory is full, and so small a queue is full before it warns.
    expect(valueOf(surgeLead, 'one-collector', { memory: 1024 })).toBe(0);
    expect(valueOf(surgeLead, 'one-collector', { queueSize: 20 })).toBe(0);
  });

  it('nothing of a restart that comes after the end', () => {
    expect(valueOf(collectors.outageLost, 'backend-down', { length: minutes(9) })).toBe(0);
    expect(valueOf(collectors.outageLost, 'backend-down', { length: minutes(11) })).toBeGreaterThan(0);
  });

  it('nothing that needs collectors to keep up where they do not, or where SDKs cannot hold an export', () => {
    const slow = { cores: 0.01 };
    expect(valueOf(collectors.outageLead, 'backend-down', slow)).toBe(0);
    expect(valueOf(stores.churnLead, 'series-churn', slow)).toBe(0);
    expect(valueOf(stores.diskLead, 'traces-kept', slow)).toBe(0);
    expect(valueOf(queries.slowSearches, 'unpartitioned-logs', slow)).toBe(0);
    expect(valueOf(collectors.surgeNoneLost, 'sharded-collector', {})).toBe(0);
    expect(valueOf(collectors.surgeNoneLost, 'sharded-collector', { instances: 1 })).toBeGreaterThan(0);
  });
});
