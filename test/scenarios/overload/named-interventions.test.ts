/**
 * A load that is made to spike and a dependency that is slowed, by hand, in each scenario of overload and in stream processing: every target
 * that is offered has its row, and each row its effect: of a surge as much as the scenario's parameters say, of what is slowed a least that
 * follows from its demand.
 */
import { expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { CLUSTER } from '../../../scenarios/messaging/application/orders.ts';
import { ENRICHING } from '../../../scenarios/overload/backpressure/limits.ts';
import { CATALOGUE_TIME } from '../../../scenarios/overload/circuit-breaker/limits.ts';
import { DRAIN, SHOP_TIME } from '../../../scenarios/workflows/stream-processing/limits.ts';
import {
  parseIntervention,
  resolveParameters,
  Run,
  s,
  toSeconds,
  type ParameterValues,
  type Scenario,
  type Trialled,
} from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

const REQUESTS = 'http.client.requests';
const DURATION = 'http.client.request.duration';

interface Row {
  readonly id: string;
  readonly variant: string;
  readonly params: ParameterValues;
}
const calm = { troubleAt: s(3600) };
const rows = {
  backpressure: { id: 'backpressure', variant: 'bounded-drop', params: { spikeAt: s(3600), length: s(8) } },
  limited: { id: 'rate-limiting', variant: 'none', params: { length: s(12) } },
  breaker: { id: 'circuit-breaker', variant: 'timeout-only', params: { ...calm, length: s(7) } },
  shed: { id: 'load-shedding', variant: 'priority-shed', params: { rushAt: s(3600), length: s(8) } },
  batched: { id: 'dynamic-batching', variant: 'adaptive', params: { rushFor: s(2), calmFor: s(4), rest: s(1) } },
  gray: { id: 'gray-failure', variant: 'round-robin', params: { ...calm, length: s(8) } },
  doomed: { id: 'doomed-work', variant: 'retry-at-one-tier', params: { ...calm, length: s(8) } },
  streams: {
    id: 'stream-processing',
    variant: 'stateless',
    params: { crashAt: s(600), commitInterval: s(0.5), length: s(22) },
  },
  connect: { id: 'stream-processing', variant: 'connect-upsert', params: { crashAt: s(600), length: s(22) } },
} satisfies Record<string, Row>;

const scenarioOf = (id: string): Scenario => catalogue.find(({ scenario }) => scenario.id === id)!.scenario;

const without = new Map<Row, Trialled>();
/** A run with a deed, and one without it. */
function both(row: Row, deed: string): [Trialled, Trialled] {
  const { id, variant, params } = row;
  const run = (...deeds: string[]): Trialled =>
    trialled(scenarioOf(id), { variant, params, interventions: deeds.map(parseIntervention) });
  if (!without.has(row)) without.set(row, run());
  return [run(deed), without.get(row)!];
}

/** Requests that came up to a time, in seconds. */
function cameUntil({ signals }: Trialled, { id }: Row, time: number): number {
  const { columns } = signals.find(({ name }) => name === REQUESTS)!;
  const rows = Math.round(time / toSeconds(scenarioOf(id).interval as number));
  return columns['count'].slice(0, rows).reduce((sum, count) => sum + count, 0);
}

const AT = 3;
/** Of each client: the parameter that is its rate, and for how long nothing else has changed it after the deed. */
const surges: readonly [row: Row, client: string, rate: string, seconds: number][] = [
  [rows.backpressure, 'devices', 'rate', 5],
  [rows.limited, 'users', 'userRate', 9],
  [rows.breaker, 'buyers', 'buyerRate', 4],
  [rows.breaker, 'readers', 'readerRate', 4],
  [rows.shed, 'core', 'coreRate', 5],
  [rows.shed, 'rest', 'restRate', 5],
  // A rush is the scenario's own, at eight seconds.
  [rows.batched, 'users', 'rate', 5],
  [rows.gray, 'users', 'rate', 5],
  [rows.doomed, 'users', 'rate', 5],
  // As many orders are to come as in 14 s, and come sooner.
  [rows.streams, 'users', 'rate', 6],
];

it.each(surges.map((surge) => [surge[0].id, surge[1], surge] as const))(
  'in %s a surge of %s sends as many more as it says',
  (_id, _client, [row, client, rate, seconds]) => {
    const runs = both(row, `${AT}s:surge:${client}:factor=1.5`);
    const [more, usual] = runs.map((run) => cameUntil(run, row, AT + seconds));
    const { params } = new Run(scenarioOf(row.id), { variant: row.variant, params: row.params }).finish().header;
    const expected = 0.5 * (params[rate] as number) * seconds;
    // Both runs have a Poisson number after the deed, and other clients' are the same.
    const chance = 5 * Math.sqrt(2.5 * (params[rate] as number) * seconds);
    expect(Math.abs(more - usual - expected)).toBeLessThan(chance);
    expect(more).toBeGreaterThan(usual);
  },
);

it('in rate-limiting a surge of the partner has its pulses come sooner after each other', () => {
  const [more, usual] = both(rows.limited, `${AT}s:surge:partner:factor=3`).map((run) =>
    cameUntil(run, rows.limited, 12),
  );
  expect(more).toBeGreaterThan(usual);
});

/** Numbers of a run's parameters; times in seconds. */
type Has = (name: string) => number;
type Takes = (name: string) => number;

/** What is to be worked off and cannot be, from the deed until users stop: of so many a second, each of which takes so long now. */
const piledUp = (has: Has, rate: number, takes: number): number =>
  (rate - 1 / takes) * (toSeconds(has('length') - DRAIN) - AT);

/**
 * By how much the field is more, worked out from the parameters: what is added to each by so many times its demand, to how many are inside by
 * Little's law, or to what waits. A summary has the time before the deed as well, and chance: half of it is claimed. A median over a run of
 * which most is slowed moves by no less.
 */
const slowed: readonly [
  row: Row,
  deed: string,
  signal: string,
  field: string,
  more: (has: Has, takes: Takes) => number,
][] = [
  [rows.backpressure, 'slow:store:factor=1.5', 'pipeline.duration', 'p50', (_, takes) => 0.5 * takes('loadTime')],
  [rows.backpressure, 'slow:enrich:factor=10', 'pipeline.duration', 'p50', () => 9 * toSeconds(ENRICHING)],
  [rows.limited, 'slow:backend:factor=3', DURATION, 'p50', (_, takes) => 2 * takes('loadTime')],
  [rows.breaker, 'slow:catalogue:factor=5', 'shop.buyers.duration', 'p50', () => 4 * toSeconds(CATALOGUE_TIME)],
  [
    rows.breaker,
    'slow:recommender:factor=1.4',
    'shop.threads_held',
    'mean',
    (has, takes) => has('readerRate') * 0.4 * takes('loadTime'),
  ],
  [rows.shed, 'slow:backend:factor=2', 'answers.duration', 'p50', (_, takes) => takes('loadTime')],
  [rows.batched, 'slow:store:factor=3', DURATION, 'p50', (_, takes) => 2 * (takes('fixed') + takes('each'))],
  // Of every eight requests one, so that the slowest hundredth is of these.
  [rows.gray, 'slow:replica-1:factor=20', DURATION, 'p99', (_, takes) => 19 * takes('loadTime')],
  [rows.doomed, 'slow:disk:factor=2', DURATION, 'p50', (_, takes) => takes('loadTime')],
  // Of two workers, so of half the orders.
  [
    rows.streams,
    'slow:worker-1:factor=100',
    'kafka.consumer_group.lag',
    'max',
    (has, takes) => piledUp(has, has('rate') / 2, 100 * takes('processTime')),
  ],
  // Of three brokers, so that the slowest hundredth has waited for this one.
  [rows.streams, 'slow:broker-1:factor=50', DURATION, 'p99', () => 49 * toSeconds(CLUSTER.requestTime)],
  [
    rows.connect,
    'slow:warehouse:factor=40',
    'orders.rows.missing',
    'max',
    (has, takes) => piledUp(has, has('rate'), 40 * takes('processTime')),
  ],
  [rows.connect, 'slow:shop:factor=20', DURATION, 'p50', () => 19 * toSeconds(SHOP_TIME)],
];

it.each(slowed.map((slow) => [slow[0].id, slow[1], slow] as const))(
  'in %s %s is felt by whoever waits for it',
  (_id, _deed, [row, deed, signal, field, more]) => {
    const [slow, usual] = both(row, `${AT}s:${deed}`).map((run) => summaryOf(run, signal, field));
    const params = resolveParameters(scenarioOf(row.id), row.variant, row.params);
    const has: Has = (name) => params[name] as number;
    const least = more(has, (name) => toSeconds(has(name))) / 2;
    expect(least).toBeGreaterThan(0);
    expect(slow - usual).toBeGreaterThanOrEqual(least);
  },
);

it('has a row for every target that is offered, but for copies of one that has, and who only reads', () => {
  const tested = new Set([
    ...surges.map(([row, client]) => `${row.id} surge ${client}`),
    'rate-limiting surge partner',
  ]);
  for (const [row, deed] of slowed) tested.add(`${row.id} ${deed.split(':').slice(0, 2).join(' ')}`);
  const copies = /slow (replica-[2-8]|broker-[23]|worker-2|reader-1|sink-1)$/;
  for (const row of Object.values(rows)) {
    const { components } = new Run(scenarioOf(row.id), { variant: row.variant, params: row.params }).finish();
    for (const { name, interventions } of components) {
      for (const { action } of interventions) {
        const offered = `${row.id} ${action} ${name}`;
        if ((action === 'surge' || action === 'slow') && !copies.test(offered)) expect(tested).toContain(offered);
      }
    }
  }
});
