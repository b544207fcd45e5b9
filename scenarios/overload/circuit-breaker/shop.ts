/** An instance of the shop: a page is made of the catalogue and, for readers, of recommendations behind what protects it from them. */
import {
  Bulkhead,
  CallFailed,
  CIRCUIT_BREAKER_DEFAULTS,
  CircuitBreaking,
  defineFact,
  defineReading,
  exponentialRandomBackoff,
  Link,
  ms,
  Service,
  ThreadPoolBulkhead,
  timeout,
  TIMED_OUT,
  type Behaviour,
  type ComponentPart,
  type Database,
  type DatabaseQuery,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Values } from './params.ts';

/** Who asks: buyers need the catalogue, readers see recommendations as well. */
export interface PageQuery {
  readonly visitor: 'buyers' | 'readers';
  readonly key: number;
}

/** Threads of an instance that wait for recommendations changed. */
export const threadsHeld = defineReading('shop.held', 'Threads that wait for recommendations changed', {
  shop: 'text',
  held: 'number',
});

/** A page went out without its recommendations. */
export const pageDegraded = defineFact('shop.degraded', 'A page went out without recommendations: they failed', {
  shop: 'text',
  request: 'request',
});

/** The recommendations answer that they know none: a page goes without, and nothing is wrong. */
class NotFound extends CallFailed {
  constructor() {
    super('recommender', 'error');
  }
}

/** What a call goes through: it asks, or fails in place of that; what of it dies with the instance. */
interface Guard extends ComponentPart {
  crash?(): void;
  call(ask: () => Behaviour<Row>, request: RequestContext): Behaviour<Row>;
}

export interface Dependencies {
  readonly catalogue: Database;
  readonly recommender: Database;
}

export function shopInstance(sim: Simulation, p: Values, name: string, on: Dependencies): Service<PageQuery, Row> {
  const catalogue = new Link<DatabaseQuery, Row>(sim, on.catalogue, { from: name, delay: nearby });
  const waits = p.protection === 'none' || p.protection === 'bulkhead' || p.protection === 'thread-pool';
  const recommendations = new Link<DatabaseQuery, Row>(sim, on.recommender, {
    from: name,
    delay: nearby,
    ...(waits ? {} : { timeout: p.timeout }),
  });
  const heldNow = sim.facts.channel(threadsHeld);
  const degraded = sim.facts.channel(pageDegraded);
  let held = 0;
  const hold = (more: 1 | -1): void => {
    held += more;
    if (heldNow.heard) heldNow.emit({ shop: name, held });
  };
  const known = sim.keyedRandom('recommender/known');
  const guard = p.protection === 'thread-pool' ? threadPool(sim, p, name, hold) : guardOf(sim, p, name);

  function* looked(key: number, request: RequestContext): Behaviour<Row> {
    const row = yield* recommendations.call({ operation: 'read', key }, request);
    if (p.unknown > 0 && known.of(request.id).next() < p.unknown) throw new NotFound();
    return row;
  }

  function* asked(key: number, request: RequestContext): Behaviour<Row> {
    // A pool's threads are its own.
    if (p.protection === 'thread-pool') return yield* looked(key, request);
    hold(1);
    try {
      return yield* looked(key, request);
    } finally {
      hold(-1);
    }
  }

  function* recommended(key: number, request: RequestContext): Behaviour<void> {
    try {
      if (guard === undefined) yield* asked(key, request);
      else yield* guard.call(() => asked(key, request), request);
    } catch (error) {
      if (error instanceof NotFound) return;
      if (!(error instanceof CallFailed) || p.protection !== 'breaker-and-fallback') throw error;
      if (degraded.heard) degraded.emit({ shop: name, request: request.id });
    }
  }

  return new Service<PageQuery, Row>(sim, {
    name,
    help: 'An instance of the shop: a thread a page, which it keeps for as long as the page takes',
    concurrency: p.threads,
    queueMax: p.queueMax,
    ...(guard === undefined ? {} : { inside: guard, onCrash: () => guard.crash?.() }),
    *handle({ query: { visitor, key }, request }) {
      const row = yield* catalogue.call({ operation: 'read', key }, request);
      if (visitor === 'readers') yield* recommended(key, request);
      return row;
    },
  });
}

/** resilience4j's default. */
const KEEP_ALIVE = ms(20);

/** A page hands its call over to the pool, and waits for what comes of it no longer than the timeout: the pool's thread goes on. */
function threadPool(sim: Simulation, p: Values, name: string, hold: (more: 1 | -1) => void): Guard {
  const pool = new ThreadPoolBulkhead(sim, {
    name: `${name} pool`,
    coreThreadPoolSize: Math.min(p.coreThreads, p.compartment),
    maxThreadPoolSize: p.compartment,
    queueCapacity: p.poolQueue,
    keepAliveDuration: KEEP_ALIVE,
  });
  return {
    signals: pool.signals,
    state: () => pool.state(),
    violations: () => pool.violations(),
    crash: () => pool.crash(),
    *call(ask, request) {
      const answer = pool.submit(ask, request.withoutDeadline());
      hold(1);
      try {
        const row = yield* timeout(sim, answer, p.timeout);
        if (row === TIMED_OUT) throw new CallFailed(`${name} pool`, 'timeout');
        return row;
      } finally {
        hold(-1);
      }
    },
  };
}

function guardOf(sim: Simulation, p: Values, name: string): Guard | undefined {
  if (p.protection === 'bulkhead') {
    return new Bulkhead(sim, {
      name: `${name} bulkhead`,
      maxConcurrentCalls: p.compartment,
      queueMax: 0,
      maxWaitDuration: 0,
    });
  }
  if (p.protection !== 'breaker' && p.protection !== 'breaker-and-fallback') return undefined;
  const guard = new CircuitBreaking(sim, `${name} breaker`, {
    ...CIRCUIT_BREAKER_DEFAULTS,
    slidingWindowType: p.window,
    slidingWindowSize: p.windowSize,
    minimumNumberOfCalls: p.minimumCalls,
    failureRateThreshold: 100 * p.failureRate,
    slowCallRateThreshold: 100 * p.slowRate,
    slowCallDurationThreshold: p.slowAfter,
    permittedNumberOfCallsInHalfOpenState: p.trials,
    waitIntervalFunctionInOpenState: exponentialRandomBackoff({
      initialInterval: p.openFor,
      multiplier: p.openGrowth,
      maxInterval: Math.max(p.openFor, p.openMax),
      randomizationFactor: p.openJitter,
      random: sim.random(`${name} breaker/waits`),
    }),
    automaticTransitionFromOpenToHalfOpenEnabled: p.automatic,
    ignoreException: (error) => p.ignoresUnknown && error instanceof NotFound,
  });
  if (p.byHand !== 'closed') guard.breaker.transitionTo(p.byHand);
  return guard;
}
