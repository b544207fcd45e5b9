/**
 * Trace sampling: of which requests there is a trace when somebody looks for it, and what that takes.
 *
 *     users --> gateway --> auth                     each --> (router) --> collector --> backend
 *                       --> orders --> database
 *                                  --> payments --> cards
 *
 * All variants get the same requests at the same times, with the same trace ids, and the same payments hang; with several collectors
 * the peak is longer. What differs is where it is decided which traces are kept, and by what.
 */
import {
  AdaptiveSampling,
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  difference,
  guardrail,
  Link,
  OpenLoopClient,
  peak,
  poisson,
  ratio,
  RemoteSampler,
  s,
  tailSamplingSignals,
  total,
  zipfPopularity,
  type Simulation,
  type SpanData,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { surgeFactor } from '../application/surge.ts';
import { collectorsBefore } from './trace-sampling/collectors.ts';
import { someCut } from './trace-sampling/cut-limits.ts';
import { adaptiveOptions, beginsAt, sampledBy, samplerOf } from './trace-sampling/head-sampling.ts';
import { Instruments, type Ask } from './trace-sampling/instruments.ts';
import * as limits from './trace-sampling/limits.ts';
import { params, type Values } from './trace-sampling/params.ts';
import { RARE, RARE_SHARE, READ, shop, WRITE } from './trace-sampling/shop.ts';
import * as tally from './trace-sampling/tally.ts';
import { TraceBook } from './application/trace-book.ts';
import { TraceStore } from './trace-sampling/trace-store.ts';

/** Shares of what could be sent and of what was sent, processor time of each request, and how far the traces' count is off. */
const sentShare = ratio(total(tally.RECORDED), total(tally.BEGUN));
const storedShare = ratio(total(tally.STORED_BYTES), total(tally.SENT_BYTES));
const instrumentsOfRequest = ratio(total(tally.INSTRUMENTS), total('http.client.requests'));
const surplus = difference(total(tally.DASHBOARD_REQUESTS), total(tally.REQUESTS));
const shortage = difference(total(tally.REQUESTS), total(tally.DASHBOARD_REQUESTS));
/** Cuts of which nobody can tell who looks at the backend. */
const unseen = difference(total(tally.CUT), total(tally.DASHBOARD_CUT));
const WAITING = 'tail_sampling.bytes_on_memory';

const WHOLE = 'Decided once for all of a trace, which therefore is whole or not there: so it is with a head sampler';
const COUNTED = 'Each trace stands for as many as its probability says, so that the count is off by chance alone';
const NOTHING_LOST = 'What must not be lost for it';
const PRICE = 'The price: all of it is held in memory until it is decided';

/** A peak so long that chance does not have all parts of all errors meet one that is kept. */
const several = { sampling: 'tail', collectors: 4, peakFor: s(45), length: s(82) } as const;

export default defineScenario({
  id: 'trace-sampling',
  section: '3.3',
  title: 'Trace sampling',
  question:
    'A few requests in a hundred fail. Of how many of these is there a trace, and what does it take to have them?',
  params,
  variants: {
    'keep-all': {},
    'head-ratio': { sampling: 'head' },
    adaptive: { sampling: 'adaptive' },
    'tail-error-or-slow': { sampling: 'tail' },
    'old-attribute-name': { sampling: 'tail', errorBy: 'http.status_code', policies: 'ottl' },
    'short-wait': { sampling: 'tail', decisionWait: s(1) },
    'small-memory': { sampling: 'tail', numTraces: 300 },
    'round-robin': { ...several, routing: 'round-robin' },
    'by-trace-id': several,
  },
  roles: {
    'keep-all': 'pitfall',
    'head-ratio': 'pitfall',
    adaptive: 'remedy',
    'tail-error-or-slow': 'remedy',
    'old-attribute-name': 'fault',
    'short-wait': 'fault',
    'small-memory': 'fault',
    'round-robin': 'pitfall',
    'by-trace-id': 'remedy',
  },
  repairs: { adaptive: 'keep-all', 'tail-error-or-slow': 'head-ratio', 'by-trace-id': 'round-robin' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(38),
  system,
  signals: [...tally.tallySignals, ...tailSamplingSignals],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    tally.MISSED,
    tally.SENT,
    tally.STORED,
    'tail_sampling.bytes_on_memory',
    tally.REQUESTS,
    tally.DASHBOARD_REQUESTS,
    tally.CUT,
    'http.client.request.duration',
    tally.READS_SAMPLED,
    tally.WRITES_SAMPLED,
  ],
  places: {
    users: { x: 0, y: 0 },
    gateway: { x: 1, y: 0 },
    auth: { x: 2, y: -1 },
    orders: { x: 2, y: 0 },
    payments: { x: 3, y: -1 },
    database: { x: 3, y: 0 },
    cards: { x: 4, y: -1 },
    strategies: { x: 1, y: 1.3 },
    router: { x: 2, y: 1.3 },
    collector: { x: 3, y: 1.3 },
    backend: { x: 4, y: 1.3 },
  },
  expect: {
    'keep-all': [
      atMost(total(tally.MISSED), limits.noneDropped),
      atLeast(sentShare, limits.allOfThem),
      atLeast(storedShare, limits.allOfThem),
      atLeast(instrumentsOfRequest, limits.instrumentsLeast),
    ],
    'head-ratio': [
      atLeast(total(tally.MISSED), limits.headMissed),
      atMost(sentShare, limits.headSent),
      atMost(instrumentsOfRequest, limits.instrumentsByHead),
      atMost(surplus, limits.countedByHead),
      atMost(shortage, limits.countedByHead),
      atMost(total(tally.CUT), limits.noneDropped),
    ],
    adaptive: [
      atMost(sentShare, limits.adaptiveSent),
      guardrail(atMost(atEnd(tally.COUNT_OFF), limits.offByChance), COUNTED),
      guardrail(atMost(total(tally.CUT), limits.noneDropped), WHOLE),
    ],
    'tail-error-or-slow': [
      atMost(storedShare, limits.tailStored),
      atMost(total(tally.MISSED), limits.noneLost),
      guardrail(atMost(total(tally.CUT), limits.noneLost), WHOLE),
      guardrail(atMost(peak(WAITING), limits.waitingBytes), PRICE),
      atLeast(shortage, limits.notCounted),
    ],
    'old-attribute-name': [atLeast(total(tally.MISSED), limits.errorsMissed)],
    'short-wait': [atLeast(total('tail_sampling.spans.late'), limits.someLate)],
    'small-memory': [atLeast(total('tail_sampling.traces.dropped_too_early'), limits.pushedOut)],
    'round-robin': [atLeast(total(tally.CUT), someCut), atLeast(unseen, someCut)],
    'by-trace-id': [
      atMost(total(tally.CUT), limits.noneLost),
      guardrail(atMost(total(tally.MISSED), limits.noneLost), NOTHING_LOST),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const book = new TraceBook(sim, limits.settled(p));
  tally.tellProbabilities(sim, beginsAt(p));
  tally.watchCount(sim);
  const adaptive = p.sampling === 'adaptive' ? new AdaptiveSampling(sim, 'strategies', adaptiveOptions(p)) : undefined;
  const probabilityOf = (root: SpanData): number | undefined => sampledBy(p, root);
  const store = new TraceStore(sim, probabilityOf, (span) => {
    book.stored(span, probabilityOf(span));
    adaptive?.observe(span);
  });
  const collectors = collectorsBefore(sim, p, store);
  const gateway = shop(sim, p, {
    book,
    instruments: (service) =>
      new Instruments(sim, p, {
        service,
        collector: new Link(sim, collectors, { from: service, delay: nearby }),
        sampler: (process) => samplerOf(sim, p, process, adaptive),
        recorded: (span) => book.recorded(span),
      }),
    rooted: (span, { sampler }) => {
      const isRemote = sampler instanceof RemoteSampler;
      if (isRemote) sampler.note(span);
      book.thrown(span.context.traceId, isRemote ? sampler.latestProbability : beginsAt(p));
    },
  });
  const link = new Link<Ask, void>(sim, gateway, { from: 'users', delay: faraway, timeout: s(10) });
  const routes = sim.random('routes');
  const users = new OpenLoopClient<void, Ask>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    asks: (key) => {
      const drawn = routes.next();
      const route = drawn < p.writes ? WRITE : drawn < p.writes + RARE_SHARE ? RARE : READ;
      return { ...route, key, headers: {} };
    },
    target: () => link,
  });
  const surge = (factor: number): void => users.interventions['surge'].apply([factor]);
  sim.scheduleAt(p.peakAt, () => surge(surgeFactor(p.peakFactor, 1)), undefined, sim.eventKind('the peak begins'));
  sim.scheduleAt(p.peakAt + p.peakFor, () => surge(1), undefined, sim.eventKind('the peak is over'));
}
