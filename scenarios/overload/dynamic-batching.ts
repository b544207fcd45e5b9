/**
 * Dynamic batch size: requests are written in batches, each of which costs the store a fixed time and a time for each item. First more
 * come, then items take longer. How large may a batch be?
 *
 *     users --> writer (line, batches) --> store
 *
 * Who says how large, and how long a batch waits to be full, is the only thing that differs. All variants get the same requests at
 * the same times.
 */
import {
  atLeast,
  atMost,
  batchLimits,
  Batcher,
  BatchStore,
  defineScenario,
  gamma,
  guardrail,
  Link,
  mean,
  ms,
  OpenLoopClient,
  poisson,
  quantile,
  s,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import * as limits from './dynamic-batching/limits.ts';
import { params, type Values } from './dynamic-batching/params.ts';
import { GOODPUT, inTimeIn, SIZE_IN_SPIKE, tallySignals, watchPhases } from './dynamic-batching/tally.ts';

const CALM = 'While all is calm whoever lets the size be found is in time, whatever it is found by';
const SHRINKS =
  'The size shrinks where a batch takes too long; by the latency of requests it has shrunk to nothing long before';

export default defineScenario({
  id: 'dynamic-batching',
  section: '2.9',
  title: 'Dynamic batch size',
  question:
    'Large batches do more a second, small ones are done sooner. What size is right when the load, or the store, changes?',
  params,
  variants: {
    'fixed-small': { batching: 'fixed', size: 8 },
    'fixed-large': { batching: 'fixed', size: 250, linger: ms(900) },
    'shrink-as-printed': { batching: 'shrink-on-latency', linger: ms(0) },
    adaptive: { batching: 'adaptive' },
  },
  roles: {
    'fixed-small': 'alternative',
    'fixed-large': 'alternative',
    'shrink-as-printed': 'pitfall',
    adaptive: 'remedy',
  },
  seed: 1,
  duration: (p) => limits.spikeEnds(p) + p.rest,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(12),
  system,
  signals: tallySignals,
  whileRunning: {
    rate: sentBy('rate', 'users'),
    each: workedOffBy('each', 'store'),
    size: (items) => [{ action: 'size', target: 'writer', args: { items } }],
  },
  charts: [
    GOODPUT,
    'batch.limit',
    'batch.queued',
    'batch.size',
    'batch.duration',
    'http.client.request.duration',
    'http.client.request.rate',
    'batch.failed',
  ],
  expect: {
    'fixed-small': [atMost(mean(inTimeIn('rush')), limits.smallInRush)],
    'fixed-large': [
      atMost(mean(inTimeIn('calm')), limits.largeInCalm),
      atMost(mean(inTimeIn('spike')), limits.largeInSpike),
    ],
    'shrink-as-printed': [atMost(mean(inTimeIn('after')), limits.trapped)],
    adaptive: [
      ...(['rush', 'after', 'spike'] as const).map((phase) => atLeast(mean(inTimeIn(phase)), limits.foundIn(phase))),
      guardrail(atLeast(mean(inTimeIn('calm')), limits.foundIn('calm')), CALM),
      guardrail(atMost(quantile(SIZE_IN_SPIKE, 'p90'), limits.sizeInSpike), SHRINKS),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const store = new BatchStore(sim, {
    name: 'store',
    help: 'Writes batches, one after another: a commit each, and a time for each item',
    fixed: p.fixed,
    each: p.each,
    spread: gamma(limits.SHAPE, 1 / limits.SHAPE),
    statementTimeout: p.statementTimeout,
  });
  const writer = new Batcher<number, undefined>(sim, {
    name: 'writer',
    help: 'Gathers requests and writes them in batches, one at a time',
    link: new Link<readonly number[], undefined>(sim, store, { from: 'writer', delay: nearby }),
    limit: batchLimits[p.batching]({
      initial: p.size,
      max: p.maxSize,
      target: p.target,
      backOff: p.backOff,
    }),
    linger: p.linger,
    queueMax: p.queueMax,
  });
  const way = new Link(sim, writer, { from: 'users', delay: faraway, timeout: p.patience });
  const users = new OpenLoopClient<undefined>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: () => way,
  });
  const rush = (factor: number): void => users.interventions['surge'].apply([factor]);
  sim.scheduleAt(p.rushAt, () => rush(limits.surge(p)), undefined, sim.eventKind('the rush begins'));
  sim.scheduleAt(limits.rushEnds(p), () => rush(1), undefined, sim.eventKind('the rush is over'));
  sim.scheduleAt(limits.spikeBegins(p), () => store.slow(p.slowdown), undefined, sim.eventKind('items take longer'));
  sim.scheduleAt(limits.spikeEnds(p), () => store.slow(1), undefined, sim.eventKind('items are fast again'));
  watchPhases(sim, limits.stretches(p));
}
