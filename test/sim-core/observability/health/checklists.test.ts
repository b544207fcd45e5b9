/** Each row of the handbook's checklists: good, bad by what it is about and by nothing else, untold without it. */
import { describe, expect, it } from 'vitest';
import {
  checklistsOf,
  run,
  s,
  type Checklist,
  type ChecklistRow,
  type RunEvidence,
} from '../../../../sim-core/index.ts';
import hotKey from '../../../../scenarios/caching/hot-key.ts';
import stampede from '../../../../scenarios/caching/stampede.ts';
import { STAMPEDE_CONTROL } from '../../../../sim-core/cache/stampede/stampede-control.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { structuredLine } from '../../../../sim-core/observability/logging/log-line.ts';
import { LogStore, PERSONAL_DATA } from '../../../../sim-core/observability/logging/log-store.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { ANY_TIME, KEEPS_FOR, keepsFor, NOT_SET } from '../../../../sim-core/observability/signals/retention.ts';
import type { Attributes, LogRecord } from '../../../../sim-core/observability/signals/telemetry.ts';
import { smallSystem } from '../../lab/small-system.ts';
import { column, counter, evidenceOf, gauge, ratio, ROWS } from './evidence.ts';

const checklist = (evidence: RunEvidence, id: Checklist['id']): readonly ChecklistRow[] =>
  checklistsOf(evidence).find((one) => one.id === id)!.rows;
const row = (evidence: RunEvidence, id: Checklist['id'], item: string): ChecklistRow => {
  const rows = checklist(evidence, id);
  const found = rows.find((one) => one.item === item);
  if (found === undefined) throw new Error(`there is no ${item}; there are ${rows.map((one) => one.item).join(', ')}`);
  return found;
};
const verdicts = (evidence: RunEvidence, id: Checklist['id']): Record<string, string> =>
  Object.fromEntries(checklist(evidence, id).map(({ item, verdict }) => [item, verdict]));

/** A cache that is well: twenty loads a second, of which one in ten meets another of its key. */
const well = {
  'cache.hit_ratio': ratio(column(0.95)),
  'cache.load.duration': {
    kind: 'histogram',
    columns: { mean: column(0.01), count: column(20) },
    summary: { mean: 0.01 },
  },
  'cache.evictions': counter(column(15)),
  'cache.loads': counter(column(20)),
  'cache.loads.redundant': counter(column(2)),
  'cache.hot_key.share': gauge(column(0.1)),
};

describe('the cache dashboard', () => {
  const good = {
    'Hit Ratio': 'good',
    'Avg Load Time': 'good',
    'Evictions Spike': 'good',
    'Stampede Incidents': 'good',
    'Hot Key Ratio': 'good',
  };

  it('is good of a cache that is well, and untold without one', () => {
    expect(verdicts(evidenceOf(well), 'cache')).toEqual(good);
    expect(new Set(Object.values(verdicts(evidenceOf({}), 'cache')))).toEqual(new Set(['untold']));
  });

  it.each([
    ['Hit Ratio', { 'cache.hit_ratio': ratio(column(0.95, { 40: 0.8 })) }],
    [
      'Avg Load Time',
      {
        'cache.load.duration': {
          ...well['cache.load.duration'],
          columns: { mean: column(0.01, { 40: 0.05 }), count: column(20) },
        },
      },
    ],
    ['Evictions Spike', { 'cache.evictions': counter(column(15, { 40: 60 })) }],
    [
      'Stampede Incidents',
      { 'cache.loads.redundant': counter(column(2, { 40: 70 })), 'cache.loads': counter(column(20, { 40: 90 })) },
    ],
    ['Hot Key Ratio', { 'cache.hot_key.share': gauge(column(0.1, { 40: 0.15 })) }],
  ])('%s is broken from the row of its incident on, for a window, and alone', (item, incident) => {
    const evidence = evidenceOf({ ...well, ...incident });
    expect(verdicts(evidence, 'cache')).toEqual({ ...good, [item]: 'bad' });
    const { broken } = row(evidence, 'cache', item);
    // What a monitor has read stands for its own window.
    expect(broken).toEqual([{ from: 41e9, to: (item === 'Hot Key Ratio' ? 42 : 43) * 1e9 }]);
  });

  it('a region is a row of its own, which the mean over all may hide', () => {
    const evidence = evidenceOf({ ...well, 'cache.hit_ratio.south': ratio(column(0.95, { 40: 0.5 }), column(10)) });
    expect(verdicts(evidence, 'cache')).toEqual({ ...good, 'Hit Ratio, south': 'bad' });
  });

  it('few lookups make no ratio, and few evictions no spike', () => {
    const few = evidenceOf({ ...well, 'cache.hit_ratio': ratio(column(0.5), column(9)) });
    expect(row(few, 'cache', 'Hit Ratio').verdict).toBe('untold');
    // Four times as many as before, which chance may bring.
    const rare = evidenceOf({ ...well, 'cache.evictions': counter(column(1, { 40: 7 })) });
    expect(row(rare, 'cache', 'Evictions Spike').verdict).toBe('good');
  });

  it('what goes on for ten windows is the baseline', () => {
    const rise = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [20 + i, 45]));
    const { broken } = row(
      evidenceOf({ ...well, 'cache.evictions': counter(column(15, rise)) }),
      'cache',
      'Evictions Spike',
    );
    expect(broken).toHaveLength(1);
    expect(broken[0].to).toBeLessThan(40e9);
  });

  it('tells the memory pressure beside the evictions', () => {
    const full = { 'cache.entries': gauge(column(80, { 50: 100 })), 'cache.room': gauge(column(100)) };
    expect(row(evidenceOf({ ...well, ...full }), 'cache', 'Evictions Spike').found).toContain(
      '80 % to 100 % of the room',
    );
  });

  it('counts the hottest key from the lookups that were kept, where no monitor does', () => {
    const lookups = 150 * ROWS;
    const times = Float64Array.from({ length: lookups }, (_, i) => (i / 150) * 1e9);
    // One key in five of them in the seconds from 30 to 32, one in ten otherwise.
    const key = times.map((time, i) => (i % (time >= 30e9 && time < 32e9 ? 5 : 10) === 0 ? 0 : 1 + (i % 97)));
    const table = { kind: 'cache.lookup', rows: lookups, times, columns: { key } };
    const { 'cache.hot_key.share': _, ...signals } = well;
    const { broken, found } = row(
      evidenceOf(signals, { facts: { tables: [table], sampledOneIn: 1 } }),
      'cache',
      'Hot Key Ratio',
    );
    // A window with one of the two seconds has fifteen in a hundred, which is not less than that.
    expect(broken).toEqual([{ from: 31e9, to: 34e9 }]);
    expect(found).toMatch(/^20[.\d]* % for one key/);
  });

  it('finds of the stampede what it is about, and of the mutex that it is gone', () => {
    expect(row(run(stampede, { variant: 'none' }), 'cache', 'Stampede Incidents').verdict).toBe('bad');
    expect(row(run(stampede, { variant: 'mutex' }), 'cache', 'Stampede Incidents').verdict).toBe('good');
  });
});

describe('Kafka’s health', () => {
  const fine = {
    'kafka.consumer_group.lag': gauge(column(100)),
    'messaging.client.sent.messages': counter(column(500)),
    'kafka.partition.under_replicated': gauge(column(0)),
    'kafka.isr.shrinks': counter(column(0, { 30: 3, 31: 3 })),
    'kafka.producer.record_errors': counter(column(0)),
    'kafka.consumer_group.rebalances': counter(column(0, { 30: 1, 31: 1 })),
  };
  const good = {
    'Lag Growth Derivative': 'good',
    'Under-replicated Partitions': 'good',
    'ISR Shrink Events': 'good',
    'Produce Error Rate': 'good',
    'Consumer Rebalance Frequency': 'good',
  };
  /** A lag that has risen by so many records a second since the thirtieth. */
  const rising = (rate: number) =>
    gauge(Float64Array.from({ length: ROWS }, (_, i) => 100 + rate * Math.max(0, i - 30)));
  const often = Object.fromEntries([20, 25, 30, 35].map((at) => [at, 1]));

  it('is good of a cluster that had one event of each kind', () => {
    expect(verdicts(evidenceOf(fine), 'kafka')).toEqual(good);
  });

  it.each([
    ['Lag Growth Derivative', { 'kafka.consumer_group.lag': rising(50) }],
    ['Under-replicated Partitions', { 'kafka.partition.under_replicated': gauge(column(0, { 40: 1 })) }],
    ['ISR Shrink Events', { 'kafka.isr.shrinks': counter(column(0, often)) }],
    ['Produce Error Rate', { 'kafka.producer.record_errors': counter(column(0, { 40: 2 })) }],
    ['Consumer Rebalance Frequency', { 'kafka.consumer_group.rebalances': counter(column(0, often)) }],
  ])('%s alone is bad by what it is about', (item, fault) => {
    expect(verdicts(evidenceOf({ ...fine, ...fault }), 'kafka')).toEqual({ ...good, [item]: 'bad' });
  });

  it('a lag that grows by less than a twentieth of what is sent is stable, and so is one that falls', () => {
    for (const rate of [20, -50]) {
      expect(verdicts(evidenceOf({ ...fine, 'kafka.consumer_group.lag': rising(rate) }), 'kafka')).toEqual(good);
    }
  });
});

describe('the service-level objectives', () => {
  const duration = (p99: Float64Array) => ({
    kind: 'histogram',
    columns: { count: column(200), p99 },
    summary: { p99: 0.1 },
  });
  const met = {
    'http.client.request.error_ratio': ratio(column(0.0005)),
    'http.client.request.duration': duration(column(0.1)),
    'kafka.consumer_group.lag': gauge(column(100)),
    'cache.hit_ratio': ratio(column(0.95)),
    'db.replication.lag': { kind: 'histogram', columns: { max: column(0.5) }, summary: { p99: 0.5 } },
  };
  const good = {
    'API availability': 'good',
    'API p99': 'good',
    'Consumer lag': 'good',
    'Cache hit rate': 'good',
    'DB replica lag': 'good',
  };

  it.each([
    ['API availability', { 'http.client.request.error_ratio': ratio(column(0.0005, { 40: 0.1 })) }],
    ['API p99', { 'http.client.request.duration': duration(column(0.1, { 40: 0.5 })) }],
    ['Consumer lag', { 'kafka.consumer_group.lag': gauge(column(100, { 40: 5000 })) }],
    ['Cache hit rate', { 'cache.hit_ratio': ratio(column(0.95, { 40: 0.8 })) }],
    [
      'DB replica lag',
      { 'db.replication.lag': { ...met['db.replication.lag'], columns: { max: column(0.5, { 40: 2 }) } } },
    ],
  ])('%s alone is missed by what it is about', (item, fault) => {
    expect(verdicts(evidenceOf(met), 'slo')).toEqual(good);
    expect(verdicts(evidenceOf({ ...met, ...fault }), 'slo')).toEqual({ ...good, [item]: 'bad' });
  });

  it('a bad window that the rest of the run makes up for has burnt, and not missed', () => {
    const errors = { 'http.client.request.error_ratio': ratio(column(0.0005, { 40: 0.02 })) };
    const { verdict, broken, found } = row(evidenceOf({ ...met, ...errors }), 'slo', 'API availability');
    expect([verdict, broken.length]).toEqual(['good', 1]);
    expect(found).toContain('10.2 times as fast');
  });
});

describe('the readiness checklist', () => {
  const bare = evidenceOf({
    'cache.hit_ratio': ratio(column(0.95)),
    'cache.loads': counter(column(20)),
    'cache.loads.redundant': counter(column(2)),
    'dlq.depth': gauge(column(3)),
  });

  it('each protection is missed where what it protects is there, and found where it is', () => {
    const guarded = evidenceOf({
      ...Object.fromEntries(bare.signals.map(({ name, ...rest }) => [name, rest])),
      'cache.hit_ratio.alerts': counter(column(0)),
      'dlq.alerts': counter(column(0)),
      'cache.hot_key.alerts': counter(column(0)),
    });
    const app = { name: 'app', kind: 'service', state: { [STAMPEDE_CONTROL]: 'single-flight' } };
    for (const item of [
      'Cache: Hit ratio alerting',
      'Cache: Stampede control present',
      'Messaging: DLQ monitored',
      'Hot Keys: Detection alert',
    ]) {
      expect([
        row(bare, 'readiness', item).verdict,
        row({ ...guarded, components: [app] }, 'readiness', item).verdict,
      ]).toEqual(['bad', 'good']);
      expect(row(evidenceOf({}), 'readiness', item).verdict).toBe('untold');
    }
  });

  const control = 'Cache: Stampede control present';

  const runs = [...Object.keys(stampede.variants).map((one) => [one, stampede] as const), ['lease', hotKey] as const];
  it.each(runs)('a stampede’s control is seen, whatever it did: %s', (variant, scenario) => {
    // One expiry of the hot key. Times to live of their own, or soft ones alone, keep no two loads apart.
    const isBare = ['none', 'jitter', 'soft-ttl-as-printed'].includes(variant);
    const found = row(run(scenario, { variant, params: { length: s(11) } }), 'readiness', control);
    expect([found.verdict, found.found.includes('nothing is there')]).toEqual(isBare ? ['bad', true] : ['good', false]);
  });

  it('a stampede’s control is there where no loads met, and none is missed where none were needed', () => {
    const quiet = { 'cache.loads': counter(column(1)), 'cache.loads.redundant': counter(column(0)) };
    const guarded = (state: Readonly<Record<string, string>>): RunEvidence =>
      evidenceOf(quiet, { components: ['app-1', 'app-2'].map((name) => ({ name, kind: 'service', state })) });
    const mutex = row(guarded({ [STAMPEDE_CONTROL]: 'distributed mutex' }), 'readiness', control);
    expect([mutex.verdict, mutex.found]).toEqual([
      'good',
      'distributed mutex in app; 0 of 60 loads began while another of their key was under way',
    ]);
    expect(row(guarded({}), 'readiness', control).verdict).toBe('untold');
  });

  it('a dashboard is published where it shows what an objective is of, and missed where one is measured without', () => {
    const item = 'Metrics: SLO dashboards published';
    const published = (...names: readonly string[]): string =>
      row(evidenceOf(Object.fromEntries(names.map((name) => [name, gauge(column(1))]))), 'readiness', item).verdict;
    expect(published('dashboard.traces.cut')).toBe('attested');
    expect(published('dashboard.traces.cut', 'slo.error_budget.spent')).toBe('bad');
    expect(published('dashboard.slo.burn_rate', 'slo.error_budget.spent')).toBe('good');
    const said = (name: string): RunEvidence => {
      const evidence = evidenceOf({ [name]: gauge(column(1)) });
      return { ...evidence, signals: evidence.signals.map((signal) => ({ ...signal, isIndicator: true })) };
    };
    expect(row(said('dashboard.cache.hit_ratio'), 'readiness', item).verdict).toBe('good');
    const { verdict, signals } = row(said('orders.within_target'), 'readiness', item);
    expect([verdict, signals]).toEqual(['bad', ['orders.within_target']]);
  });

  it('paper is attested, whatever ran', () => {
    const paper = checklist(bare, 'readiness').filter(({ verdict }) => verdict === 'attested');
    expect(paper.map(({ item }) => item)).toEqual(expect.arrayContaining(['Disaster: Runbook for cache flush']));
  });

  it('tells of spans, logs and retention what the run shows, and has attested what it has nothing of', () => {
    const [tracing, logs, cost] = [
      'Tracing: >80% critical paths instrumented',
      'Logs: PII redaction implemented',
      'Cost: Observability retention policy',
    ];
    const verdicts = (rest: Partial<RunEvidence>): string[] =>
      [tracing, logs, cost].map((item) => row(evidenceOf({}, rest), 'readiness', item).verdict);
    expect(verdicts({})).toEqual(['attested', 'attested', 'attested']);

    const names = ['users', 'a', 'b', 'c', 'd', 'e', 'idle'];
    const flows = names.slice(0, -2).map((from, i) => ({ from, to: names[i + 1], requests: column(1) }));
    const components = names.map((name) => ({ name, kind: name === 'users' ? 'client' : 'service', state: {} }));
    const with_ = (traced: readonly string[]): RunEvidence =>
      evidenceOf({}, { components, flows, measures: { traced } });
    // The bound is the handbook's: more than four in five, and an instance stands for its service.
    expect(row(with_(['a', 'b', 'c', 'd']), 'readiness', tracing)).toMatchObject({
      verdict: 'bad',
      found: expect.stringContaining('4 of 5 services and consumers that requests reach write spans; not e'),
    });
    expect(row(with_(['a', 'b-1', 'c-2', 'd', 'e-1']), 'readiness', tracing).verdict).toBe('good');
    // A consumer asks a broker; one at which nothing comes that users asked for is on no path, and so is one that never asks.
    const flow = (from: string, to: string, rate: number) => ({ from, to, requests: column(rate) });
    const kinds = { users: 'client', app: 'service', broker: 'broker', mails: 'consumer', idle: 'consumer' };
    const system = (way: number): RunEvidence =>
      evidenceOf(
        {},
        {
          components: Object.entries(kinds).map(([name, kind]) => ({ name, kind, state: {} })),
          flows: [
            flow('mails', 'broker', 1),
            flow('idle', 'broker', 0),
            flow('app', 'broker', 1),
            flow('users', 'app', way),
          ],
          measures: { traced: ['app'] },
        },
      );
    expect(row(system(1), 'readiness', tracing).found).toContain('1 of 2 services and consumers');
    expect(row(system(0), 'readiness', tracing).verdict).toBe('untold');

    const store = (name: string, state: Readonly<Record<string, number | string>>) => ({
      name,
      kind: 'database',
      state,
    });
    const kept = (personal: number, keeps: string) =>
      verdicts({ components: [store('logs', { lines: 9, [PERSONAL_DATA]: personal, [KEEPS_FOR]: keeps })] });
    expect(kept(0, '60 s')).toEqual(['attested', 'good', 'good']);
    expect(kept(1, ANY_TIME)).toEqual(['attested', 'bad', 'bad']);
    expect(kept(0, NOT_SET)).toEqual(['attested', 'good', 'attested']);
  });

  it('a store of logs counts what the detectors find in body and attributes, and every store says how long it keeps', () => {
    const sim = new Simulation({ seed: 1 });
    const store = new LogStore(sim, {
      name: 'logs',
      labels: () => ({}),
      lineOf: structuredLine,
      chunkBytes: 1000,
      scanRate: 1e6,
    });
    const way = new Link<ExportRequest<'logs'>, ExportResponse>(sim, store, { from: 'agent', delay: constant(0) });
    const line = (body: string, attributes: Attributes = {}): LogRecord => ({
      resource: { 'service.name': 'orders', 'service.instance.id': 'orders-1' },
      time: 0,
      severity: 'INFO',
      body,
      attributes,
      traceId: '4111111111111111'.repeat(2),
      spanId: '',
    });
    const items = [
      line('order.created'),
      line('mail to jane@example.org'),
      line('seen', { address: '10.1.2.3', n: 1 }),
    ];
    way.send({ kind: 'logs', items, bytes: 1 }, new RequestContext(1, 0));
    sim.runUntil(1);
    expect(store.state()).toMatchObject({ lines: 3, [PERSONAL_DATA]: 2, [KEEPS_FOR]: NOT_SET });
    expect([60e9, Infinity].map((longest) => keepsFor(longest)[KEEPS_FOR])).toEqual(['60 s', ANY_TIME]);
  });

  it('a line without a bound is bad, by name', () => {
    const line = (name: string, room: number | string) => ({ name, kind: 'service', state: { 'may wait': room } });
    const item = 'Backpressure: Bounded queues & shedding';
    const endless = evidenceOf({}, { components: [line('app', 10), line('worker', 'any number')] });
    expect(row(endless, 'readiness', item)).toMatchObject({
      verdict: 'bad',
      found: expect.stringContaining('worker may'),
    });
    expect(row(run(smallSystem(), { variant: 'only' }), 'readiness', item)).toMatchObject({
      verdict: 'good',
      found: expect.stringContaining('database 6'),
    });
  });
});
