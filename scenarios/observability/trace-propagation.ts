/**
 * Trace propagation: an order goes through HTTP, a queue and a batch, and every service on its way records spans. Does whoever looks up
 * the order's trace find all that was done for it?
 *
 *     users --> edge --> proxy --> orders --> database
 *                                    \----> rabbit --> fulfilment (batches) --> database
 *     edge, orders, fulfilment --> traces
 *
 * The work is the same in all variants, at the same times but for what the instruments take; what differs is how context travels. The
 * backend's view (`dashboard.…`) stands beside what really belongs together, which only the experimenter knows.
 */
import {
  atLeast,
  atMost,
  Database,
  defineScenario,
  difference,
  gamma,
  guardrail,
  Link,
  mean,
  OpenLoopClient,
  peak,
  poisson,
  RabbitMq,
  s,
  spansAfterShutdown,
  spansLost,
  total,
  TraceBackend,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, SHAPE } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { fulfilmentOf } from './trace-propagation/fulfilment.ts';
import {
  DURATION,
  Journeys,
  journeySignals,
  PIECES,
  SEEN_DURATION,
  TRUTHS,
  WHOLE,
} from './trace-propagation/journeys.ts';
import * as limits from './trace-propagation/limits.ts';
import { namingOf } from './trace-propagation/names.ts';
import { params, type Values } from './trace-propagation/params.ts';
import { DATABASE_CORES, edgeOf, ordersOf, proxyOf, QUEUE, rowTime } from './trace-propagation/shop.ts';

const TRACE_WHOLE = 'dashboard.trace.whole_ratio';
const ORPHANS = 'dashboard.trace.orphans';
const LARGEST = 'dashboard.trace.largest';
const LOST = spansLost.name;
const GIVEN_UP = 'otel.sdk.exporter.span.exported.failed';
const TOO_LATE = spansAfterShutdown.name;
const NAMES = 'dashboard.trace.names';

/** What the trace does not show of the time that an order takes. */
const unseen = difference(mean(DURATION), mean(SEEN_DURATION));

/** An order is broken in pieces, and each of them looks like a trace that is whole. */
const unnoticed = [
  atMost(mean(WHOLE), limits.noneWhole),
  atLeast(mean(PIECES), limits.piecesLeast),
  atLeast(mean(TRACE_WHOLE), limits.looksWhole),
];
const wholeWith = (repair: Partial<Values>) => [
  atLeast(mean(WHOLE), limits.allWhole(repair)),
  atMost(mean(PIECES), limits.piecesMost(repair)),
];
const HEADERS_WRITTEN = { injects: true };
const BOTH_READ = { ordersFormat: 'both' } as const;
/** So few orders that a batch of spans is never full, and so long that several instances come and go. */
const restarted = { restarts: true, rate: 25, length: s(70) } as const;
const FLUSHED = { atShutdown: 'flushes' } as const;
const HONOURED = { sampling: 'parent-and-links' } as const;

const SMALL = 'Traces that are linked stay as small as they are apart';
const FEW_NAMES = 'Names are of the handbook’s pattern in both';
const FLUSH_TAKEN =
  'A flush that is given up loses spans before the end; who is killed has no time to give anything up';
const NOBODY_LATE = 'Whoever shuts down before the last span has ended drops it; who is killed shuts nothing down';
const PRESENT = 'Where nothing is sampled no parent is missing, in the broken traces neither';

export default defineScenario({
  id: 'trace-propagation',
  section: '3.3',
  title: 'Trace propagation',
  pitfall: 'Missing async spans',
  question: 'An order goes through a queue. Does its trace?',
  params,
  variants: {
    'broken-async-boundary': { injects: false },
    propagated: {},
    'stripping-proxy': { proxyStrips: true },
    'lost-in-pool': { poolLosesContext: true },
    'one-parent-of-many': { batch: 'child-of-the-first' },
    'leaked-context': { batch: 'child-of-a-leaked-context' },
    'mixed-formats': { edgeFormat: 'b3' },
    'both-formats': { edgeFormat: 'b3', ordersFormat: 'both' },
    'decided-anew': { sampling: 'anew', ratio: 0.2, laterRatio: 0.5 },
    'parent-decides': { sampling: 'parent', ratio: 0.2 },
    'links-decide': { ratio: 0.2 },
    'ids-in-names': { idsInNames: true },
    'killed-at-restart': restarted,
    'flushed-at-shutdown': { ...restarted, ...FLUSHED },
    'one-by-one': { ...restarted, processing: 'simple' },
  },
  roles: {
    'broken-async-boundary': 'pitfall',
    propagated: 'remedy',
    'stripping-proxy': 'fault',
    'lost-in-pool': 'fault',
    'one-parent-of-many': 'alternative',
    'leaked-context': 'fault',
    'mixed-formats': 'pitfall',
    'both-formats': 'remedy',
    'decided-anew': 'pitfall',
    'parent-decides': 'alternative',
    'links-decide': 'remedy',
    'ids-in-names': 'fault',
    'killed-at-restart': 'pitfall',
    'flushed-at-shutdown': 'remedy',
    'one-by-one': 'alternative',
  },
  repairs: {
    propagated: 'broken-async-boundary',
    'both-formats': 'mixed-formats',
    'links-decide': 'decided-anew',
    'flushed-at-shutdown': 'killed-at-restart',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  // A ratio of an interval is told from twenty on, and where a fifth is recorded there are twelve in a second.
  interval: s(2),
  // Traces settle as they were exported, some hundred at once: at this moment some have.
  openAt: s(21.5),
  system,
  signals: [...journeySignals, spansLost, spansAfterShutdown],
  whileRunning: { rate: sentBy('rate', 'users'), queryTime: workedOffBy('queryTime', 'database') },
  charts: [
    WHOLE,
    TRACE_WHOLE,
    PIECES,
    ORPHANS,
    DURATION,
    SEEN_DURATION,
    LARGEST,
    NAMES,
    LOST,
    'otel.sdk.exporter.span.exported',
    'telemetry.cpu.time',
    'telemetry.memory.usage',
    'process.cpu.time',
  ],
  places: {
    users: { x: 0, y: 0 },
    edge: { x: 1, y: 0 },
    proxy: { x: 2, y: 0 },
    orders: { x: 3, y: 0 },
    rabbit: { x: 4, y: 0 },
    fulfilment: { x: 4, y: 1 },
    database: { x: 3, y: 1 },
    traces: { x: 2, y: 2 },
  },
  expect: {
    propagated: [
      ...wholeWith(HEADERS_WRITTEN),
      atMost(unseen, limits.theWayThere(HEADERS_WRITTEN)),
      guardrail(atMost(total(ORPHANS), limits.noOrphans({})), PRESENT),
      guardrail(atMost(peak(LARGEST), limits.ownSpans), SMALL),
      guardrail(atMost(peak(NAMES), limits.namesByPattern), FEW_NAMES),
    ],
    'broken-async-boundary': [...unnoticed, atLeast(unseen, limits.theBooking)],
    'stripping-proxy': unnoticed,
    'lost-in-pool': unnoticed,
    'one-parent-of-many': [atMost(mean(WHOLE), limits.firstsOfBatches), atLeast(mean(TRACE_WHOLE), limits.looksWhole)],
    'leaked-context': [...unnoticed, atLeast(peak(LARGEST), limits.leakedSpans)],
    'mixed-formats': unnoticed,
    'both-formats': wholeWith(BOTH_READ),
    'decided-anew': [
      atLeast(mean(WHOLE), limits.wholeAnewLeast),
      atMost(mean(WHOLE), limits.wholeAnewMost),
      atLeast(total(ORPHANS), limits.orphansLeast),
    ],
    'parent-decides': [atMost(mean(WHOLE), limits.wholeByParent), atMost(total(ORPHANS), limits.noOrphans({}))],
    'links-decide': [
      atLeast(mean(WHOLE), limits.allWhole(HONOURED)),
      atMost(total(ORPHANS), limits.noOrphans(HONOURED)),
    ],
    'ids-in-names': [atLeast(peak(NAMES), limits.namesByOrder)],
    'killed-at-restart': [atLeast(total(LOST), limits.lostLeast)],
    'flushed-at-shutdown': [
      atMost(total(LOST), limits.noneLost(FLUSHED)),
      guardrail(atMost(total(GIVEN_UP), limits.noneLost(FLUSHED)), FLUSH_TAKEN),
      guardrail(atMost(total(TOO_LATE), limits.noneLost(FLUSHED)), NOBODY_LATE),
    ],
    'one-by-one': [atMost(total(LOST), limits.underWay)],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = new Database(sim, {
    name: 'database',
    connections: 100,
    queueMax: 1000,
    cores: DATABASE_CORES,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    rowDemand: rowTime(p),
  });
  const rabbit = new RabbitMq(sim, { name: 'rabbit', help: 'A durable queue of orders' });
  void rabbit.setUp.declareQueue({ name: QUEUE, durable: true, exclusive: false, autoDelete: false, arguments: {} });
  const { IDLE: idle, RETENTION: retention } = limits;
  const traces = new TraceBackend(sim, { name: 'traces', idle, retention, truths: TRUTHS });
  const shop = { sim, p, traces, journeys: new Journeys(sim, traces.index), nameOf: namingOf(p) };
  const edge = edgeOf(shop, proxyOf(shop, ordersOf(shop, database, rabbit)));
  fulfilmentOf(shop, database, rabbit);
  const way = new Link<number, void>(sim, edge, { from: 'users', delay: faraway });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: () => way,
  });
}
