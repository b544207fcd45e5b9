/** What a replica in trouble does to those who ask: of the requests that came meanwhile, and of what goes on there. */
import {
  balancingSent,
  defineFact,
  defineSignal,
  requestCompleted,
  serviceActive,
  toSeconds,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { recoverySignal, watchRecovery } from '../../application/recovery.ts';
import { isBetween } from '../../application/trouble.ts';
import { replicaWorked } from './replica.ts';

/** The replica that has the trouble. */
export const TROUBLED = 'replica-1';

const cameInTrouble = defineFact('gray_failure.ended', 'A request that came while the trouble lasted is over', {
  request: 'request',
  outcome: 'text',
  duration: 'duration',
});
const sentInTrouble = defineFact('gray_failure.sent', 'The gateway picked a replica while the trouble lasted', {
  request: 'request',
  troubled: 'flag',
});

export const FAILED = 'gray_failure.failed';
export const DURATION = 'gray_failure.duration';
export const SHARE = 'gray_failure.troubled.share';
export const ACTIVE = 'gray_failure.troubled.active';
export const WORKED = 'gray_failure.worked.time';
export const WASTED = 'gray_failure.wasted.time';
export const RECOVERY = 'gray_failure.recovery.time';

export const tallySignals = [
  defineSignal({
    name: FAILED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that came while the trouble lasted, and failed or were given up by their users',
    fact: cameInTrouble,
    where: ({ outcome }) => outcome !== 'ok',
  }),
  defineSignal({
    name: DURATION,
    kind: 'histogram',
    unit: 's',
    help: 'Time from a request that came while the trouble lasted to its answer, or to giving up',
    fact: cameInTrouble,
    value: ({ duration }) => duration,
  }),
  defineSignal({
    name: SHARE,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the calls sent while the trouble lasts that the replica in trouble gets',
    fact: sentInTrouble,
    counts: ({ troubled }) => troubled,
  }),
  defineSignal({
    name: ACTIVE,
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that the replica of the trouble works at or that stand in its line',
    fact: serviceActive,
    where: ({ service }) => service === TROUBLED,
    value: ({ active }) => active,
    of: ({ service }) => service,
  }),
  defineSignal({
    name: WORKED,
    kind: 'counter',
    unit: 's',
    help: 'Time that workers of replicas spent at requests',
    fact: replicaWorked,
    amount: ({ duration }) => toSeconds(duration),
  }),
  defineSignal({
    name: WASTED,
    kind: 'counter',
    unit: 's',
    help: 'The part of it that was for nobody: it was broken off, or nobody waited for the answer any more',
    fact: replicaWorked,
    where: ({ wanted }) => !wanted,
    amount: ({ duration }) => toSeconds(duration),
  }),
  recoverySignal(RECOVERY, 'request that failed'),
];

/** Tells of what came, and of where it was sent, from one instant to another, and of failures later than that. */
export function watchTrouble(sim: Simulation, from: Time, to: Time): void {
  const ended = sim.facts.channel(cameInTrouble);
  const sent = sim.facts.channel(sentInTrouble);
  const failedLater = watchRecovery(sim, to);
  sim.facts.channel(requestCompleted).listen(({ request, outcome, duration }) => {
    const came = sim.now - duration;
    if (outcome !== 'ok') failedLater();
    if (isBetween(came, from, to) && ended.heard) ended.emit({ request, outcome, duration });
  });
  sim.facts.channel(balancingSent).listen(({ host, request }) => {
    if (isBetween(sim.now, from, to) && sent.heard) sent.emit({ request, troubled: host === TROUBLED });
  });
}
