/**
 * What is true, beside what the dashboard says: at each of its evaluations, of all requests that were answered in the stretch
 * that its panels look back over, exactly. And of the load test: what the users felt in whose midst it ran.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  HdrHistogram,
  MICROSECOND,
  requestCompleted,
  serviceRequest,
  toSeconds,
  type Duration,
  type Simulation,
  type Time,
  type Truth,
} from '../../../sim-core/index.ts';
import { repeatedly } from '../application/repeatedly.ts';
import type { Values } from './params.ts';

export const P99 = 'http.server.request.duration.p99';
export const WITHIN = 'http.server.request.within_target_ratio';
export const USERS_P99 = 'http.client.request.duration.p99';
export const REPORT = 'dashboard.http.client.request.duration.p99';
export const DELAYED = 'http.client.request.delayed';

/** Significant digits of what a load generator reports. */
export const REPORT_DIGITS = 3;

/** Who uses the application, and who tests it. */
export const USERS = 'users';
export const GENERATOR = 'load-generator';

const latencyTrue = defineReading('latency.true', 'What the panels should have shown', {
  p99: 'duration',
  within: 'number',
});
const userDelayed = defineFact(
  'latency.delayed',
  'A user waited for more than half of the time that everything stood still',
  {
    request: 'request',
  },
);
const reported = defineReading('latency.reported', 'What a load generator has reported so far, and what users felt', {
  by: 'text',
  p99: 'duration',
});

const reportSignal = (name: string, who: string, help: string, truth?: Truth) =>
  defineSignal({
    name,
    kind: 'gauge',
    unit: 's',
    help,
    ...(truth && { truth }),
    fact: reported,
    where: ({ by }) => by === who,
    value: ({ p99 }) => toSeconds(p99),
    of: ({ by }) => by,
  });

export const truthSignals = [
  defineSignal({
    name: P99,
    kind: 'gauge',
    unit: 's',
    help: 'True 99th percentile in the instances: of all requests answered in the stretch that panels look back over',
    fact: latencyTrue,
    value: ({ p99 }) => toSeconds(p99),
    of: () => 'all',
  }),
  defineSignal({
    name: WITHIN,
    kind: 'gauge',
    unit: '1',
    help: 'True share of those requests that were within the target',
    fact: latencyTrue,
    value: ({ within }) => within,
    of: () => 'all',
  }),
  reportSignal(USERS_P99, USERS, 'True 99th percentile of what users have felt since the beginning'),
  reportSignal(REPORT, GENERATOR, 'What the load generator reports as its 99th percentile so far; 0 without one', {
    signal: USERS_P99,
  }),
  defineSignal({
    name: DELAYED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests of users that took longer than half of the time that everything stood still',
    fact: userDelayed,
  }),
];

/** Requests that were answered lately, in order. */
class Lately {
  private times: Time[] = [];
  private durations: Duration[] = [];

  add(time: Time, duration: Duration): void {
    this.times.push(time);
    this.durations.push(duration);
  }

  /** In ascending order, of those later than an instant; the others are forgotten. */
  since(time: Time): Float64Array {
    const first = this.times.findIndex((answered) => answered > time);
    const old = first < 0 ? this.times.length : first;
    this.times = this.times.slice(old);
    this.durations = this.durations.slice(old);
    return Float64Array.from(this.durations).sort();
  }
}

export function watchTruth(sim: Simulation, p: Values): void {
  const truth = sim.facts.channel(latencyTrue);
  const lately = new Lately();
  sim.facts.channel(serviceRequest).listen(({ duration }) => lately.add(sim.now, duration));
  const tell = (): void => {
    const durations = lately.since(sim.now - p.window);
    if (durations.length === 0) return;
    const good = durations.filter((duration) => duration <= p.target).length;
    truth.emit({ p99: durations[Math.ceil(0.99 * durations.length) - 1], within: good / durations.length });
  };
  repeatedly(sim, 'the truth is told', p.evaluationInterval, tell);
}

/** The generator's own record, as wrk2 and others keep it, in microseconds; and the same of the users, whom nobody asks. */
export function watchLoadTest(sim: Simulation, p: Values, expectedInterval: Duration): void {
  const delayed = sim.facts.channel(userDelayed);
  const reports = sim.facts.channel(reported);
  const record: Record<string, HdrHistogram> = {
    [USERS]: new HdrHistogram(REPORT_DIGITS),
    [GENERATOR]: new HdrHistogram(REPORT_DIGITS),
  };
  sim.facts.channel(requestCompleted).listen(({ client, request, duration }) => {
    const inMicroseconds = duration / MICROSECOND;
    if (client === GENERATOR && p.corrected) {
      record[client].recordWithExpectedInterval(inMicroseconds, expectedInterval / MICROSECOND);
    } else record[client].record(inMicroseconds);
    if (client === USERS && p.stallFor > 0 && duration > p.stallFor / 2) delayed.emit({ request });
  });
  const tell = (): void => {
    for (const by of [USERS, GENERATOR]) {
      if (record[by].count > 0) reports.emit({ by, p99: record[by].valueAtPercentile(99) * MICROSECOND });
    }
  };
  repeatedly(sim, 'the load generator reports', p.evaluationInterval, tell);
}
