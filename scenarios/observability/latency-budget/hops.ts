/** The hops of a budget as services: each works for its own time, and asks those behind it one after the other. */
import {
  all,
  defineFact,
  defineSignal,
  Link,
  requestCompleted,
  Service,
  toSeconds,
  type Behaviour,
  type RequestContext,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { budgetOf, HOPS, type Hop } from './budgets.ts';
import type { Values } from './params.ts';
import { HopTimes, isSlow } from './times.ts';

/** A hop has done its own part for a request: of several machines the one that took longest. */
const hopPassed = defineFact('hop.passed', 'A hop has done its own part for a request', {
  hop: 'text',
  request: 'request',
  duration: 'duration',
});

/** One of several machines has done its part. */
const leafAnswered = defineFact('leaf.answered', 'One of several databases has done its part', {
  leaf: 'text',
  request: 'request',
  slow: 'flag',
});

/** All of them have. */
const fanOutEnded = defineFact('fan_out.ended', 'All databases that were asked at once have answered', {
  request: 'request',
  slow: 'flag',
});

/** A user has an answer, sooner or later than the target. */
const budgetKept = defineFact('latency_budget.request', 'A request has ended, within its target or not', {
  request: 'request',
  over: 'flag',
});

export const hopSignal = (hop: Hop): string => `hop.${hop}.duration`;
export const LEAF_SLOW = 'fan_out.leaf.slow_ratio';
export const FAN_OUT_SLOW = 'fan_out.slow_ratio';
export const OVER_TARGET = 'latency_budget.over_ratio';

export const hopSignals = [
  ...HOPS.map((hop) =>
    defineSignal({
      name: `hop.${hop}.duration`,
      kind: 'histogram',
      unit: 's',
      help: `What the ${hop} took for itself, without those that it asked`,
      fact: hopPassed,
      where: (fact) => fact.hop === hop,
      value: (fact) => fact.duration,
    }),
  ),
  defineSignal({
    name: LEAF_SLOW,
    kind: 'ratio',
    unit: '1',
    help: 'Share of single databases’ answers that took longer than their 99th percentile',
    fact: leafAnswered,
    counts: (fact) => fact.slow,
  }),
  defineSignal({
    name: FAN_OUT_SLOW,
    kind: 'ratio',
    unit: '1',
    help: 'Share of requests in which one of the databases at least took longer than that',
    fact: fanOutEnded,
    counts: (fact) => fact.slow,
  }),
  defineSignal({
    name: OVER_TARGET,
    kind: 'ratio',
    unit: '1',
    help: 'Share of requests that took longer than the target of the budget',
    fact: budgetKept,
    counts: (fact) => fact.over,
  }),
];

type Work = (request: RequestContext) => Behaviour<void>;

/** All hops of the budget; gives the first, which users ask. */
export function hopsOfBudget(sim: Simulation, p: Values): Service<number, void> {
  const budget = budgetOf(p.budget);
  const passed = sim.facts.channel(hopPassed);
  const built = (hop: Hop): Service<number, void> => {
    const behind = (budget.asks[hop] ?? []).map((other) => askAll(sim, p, hop, other, built));
    const times = new HopTimes(sim, p, hop, hop);
    return serviceOf(sim, hop, function* (request) {
      const duration = times.of(request);
      yield duration;
      if (passed.heard) passed.emit({ hop, request: request.id, duration });
      for (const ask of behind) yield* ask(request);
    });
  };
  const kept = sim.facts.channel(budgetKept);
  sim.facts.channel(requestCompleted).listen(({ request, duration }) => {
    if (kept.heard) kept.emit({ request, over: toSeconds(duration) > budget.target / 1000 });
  });
  return built(budget.first);
}

/** How a hop asks the one behind it: that, or as many databases as there are, all of which it waits for. */
function askAll(sim: Simulation, p: Values, from: Hop, hop: Hop, built: (hop: Hop) => Service<number, void>): Work {
  if (hop !== 'database' || p.leaves === 1) {
    const link = new Link<number, void>(sim, built(hop), { from, delay: nearby });
    return function* (request) {
      yield* link.call(0, request);
    };
  }
  const passed = sim.facts.channel(hopPassed);
  const answered = sim.facts.channel(leafAnswered);
  const ended = sim.facts.channel(fanOutEnded);
  const slowest = new Map<number, number>();
  const links = Array.from({ length: p.leaves }, (_, i) => {
    const leaf = `database-${i + 1}`;
    const times = new HopTimes(sim, p, hop, leaf);
    const service = serviceOf(sim, leaf, function* (request) {
      const duration = times.of(request);
      slowest.set(request.id, Math.max(slowest.get(request.id) ?? 0, duration));
      yield duration;
      if (answered.heard) answered.emit({ leaf, request: request.id, slow: isSlow(p, hop, duration) });
    });
    return new Link<number, void>(sim, service, { from, delay: nearby });
  });
  return function* (request) {
    yield* all(...links.map((link) => link.call(0, request)));
    const duration = slowest.get(request.id)!;
    slowest.delete(request.id);
    if (passed.heard) passed.emit({ hop, request: request.id, duration });
    if (ended.heard) ended.emit({ request: request.id, slow: isSlow(p, hop, duration) });
  };
}

function serviceOf(sim: Simulation, name: string, work: Work): Service<number, void> {
  return new Service<number, void>(sim, {
    name,
    help: 'Has room for all who come: what it takes is its own time, and nobody waits for another',
    concurrency: 10_000,
    queueMax: 10_000,
    handle: ({ request }) => work(request),
  });
}
