/**
 * A replica: workers who take a request each, for a time that belongs to the request, and a line before them. What may be done to
 * it: it can be made slow, or to fail at once. A health check takes no worker and does not wait, but a time of its own, and as many times
 * as long as all else: short even so, and a failure only where it is over its timeout.
 */
import {
  CallFailed,
  defineFact,
  exponential,
  ms,
  Service,
  type Call,
  type ComponentPart,
  type Endpoint,
  type KeyedStream,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

/** A worker was at a request for so long; `wanted` if it came to an answer for which somebody still waited. */
export const replicaWorked = defineFact(
  'gray_failure.worked',
  'A worker of a replica has ended its work for a request, or broken it off',
  {
    replica: 'text',
    request: 'request',
    wanted: 'flag',
    duration: 'duration',
  },
);

/** Requests that may stand in line at a replica; more are refused. */
const LINE = 10_000;

/** What a health check takes. */
const HEALTH_TIME = ms(1);

/** It is asked to do something, or how it is. */
export type ReplicaQuery = 'work' | 'health';

export interface Replica {
  readonly endpoint: Endpoint<ReplicaQuery, void>;
  /** Makes what it begins from now on take so many times as long. */
  slow(factor: number): void;
  /** Makes a share of what it begins from now on fail at once. */
  fail(share: number): void;
}

export function replica(sim: Simulation, p: Values, name: string): Replica {
  const worked = sim.facts.channel(replicaWorked);
  const demands: KeyedStream = sim.keyedRandom('replicas/demand');
  const failures: KeyedStream = sim.keyedRandom('replicas/failures');
  const demand = exponential(p.loadTime);
  let factor = 1;
  let failing = 0;
  const slow = (times: number): void => void (factor = times);
  const fail = (share: number): void => void (failing = share);

  const inside: ComponentPart = {
    signals: [],
    interventions: {
      slow: {
        help: 'Makes what it begins from now on take so many times as long; 1 heals it. Health checks pass up to 900 or so',
        arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 10 }],
        apply: ([times]) => slow(times),
      },
      fail: {
        help: 'Makes a share of what it begins from now on fail at once; 0 heals it. Health checks pass',
        arguments: [{ name: 'share', help: 'of the requests', min: 0, max: 1, default: 1 }],
        apply: ([share]) => fail(share),
      },
    },
    state: () => ({ 'times as slow': factor, 'share that fails': failing }),
    violations: () => [],
  };

  const service = new Service<ReplicaQuery, void>(sim, {
    name,
    help: `One of ${p.replicas} replicas: ${p.workers} workers, and a line before them`,
    concurrency: p.workers,
    queueMax: LINE,
    stopsWhenCancelled: p.stops,
    inside,
    *handle(call) {
      const { request } = call;
      const key = request.nextWorkKey();
      if (failing > 0 && failures.of(key).next() < failing) throw new CallFailed(name, 'error');
      const since = sim.now;
      let isDone = false;
      try {
        yield Math.max(1, Math.round(demand.sample(demands.of(key)) * factor));
        isDone = true;
      } finally {
        if (worked.heard) {
          const wanted = isDone && call.awaited && sim.now < call.deadline;
          worked.emit({ replica: name, request: request.id, wanted, duration: sim.now - since });
        }
      }
    },
  });

  const isWellKind = sim.eventKind(`${name} answers a health check`);
  const isWell = (call: Call<ReplicaQuery, void>): void => {
    if (service.isUp) call.reply();
    else call.refuse('unavailable');
  };
  const endpoint: Endpoint<ReplicaQuery, void> = {
    name,
    receive(call) {
      if (call.query === 'work') service.receive(call);
      else if (!service.isUp) call.refuse('unavailable');
      else sim.schedule(Math.round(HEALTH_TIME * factor), isWell, call, isWellKind);
    },
    cancelled: (call) => service.cancelled(call),
  };
  return { endpoint, slow, fail };
}
