/**
 * A slow dependency, and what keeps it from stopping everybody else.
 *
 *     buyers, readers --> shop-1 … shop-n --> catalogue
 *                                      \----> recommender
 *
 * A page takes a thread of the shop until it is ready. All pages need the catalogue, those of readers recommendations as well.
 * For some seconds these are slow. All variants get the same requests at the same times, and the same call takes the same
 * processor time in all of them.
 */
import {
  atLeast,
  atMost,
  breakerSignals,
  bulkheadSignals,
  threadPoolSignals,
  Database,
  defineScenario,
  gamma,
  guardrail,
  Link,
  mean,
  OpenLoopClient,
  peak,
  poisson,
  quantile,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, SHAPE } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { slowInTrouble } from '../application/trouble.ts';
import * as halfOpen from './circuit-breaker/half-open-limits.ts';
import * as limits from './circuit-breaker/limits.ts';
import { params, protections, type Protection, type Values } from './circuit-breaker/params.ts';
import { shopInstance, type PageQuery } from './circuit-breaker/shop.ts';
import {
  BUYERS_FAILED,
  BUYERS_RATIO,
  BUYERS_WAIT,
  DEGRADED,
  HELD,
  READERS_FAILED,
  RECOVERY,
  tallySignals,
  watchPages,
} from './circuit-breaker/tally.ts';

/** The recommendations never refuse for want of room: what waits there has a bound, and it is far. */
const CONNECTIONS = 500;
const PENDING_MAX = 50_000;
const UNTIL_OPEN =
  'What the slowest wait: a breaker has to see failures first, and until then it is a timeout and no more';

const ONLY_TRIALS = 'As many as are let through in so many rounds; without a breaker there are no trials';
const NOT_PERMITTED = 'circuit_breaker.not_permitted';
const TRIALS = 'circuit_breaker.trials';

export default defineScenario({
  id: 'circuit-breaker',
  section: '2.9',
  title: 'Circuit breaker',
  question: 'Recommendations are slow for six seconds. Who fails that never asked for any?',
  params,
  variants: {
    ...(Object.fromEntries(protections.map((protection) => [protection, { protection }])) as Record<
      Protection,
      { protection: Protection }
    >),
    'growing-wait': { protection: 'breaker', openGrowth: 2, openMax: s(2) },
    'metrics-only': { protection: 'breaker', byHand: 'metrics-only' },
    'unknown-counted': { protection: 'breaker', unknown: 0.6, troubleAt: s(3600) },
    'unknown-ignored': { protection: 'breaker', unknown: 0.6, troubleAt: s(3600), ignoresUnknown: true },
  },
  roles: {
    none: 'pitfall',
    'timeout-only': 'pitfall',
    bulkhead: 'remedy',
    'thread-pool': 'remedy',
    breaker: 'remedy',
    'breaker-and-fallback': 'remedy',
    'growing-wait': 'remedy',
    'metrics-only': 'control',
    'unknown-counted': 'pitfall',
    'unknown-ignored': 'remedy',
  },
  repairs: {
    bulkhead: 'none',
    'thread-pool': 'timeout-only',
    breaker: 'timeout-only',
    'breaker-and-fallback': 'timeout-only',
    'growing-wait': 'timeout-only',
    'unknown-ignored': 'unknown-counted',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(8),
  system,
  signals: [...tallySignals, ...breakerSignals, ...bulkheadSignals, ...threadPoolSignals],
  whileRunning: {
    buyerRate: sentBy('buyerRate', 'buyers'),
    readerRate: sentBy('readerRate', 'readers'),
    loadTime: workedOffBy('loadTime', 'recommender'),
  },
  charts: [
    HELD,
    BUYERS_RATIO,
    BUYERS_WAIT,
    'shop.errors.timeout',
    'shop.errors.overloaded',
    'shop.errors.refused',
    'circuit_breaker.open',
    'circuit_breaker.half_open',
    TRIALS,
    'bulkhead.pool.threads',
    'bulkhead.pool.queued',
    RECOVERY,
    'http.client.request.duration',
  ],
  expect: {
    none: [
      atLeast(total(BUYERS_FAILED), limits.buyersStopped),
      atLeast(quantile(BUYERS_WAIT, 'p99'), limits.buyersInLine),
      atLeast(mean(HELD), limits.threadsStopped),
    ],
    'timeout-only': [
      atLeast(total(BUYERS_FAILED), limits.buyersShort),
      atLeast(quantile(BUYERS_WAIT, 'p99'), limits.buyersInShortLine),
      atLeast(peak(RECOVERY), limits.backlogLasts),
      atLeast(mean('shop.errors.timeout'), halfOpen.timeoutsGoOn),
    ],
    bulkhead: [
      atMost(total(BUYERS_FAILED), limits.buyersBesideBulkhead),
      atMost(quantile(BUYERS_WAIT, 'p99'), limits.buyersUnhindered),
      atMost(peak(HELD), limits.threadsBesideBulkhead),
    ],
    'thread-pool': [
      atMost(total(BUYERS_FAILED), limits.buyersBesideBulkhead),
      atMost(quantile(BUYERS_WAIT, 'p99'), limits.buyersUnhindered),
      atMost(peak(HELD), limits.threadsBesideBulkhead),
    ],
    breaker: [
      atMost(total(BUYERS_FAILED), limits.buyersMeanwhile),
      atMost(quantile(BUYERS_WAIT, 'p90'), limits.mostBuyers),
      guardrail(atMost(quantile(BUYERS_WAIT, 'p99'), limits.buyersUntilOpen), UNTIL_OPEN),
      atMost(mean(HELD), limits.threadsMeanwhile),
      atMost(peak(RECOVERY), limits.nextRound),
      atMost(mean('shop.errors.timeout'), halfOpen.timeoutsUntilOpen),
      atLeast(mean('shop.errors.refused'), halfOpen.refusedAtOnce),
      atLeast(total(TRIALS), halfOpen.trialsLeast),
      guardrail(atMost(total(TRIALS), halfOpen.trialsMost), ONLY_TRIALS),
      guardrail(
        atLeast(total(READERS_FAILED), limits.pagesWithout),
        'The price: readers fail at once in place of late',
      ),
    ],
    'breaker-and-fallback': [
      atMost(total(BUYERS_FAILED), limits.buyersMeanwhile),
      atMost(quantile(BUYERS_WAIT, 'p90'), limits.mostBuyers),
      guardrail(atMost(quantile(BUYERS_WAIT, 'p99'), limits.buyersUntilOpen), UNTIL_OPEN),
      atMost(total(READERS_FAILED), limits.readersMeanwhile),
      atMost(mean(HELD), limits.threadsMeanwhile),
      atMost(peak(RECOVERY), limits.nextRound),
      atLeast(total(DEGRADED), limits.pagesWithout),
    ],
    'growing-wait': [
      atMost(total(BUYERS_FAILED), limits.buyersMeanwhile),
      atMost(quantile(BUYERS_WAIT, 'p90'), limits.mostBuyers),
      atMost(peak(RECOVERY), limits.nextRound),
      atLeast(total(TRIALS), halfOpen.trialsLeast),
      guardrail(atMost(total(TRIALS), halfOpen.trialsMost), ONLY_TRIALS),
    ],
    'metrics-only': [
      atMost(total(NOT_PERMITTED), halfOpen.noneRefused),
      atLeast(total('circuit_breaker.exceeded'), halfOpen.eachFinds),
      atLeast(total(BUYERS_FAILED), limits.buyersShort),
      atLeast(mean('shop.errors.timeout'), halfOpen.timeoutsGoOn),
    ],
    'unknown-counted': [
      atLeast(total(NOT_PERMITTED), halfOpen.refusedForNothing),
      atLeast(total(READERS_FAILED), halfOpen.refusedForNothing),
    ],
    'unknown-ignored': [
      atMost(total(NOT_PERMITTED), halfOpen.noneRefused),
      atMost(total(READERS_FAILED), halfOpen.noneRefused),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const catalogue = new Database(sim, {
    name: 'catalogue',
    connections: CONNECTIONS,
    queueMax: PENDING_MAX,
    cores: 16,
    demand: gamma(SHAPE, limits.CATALOGUE_TIME / SHAPE),
  });
  const recommender = new Database(sim, {
    name: 'recommender',
    connections: CONNECTIONS,
    queueMax: PENDING_MAX,
    cores: p.cores,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
  });
  const shops = Array.from({ length: p.instances }, (_, i) =>
    shopInstance(sim, p, `shop-${i + 1}`, { catalogue, recommender }),
  );
  const visitors = (visitor: PageQuery['visitor'], perSecond: number): void => {
    new OpenLoopClient<Row, PageQuery>(sim, {
      name: visitor,
      arrivals: poisson(perSecond),
      popularity: zipfPopularity(1000, 0.9),
      asks: (key) => ({ visitor, key }),
      target: roundRobin(
        shops.map(
          (shop) => new Link<PageQuery, Row>(sim, shop, { from: visitor, delay: faraway, timeout: p.patience }),
        ),
      ),
    });
  };
  visitors('buyers', p.buyerRate);
  visitors('readers', p.readerRate);
  watchPages(sim, p.troubleAt + p.troubleFor);
  slowInTrouble(sim, recommender, p);
}
