/**
 * Doomed work: three tiers that ask again, and a fourth that works for callers who have gone.
 *
 *     users --> gateway --> orders --> prices --> stock --> disk
 *
 * The stock is slow for some seconds. Who asks again, and who is next in the line before the stock, is what differs. All variants
 * get the same requests at the same times, but those with a cut, whose load is thinned from then on.
 */
import {
  atLeast,
  atMost,
  backoffs,
  Database,
  defineScenario,
  gamma,
  Link,
  lineDisciplines,
  ms,
  NOT_AGAIN,
  OpenLoopClient,
  peak,
  poisson,
  ratio,
  Retrying,
  RetryThrottle,
  s,
  Service,
  total,
  zipfPopularity,
  type Duration,
  type Endpoint,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { slowInTrouble } from '../application/trouble.ts';
import * as cut from './doomed-work/cut-limits.ts';
import * as limits from './doomed-work/limits.ts';
import { params, type Values } from './doomed-work/params.ts';
import {
  ASKED,
  AT_LAST,
  DONE,
  DOOMED,
  DOOMED_RATIO,
  GOODPUT,
  IN_TROUBLE,
  LAST_TIER,
  RECOVERY,
  stockRead,
  tallySignals,
  Wanted,
  watchUsers,
} from './doomed-work/tally.ts';

const REQUESTS = 'http.client.requests';

const perRequest = ratio(total(ASKED), total(REQUESTS));
/** Until all that gathered could be worked off, and what comes after that is seen. */
const long = { length: s(46) } as const;
const oneTier = { retriesIn: 'gateway' } as const;

export default defineScenario({
  id: 'doomed-work',
  section: '2.9',
  title: 'Doomed work',
  question: 'The last of four tiers is slow for six seconds. Each tier asks once more. How often is it asked?',
  params,
  variants: {
    'retries-in-every-tier': {},
    'retry-at-one-tier': oneTier,
    'retry-throttling': { throttled: true },
    'deadline-propagation': { ...oneTier, line: 'deadline' },
    'deadline-forgotten': { ...oneTier, line: 'deadline', deadlines: 'forgotten' },
    'deadline-inherited': { ...oneTier, line: 'deadline', deadlines: 'inherited' },
    lifo: { ...oneTier, line: 'lifo' },
    codel: { ...oneTier, line: 'codel' },
    'codel-rfc8289': { ...oneTier, line: 'codel-rfc8289', attempts: 3 },
    'trigger-gone': long,
    'load-cut-too-little': { ...long, cutTo: 0.6 },
    'load-cut': { ...long, cutTo: cut.CUT_TO },
  },
  roles: {
    'retries-in-every-tier': 'pitfall',
    'retry-at-one-tier': 'remedy',
    'retry-throttling': 'remedy',
    'deadline-propagation': 'remedy',
    'deadline-forgotten': 'pitfall',
    'deadline-inherited': 'remedy',
    lifo: 'remedy',
    codel: 'remedy',
    'codel-rfc8289': 'alternative',
    'trigger-gone': 'pitfall',
    'load-cut-too-little': 'alternative',
    'load-cut': 'remedy',
  },
  repairs: {
    'retry-at-one-tier': 'retries-in-every-tier',
    'retry-throttling': 'retries-in-every-tier',
    'deadline-propagation': 'retries-in-every-tier',
    'deadline-inherited': 'deadline-forgotten',
    lifo: 'retries-in-every-tier',
    codel: 'retries-in-every-tier',
    'load-cut': 'trigger-gone',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(13),
  system,
  signals: tallySignals,
  whileRunning: { rate: sentBy('rate', 'users'), loadTime: workedOffBy('loadTime', 'disk') },
  charts: [
    GOODPUT,
    'doomed_work.asked.rate',
    'doomed_work.done.rate',
    DOOMED_RATIO,
    RECOVERY,
    'http.server.active_requests',
    'http.client.request.duration',
  ],
  expect: {
    'retries-in-every-tier': [atLeast(peak(RECOVERY), limits.toTheEnd), atLeast(perRequest, limits.amplified)],
    'retry-at-one-tier': [atMost(peak(RECOVERY), limits.workedOff), atMost(perRequest, limits.noMoreThanOneTier)],
    'retry-throttling': [
      atMost(peak(RECOVERY), limits.throttledWorkedOff),
      atMost(perRequest, limits.throttledAttempts),
    ],
    'deadline-propagation': [atMost(peak(RECOVERY), limits.atOnce), atMost(total(DOOMED), limits.begunInTrouble)],
    'deadline-forgotten': [
      atLeast(total(DOOMED), limits.looksForNobody),
      atLeast(ratio(total(DONE), total(ASKED)), limits.nothingIsThrownAway),
    ],
    'deadline-inherited': [atMost(peak(RECOVERY), limits.atOnce), atMost(total(DOOMED), limits.begunInTrouble)],
    lifo: [atMost(peak(RECOVERY), limits.atOnce), atLeast(total(IN_TROUBLE), limits.newestAreServed)],
    codel: [atMost(peak(RECOVERY), limits.atOnce), atLeast(total(IN_TROUBLE), limits.shortWaitsAreServed)],
    'codel-rfc8289': [atMost(peak(RECOVERY), limits.workedOff), atLeast(total(DOOMED), limits.droppedTooSlowly)],
    'trigger-gone': [atLeast(peak(RECOVERY), limits.toTheEnd), atMost(total(AT_LAST), cut.nobodyIsAnswered)],
    'load-cut-too-little': [atLeast(peak(RECOVERY), limits.toTheEnd), atMost(total(AT_LAST), cut.nobodyIsAnswered)],
    'load-cut': [atMost(peak(RECOVERY), cut.failsUntilLetIn), atLeast(total(AT_LAST), cut.allAreAnswered)],
  },
});

function system(sim: Simulation, p: Values): void {
  const disk = new Database(sim, {
    name: 'disk',
    connections: p.workers,
    queueMax: 0,
    cores: p.workers,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
  });
  const read = new Link(sim, disk, { from: 'stock', delay: nearby });
  const looked = sim.facts.channel(stockRead);
  const wanted = new Wanted();
  const stock = new Service<number, Row>(sim, {
    name: 'stock',
    help: 'Looks at the disk: a worker a look, and a line before the workers',
    concurrency: p.workers,
    queueMax: 100_000,
    line: lineDisciplines[p.line](),
    ...(p.pushback ? { pushback: NOT_AGAIN } : {}),
    *handle(call) {
      const row = yield* read.call({ operation: 'read', key: call.query }, call.request);
      if (looked.heard) looked.emit({ request: call.request.id, doomed: sim.now >= wanted.until(call.request) });
      return row;
    },
  });
  let last: Endpoint<number, Row> = stock;
  let timeout = p.timeout;
  for (const name of [LAST_TIER, 'orders', 'gateway']) {
    const attemptsMax = p.retriesIn === 'every-tier' || name === 'gateway' ? p.attempts : 1;
    const isTold = p.deadlines === 'each-tier' || name === 'gateway';
    const handedOn = (request: RequestContext): RequestContext =>
      p.deadlines === 'forgotten' && name === 'orders' ? wanted.forget(request) : request;
    last = tier(sim, p, name, { next: last, timeout: isTold ? timeout : Infinity, attemptsMax, handedOn });
    timeout = attemptsMax * timeout + limits.SLACK;
  }
  const way = new Link(sim, last, { from: 'users', delay: faraway, timeout: p.patience });
  const users = new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: () => way,
  });
  watchUsers(sim, {
    from: p.troubleAt + limits.SETTLED,
    end: p.troubleAt + p.troubleFor,
    letIn: p.cutAt + p.cutFor + p.patience,
  });
  if (p.cutTo < 1) {
    const letIn = (share: number): void => users.interventions['surge'].apply([share]);
    sim.scheduleAt(p.cutAt, () => letIn(p.cutTo), undefined, sim.eventKind('the load is cut'));
    sim.scheduleAt(p.cutAt + p.cutFor, () => letIn(1), undefined, sim.eventKind('all are let in again'));
  }
  slowInTrouble(sim, disk, p);
}

interface Tier {
  readonly next: Endpoint<number, Row>;
  /** Of one attempt; Infinity for as long as whoever asks this tier waits. */
  readonly timeout: Duration;
  readonly attemptsMax: number;
  /** The request as its calls are made for it. */
  readonly handedOn: (request: RequestContext) => RequestContext;
}

/** A tier asks the next one, and again at once where that fails; it has handlers enough. */
function tier(
  sim: Simulation,
  p: Values,
  name: string,
  { next, timeout, attemptsMax, handedOn }: Tier,
): Service<number, Row> {
  const retrying = new Retrying<number, Row>(sim, {
    caller: name,
    link: new Link(sim, next, { from: name, delay: nearby, timeout }),
    backoff: backoffs.immediate(),
    base: ms(1),
    attemptsMax,
    patience: p.patience,
    ...(p.throttled ? { throttle: new RetryThrottle(limits.THROTTLE) } : {}),
  });
  return new Service<number, Row>(sim, {
    name,
    help: attemptsMax > 1 ? `Asks ${next.name}, up to ${attemptsMax} times` : `Asks ${next.name}, once`,
    concurrency: 1_000_000,
    queueMax: 0,
    handle: ({ query, request }) => retrying.call(query, handedOn(request)),
  });
}
