/** A Prometheus and what it scrapes: what it knows after crashes, slow answers, limits and restarts of its own. */
import { beforeEach, expect, test } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, toSeconds, type Time } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { dashboard } from '../../../../sim-core/observability/metrics/dashboard.ts';
import { Meter } from '../../../../sim-core/observability/metrics/instruments/meter.ts';
import { Prometheus, type PrometheusOptions } from '../../../../sim-core/observability/metrics/prometheus.ts';
import { prometheusKilled, prometheusScraped } from '../../../../sim-core/observability/metrics/prometheus-signals.ts';
import { expositionOf, ScrapeTarget } from '../../../../sim-core/observability/metrics/scrape-target.ts';
import { targetLabels } from '../../../../sim-core/observability/metrics/series/prometheus-names.ts';
import { counterIncrease } from '../../../../sim-core/observability/metrics/series/rates.ts';
import { instant } from '../../../../sim-core/observability/metrics/series/vector.ts';
import { NO_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../sim-core/observability/signals/instrumented-process.ts';

let sim: Simulation;
beforeEach(() => (sim = new Simulation()));

interface App {
  readonly meter: Meter;
  isUp: boolean;
}

const requests = { name: 'http.server.requests', unit: '{request}', description: 'Requests' };
const REQUESTS = 'http_server_requests_total';

/** One application that counts a request a second, and who scrapes it. */
function scraped(options: Partial<PrometheusOptions> = {}, delay = ms(1)): { app: App; prometheus: Prometheus } {
  const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };
  const process = new InstrumentedProcess(sim, { resource, cores: 1, costs: { ...NO_COSTS, byte: 1000 } });
  const app: App = { meter: new Meter(process), isUp: true };
  const counter = app.meter.counter(requests);
  for (let i = 0; i < 300; i++) sim.scheduleAt(s(i), () => counter.add(1, {}), undefined);
  const target = new ScrapeTarget({ name: 'orders-1', meter: app.meter, isUp: () => app.isUp });
  const link = new Link(sim, target, { from: 'prometheus', delay: constant(delay) });
  const prometheus = new Prometheus(sim, {
    name: 'prometheus',
    targets: [{ link, labels: targetLabels(resource) }],
    scrapeInterval: s(5),
    scrapeTimeout: s(1),
    evaluationInterval: s(5),
    evaluations: [],
    ...options,
  });
  return { app, prometheus };
}

const at = (time: Time, deed: () => void): void => void sim.scheduleAt(time, deed, undefined);
const valueOf = (prometheus: Prometheus, name: string): number | undefined =>
  instant(prometheus.head.floats, { name }, sim.now)[0]?.value;

test('a counter that is scraped grows as what is counted, over a crash as well', () => {
  const { app, prometheus } = scraped();
  at(s(60.5), () => {
    app.isUp = false;
    app.meter.process.crash();
  });
  at(s(80.5), () => (app.isUp = true));
  const seen: unknown[] = [];
  for (const time of [59, 75, 120])
    at(s(time), () => seen.push([valueOf(prometheus, 'up'), valueOf(prometheus, REQUESTS) !== undefined]));
  sim.runUntil(s(121));
  // While it is down its series are stale at once, not five minutes later.
  expect(seen).toEqual([
    [1, true],
    [0, false],
    [1, true],
  ]);
  const [{ labels, value }] = counterIncrease(prometheus.head.floats, { name: REQUESTS }, s(60), s(120));
  expect(labels).toEqual({ job: 'orders', instance: 'orders-1' });
  // 60 requests came; those between the last scrape before the crash and the crash are lost with the process, up to an interval.
  expect(value).toBeGreaterThan(50);
  expect(value).toBeLessThanOrEqual(61);
});

test('a scrape that takes longer than its timeout failed', () => {
  const outcomes: string[] = [];
  const { prometheus } = scraped({ scrapeTimeout: ms(100) }, ms(60));
  sim.facts
    .channel(prometheusScraped)
    .listen(({ outcome, duration }) => outcomes.push(`${outcome} ${toSeconds(duration)}`));
  sim.runUntil(s(12));
  expect(new Set(outcomes)).toEqual(new Set(['timeout 0.1']));
  expect([valueOf(prometheus, 'up'), valueOf(prometheus, REQUESTS)]).toEqual([0, undefined]);
  sim = new Simulation();
  expect(() => scraped({ scrapeTimeout: s(6) })).toThrow('scrape timeout of 6000000000 ns is longer than the interval');
});

test('writing the page takes the target’s processors by its bytes', () => {
  const durations = new Set<number>();
  const { app } = scraped();
  sim.facts.channel(prometheusScraped).listen(({ duration }) => durations.add(duration));
  sim.runUntil(s(12));
  const { bytes, samples } = expositionOf(app.meter.collect());
  expect(samples).toBe(1);
  expect([...durations]).toEqual([ms(2) + bytes * 1000]);
});

test('of a scrape with more samples than its limit nothing is kept', () => {
  const { app, prometheus } = scraped({ sampleLimit: 3 });
  const counter = app.meter.counter({ ...requests, name: 'http.server.requests.by_user' });
  at(s(20), () => ['a', 'b', 'c'].forEach((user) => counter.add(1, { 'user.id': user })));
  const seen: unknown[] = [];
  for (const time of [19, 30])
    at(s(time), () => seen.push([valueOf(prometheus, 'up'), valueOf(prometheus, REQUESTS) === undefined]));
  sim.runUntil(s(31));
  expect(seen).toEqual([
    [1, false],
    [0, true],
  ]);
  expect(valueOf(prometheus, 'scrape_samples_scraped')).toBe(4);
  expect(valueOf(prometheus, 'scrape_samples_post_metric_relabeling')).toBe(4);
});

test('a scrape says of itself how it went, in five series', () => {
  const { app, prometheus } = scraped();
  const counter = app.meter.counter({ ...requests, name: 'http.server.requests.by_user' });
  at(s(20), () => ['a', 'b', 'c'].forEach((user) => counter.add(1, { 'user.id': user })));
  const added: unknown[] = [];
  for (const time of [5, 19, 25, 31]) at(s(time), () => added.push(valueOf(prometheus, 'scrape_series_added')));
  sim.runUntil(s(32));
  expect(added).toEqual([1, 0, 3, 0]);
  expect(valueOf(prometheus, 'scrape_samples_post_metric_relabeling')).toBe(4);
  // Those of the counters, and `up`, the duration, two numbers of samples and what was added.
  expect(prometheus.head.series).toBe(4 + 5);
});

test('a series that a target no longer shows is stale', () => {
  const { app, prometheus } = scraped();
  let shown: string | undefined = 'in';
  app.meter.observableGauge({ name: 'queue.length', unit: '{request}', description: '' }, (tell) => {
    if (shown !== undefined) tell(1, { queue: shown });
  });
  at(s(10.1), () => (shown = undefined));
  const seen: unknown[] = [];
  for (const time of [10, 16]) at(s(time), () => seen.push(valueOf(prometheus, 'queue_length')));
  sim.runUntil(s(17));
  expect(seen).toEqual([1, undefined]);
});

test('too many series have it killed, again and again, ever longer, since its log brings them back', () => {
  const killed: number[] = [];
  const shown: number[] = [];
  const { app, prometheus } = scraped({
    memoryLimit: 100_000,
    evaluations: [
      dashboard(sim, [{ name: 'dashboard.up', unit: '1', help: '', show: () => void shown.push(sim.now) }]),
    ],
  });
  sim.facts.channel(prometheusKilled).listen(() => killed.push(sim.now));
  const counter = app.meter.counter({ ...requests, name: 'http.server.requests.by_user' });
  at(s(20.5), () => {
    for (let user = 0; user < 100; user++) counter.add(1, { 'user.id': `user-${user}` });
  });
  sim.runUntil(s(150));
  const gaps = killed.slice(1).map((time, i) => toSeconds(time - killed[i]));
  expect(gaps).toEqual([10, 20, 40]);
  expect(killed[0]).toBeGreaterThan(s(20.5));
  expect(shown.every((time) => time <= killed[0])).toBe(true);
  expect(prometheus.isUp).toBe(false);
  expect(prometheus.head.bytes).toBeGreaterThan(100_000);
});

test('memory is by series, their labels, values that are new, and samples', () => {
  const { prometheus } = scraped();
  const { head } = prometheus;
  const labels = { __name__: 'n', user: 'u-1' };
  const names = '__name__'.length + 'n'.length + 'user'.length + 'u-1'.length;
  head.append(labels, s(1), 1);
  const first = 2 * (732 + 2 * 32 + 2 * 120 + 2 * names + 3);
  expect(head.bytes).toBe(first);
  head.append(labels, s(2), 1);
  expect(head.bytes).toBe(first + 2 * 3);
  head.append({ ...labels, user: 'u-2' }, s(2), 1);
  expect(head.bytes).toBe(2 * first + 2 * 3 - 2 * 120);
  head.forget(s(3));
  expect([head.bytes, head.series]).toEqual([0, 0]);
});
