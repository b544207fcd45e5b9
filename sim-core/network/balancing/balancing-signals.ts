/** What is told of a balancer and its hosts, and the signals of that. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A balancer sent a call to a host: the first for a request (attempt 1), or a further one. */
export const balancingSent = defineFact('balancing.sent', 'A balancer sent a call to a host', {
  balancer: 'text',
  host: 'text',
  request: 'request',
  attempt: 'number',
});

/** A call to a host is over: `ok`, failed, or `cancelled` by the balancer's own side. */
export const balancingEnded = defineFact('balancing.ended', 'A call that a balancer sent to a host is over', {
  balancer: 'text',
  host: 'text',
  request: 'request',
  outcome: 'text',
  duration: 'duration',
});

/** A host was ejected, by `kind`, or returned. */
export const hostEjected = defineFact('balancing.ejection', 'A host was ejected as an outlier, or returned', {
  balancer: 'text',
  host: 'text',
  kind: 'text',
});

/** Health checks found a host ill, or well again. */
export const hostChecked = defineFact('balancing.health', 'Health checks found a host ill, or well again', {
  balancer: 'text',
  host: 'text',
  healthy: 'flag',
});

/** A health check of a host was answered, or failed. */
export const hostProbed = defineReading('balancing.health_check', 'A health check was answered, or failed', {
  host: 'text',
  outcome: 'text',
});

/** The kind of a fact of ejection that tells of a return. */
export const RETURNED = 'returned';

export const balancingSignals = [
  defineSignal({
    name: 'balancing.calls',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that balancers sent to hosts, hedges included',
    fact: balancingSent,
  }),
];

export const outlierSignals = [
  defineSignal({
    name: 'balancing.ejections',
    kind: 'counter',
    unit: '{ejection}',
    help: 'Times that a host was ejected as an outlier',
    fact: hostEjected,
    where: ({ kind }) => kind !== RETURNED,
  }),
  defineSignal({
    name: 'balancing.ejected',
    kind: 'gauge',
    unit: '{host}',
    help: 'Hosts that are ejected as outliers',
    fact: hostEjected,
    value: ({ kind }) => (kind === RETURNED ? 0 : 1),
    of: ({ host }) => host,
  }),
];

export const healthSignals = [
  defineSignal({
    name: 'balancing.health_checks.failed',
    kind: 'counter',
    unit: '{check}',
    help: 'Health checks that failed',
    fact: hostProbed,
    where: ({ outcome }) => outcome !== 'ok',
  }),
  defineSignal({
    name: 'balancing.unhealthy',
    kind: 'gauge',
    unit: '{host}',
    help: 'Hosts that health checks found ill',
    fact: hostChecked,
    value: ({ healthy }) => (healthy ? 0 : 1),
    of: ({ host }) => host,
  }),
];
