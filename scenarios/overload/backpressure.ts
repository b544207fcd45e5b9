/**
 * Backpressure: readings come four times as fast as they can be stored, for five seconds. What is too many has to go somewhere.
 *
 *     devices --> spool ==> enrich ==> store
 *
 * How a stage hands over to the next one (==>), and what bounds its buffer, is the only thing that differs. All variants get the
 * same readings at the same times, and each takes the same time to store.
 */
import {
  atEnd,
  atLeast,
  atMost,
  constant,
  defineScenario,
  gamma,
  guardrail,
  Link,
  ms,
  OpenLoopClient,
  ParcelBook,
  peak,
  poisson,
  quantile,
  s,
  Spool,
  Stage,
  total,
  zipfPopularity,
  type Handover,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { DEMAND_IN_CALM, DEMAND_IN_SPIKE, demandSignals, watchDemand } from './backpressure/demand-looks.ts';
import * as limits from './backpressure/limits.ts';
import { params, type Values } from './backpressure/params.ts';
import * as signs from './backpressure/signal-limits.ts';
import {
  DEMAND,
  ENRICH_HELD,
  GOODPUT,
  GROWTH,
  IN_TIME_IN_SPIKE,
  LAG,
  monitor,
  SATURATION,
  STORE_HELD,
  STORED_IN_SPIKE,
  tallySignals,
  WATERMARK_DELAY,
  watchSpike,
} from './backpressure/tally.ts';

const MEMORY = 'process.memory.usage';
const DROPPED = 'pipeline.dropped';
const LOST = 'pipeline.lost';
const DURATION = 'pipeline.duration';

/** Who puts and found nobody tries again after so long. */
const RETRY_AFTER = ms(100);

const NONE_DROPPED = 'Nothing is dropped by design, as without a bound: what is too many waits upstream';
const CAUGHT_UP =
  'What waited is worked off when the spike is over; a process that lost what it held has less to work off';

const USED_UP = 'What is asked for in the spike is there at once; where nobody asks there is nothing to be used up';

const drops = [
  atLeast(total(IN_TIME_IN_SPIKE), limits.inTime),
  atMost(quantile(DURATION, 'p99'), limits.behindFull),
  atMost(peak(MEMORY), limits.boundedMemory),
  atMost(total(LOST), limits.noneLost),
  atLeast(total(DROPPED), limits.elsewhere),
  atMost(peak(WATERMARK_DELAY), signs.watermarkMoves),
  atMost(peak(SATURATION), signs.boundedSaturation),
];
const losesNothing = [
  atMost(total(LOST), limits.noneLost),
  guardrail(atMost(total(DROPPED), limits.noneDropped), NONE_DROPPED),
  atMost(peak(MEMORY), limits.boundedMemory),
  atLeast(peak(LAG), limits.spooled),
  guardrail(
    atLeast(peak(GROWTH), signs.grows),
    'What is too many is kept here as well: the backlog grows, in another place',
  ),
  atMost(peak(SATURATION), signs.boundedSaturation),
  atLeast(total(STORED_IN_SPIKE), limits.nearCapacity),
  guardrail(atMost(atEnd(WATERMARK_DELAY), limits.workedOff), CAUGHT_UP),
];
/** What is asked for, and nothing else, goes from stage to stage, and the spool learns of it as well. */
const asksEndToEnd = [
  atLeast(quantile(DEMAND_IN_CALM, 'p50'), signs.askedInCalm),
  guardrail(
    atMost(peak(DEMAND), signs.askedMost),
    'A stage that pulls asks for its prefetch at most; where stages push nothing is asked for',
  ),
  guardrail(atMost(quantile(DEMAND_IN_SPIKE, 'p50'), signs.askedInSpike), USED_UP),
];

export default defineScenario({
  id: 'backpressure',
  section: '2.9',
  title: 'Backpressure',
  pitfall: 'Infinite buffering',
  question: 'Readings come four times as fast as they can be stored. Where do those go that are too many?',
  params,
  variants: {
    'unbounded-queue': { handOver: 'push', isBounded: false },
    'bounded-drop': { handOver: 'push' },
    'bounded-drop-oldest': { handOver: 'push', overflow: 'drop-oldest' },
    'bounded-error': { handOver: 'push', overflow: 'error' },
    'bounded-block': { handOver: 'block' },
    'reactive-pull': { handOver: 'pull' },
    'reactor-as-printed': { handOver: 'pull-or-drop', bound: 256 },
  },
  roles: {
    'unbounded-queue': 'pitfall',
    'bounded-drop': 'remedy',
    'bounded-drop-oldest': 'remedy',
    'bounded-error': 'alternative',
    'bounded-block': 'remedy',
    'reactive-pull': 'remedy',
    'reactor-as-printed': 'alternative',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(8),
  system,
  signals: [...tallySignals, ...demandSignals],
  whileRunning: {
    rate: sentBy('rate', 'devices'),
    loadTime: workedOffBy('loadTime', 'store'),
    bound: (items) => ['enrich', 'store'].map((target) => ({ action: 'bound', target, args: { items } })),
  },
  charts: [
    GOODPUT,
    MEMORY,
    STORE_HELD,
    ENRICH_HELD,
    LAG,
    GROWTH,
    WATERMARK_DELAY,
    SATURATION,
    'pipeline.queued',
    'pipeline.active',
    DEMAND,
    DURATION,
  ],
  expect: {
    'unbounded-queue': [
      atLeast(total('pipeline.stage.deaths'), limits.killed),
      atLeast(total(LOST), limits.lostAtOnce),
      atMost(total(IN_TIME_IN_SPIKE), limits.hardlyAny),
      atLeast(peak(GROWTH), signs.grows),
      atMost(peak(LAG), 0),
      atLeast(peak(WATERMARK_DELAY), signs.watermarkStands),
      atLeast(peak(SATURATION), signs.saturated),
    ],
    'bounded-drop': drops,
    'bounded-drop-oldest': [...drops, atMost(quantile(DURATION, 'p90'), signs.behindNewest)],
    'bounded-error': [
      atMost(total('pipeline.delivered'), signs.untilOverflow),
      atMost(total(STORED_IN_SPIKE), signs.noneAfterOverflow),
      atMost(peak(MEMORY), limits.boundedMemory),
    ],
    'bounded-block': losesNothing,
    'reactive-pull': [...losesNothing, ...asksEndToEnd],
    'reactor-as-printed': [
      atLeast(total(DROPPED), limits.elsewhere),
      atMost(peak(MEMORY), limits.boundedMemory),
      atLeast(quantile(DURATION, 'p99'), limits.prefetchedWait),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const book = new ParcelBook(sim);
  const process = {
    book,
    bound: p.isBounded ? p.bound : Infinity,
    overflow: p.overflow,
    memoryMax: p.memory,
    restart: p.restart,
  };
  const store = new Stage(sim, {
    ...process,
    name: 'store',
    help: 'Stores readings: a worker a reading, and a buffer before the workers',
    workers: p.workers,
    service: gamma(SHAPE, p.loadTime / SHAPE),
  });
  const toNext = (from: string, stage: Stage) => ({
    stage,
    link: new Link<Handover, undefined>(sim, stage, { from, delay: nearby, isOrdered: true }),
    retryAfter: RETRY_AFTER,
  });
  const enrich = new Stage(sim, {
    ...process,
    name: 'enrich',
    help: 'Looks up where a device stands, one reading at a time, and hands it on to be stored',
    workers: 1,
    service: constant(limits.ENRICHING),
    next: { ...toNext('enrich', store), by: p.handOver },
  });
  const spool = new Spool(sim, {
    name: 'spool',
    book,
    itemSize: p.itemSize,
    shedAfter: p.shedAfter,
    // What drops what is not asked for asks its own source for everything.
    next: { ...toNext('spool', enrich), by: p.handOver === 'pull-or-drop' ? 'push' : p.handOver },
  });
  const way = new Link(sim, spool, { from: 'devices', delay: faraway, timeout: p.freshness });
  const devices = new OpenLoopClient(sim, {
    name: 'devices',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: () => way,
  });
  const spike = (factor: number): void => devices.interventions['surge'].apply([factor]);
  sim.scheduleAt(p.spikeAt, () => spike(limits.surge(p)), undefined, sim.eventKind('the spike begins'));
  sim.scheduleAt(p.spikeAt + p.spikeFor, () => spike(1), undefined, sim.eventKind('the spike is over'));
  monitor(sim, book);
  const spikeOver = p.spikeAt + p.spikeFor;
  watchSpike(sim, p.spikeAt + limits.SETTLED, spikeOver);
  watchDemand(sim, [spool, enrich], {
    calm: [limits.WARM_UP, p.spikeAt],
    spike: [p.spikeAt + limits.SETTLED, spikeOver],
  });
}
