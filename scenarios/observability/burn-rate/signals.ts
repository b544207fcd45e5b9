/** What is told of the api's minutes, of incidents and of who heard of them, and the signals made of it. */
import {
  defineFact,
  defineReading,
  defineSignal,
  HOUR,
  MINUTE,
  prometheusName,
  toSeconds,
  type BurnRateAlert,
  type Duration,
  type SignalDefinition,
} from '../../../sim-core/index.ts';
import { INCIDENTS, isSlow } from './incidents.ts';

/** A minute is over. */
export const minuteServed = defineReading('api.served', 'A minute’s requests were counted', {
  good: 'number',
  bad: 'number',
  /** Of the budget of the period, the share that is spent. */
  spent: 'number',
  /** Burn rates of windows of so long. */
  fiveMinutes: 'number',
  halfHour: 'number',
  hour: 'number',
  sixHours: 'number',
  threeDays: 'number',
  /** Whether an incident is under way, and whether somebody is paged. */
  incident: 'flag',
  paged: 'flag',
});

/** The windows that are measured, in the names of the signals; those of every set of rules are among them. */
export const WINDOWS = [
  { name: '5m', words: 'five minutes', field: 'fiveMinutes', length: 5 * MINUTE },
  { name: '30m', words: 'half hour', field: 'halfHour', length: 30 * MINUTE },
  { name: '1h', words: 'hour', field: 'hour', length: HOUR },
  { name: '6h', words: 'six hours', field: 'sixHours', length: 6 * HOUR },
  { name: '3d', words: 'three days', field: 'threeDays', length: 72 * HOUR },
] as const satisfies readonly { readonly length: Duration; readonly [word: string]: unknown }[];

/** Burn rates by window, each with the rates above which an alert that looks at this window may fire. */
export const burnSignals = (alerts: readonly BurnRateAlert[]): SignalDefinition[] =>
  WINDOWS.map(({ name, words, field, length }) =>
    defineSignal({
      name: `slo.burn_rate.${name}`,
      kind: 'gauge',
      unit: '{budget}',
      help: `Burn rate of the last ${words}: at 1 the budget lasts for its period`,
      fact: minuteServed,
      value: (fact) => fact[field],
      of: () => 'api',
      thresholds: alerts
        .filter(({ windows }) => windows.includes(length))
        .map(({ name: label, burnRate: value }) => ({ label, value })),
    }),
  );

export const SPENT = 'slo.error_budget.spent';
export const REMAINING = 'slo.error_budget.remaining';
export const IDLE = 'pager.open.after_recovery';

const REQUESTS = 'http.server.requests';
const FAILED = 'http.server.request.errors';
/** The counters as Prometheus calls them. */
export const COUNTERS = {
  bad: prometheusName({ name: FAILED, unit: '{request}', kind: 'sum', isMonotonic: true }),
  valid: prometheusName({ name: REQUESTS, unit: '{request}', kind: 'sum', isMonotonic: true }),
};

export const servedSignals = [
  defineSignal({
    name: REQUESTS,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that came',
    fact: minuteServed,
    amount: ({ good, bad }) => good + bad,
  }),
  defineSignal({
    name: 'http.server.request.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Requests a second',
    fact: minuteServed,
    amount: ({ good, bad }) => good + bad,
  }),
  defineSignal({
    name: FAILED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that failed',
    fact: minuteServed,
    amount: ({ bad }) => bad,
  }),
  defineSignal({
    name: 'slo.error_ratio',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the last minute’s requests that failed',
    fact: minuteServed,
    value: ({ good, bad }) => (bad > 0 ? bad / (good + bad) : 0),
    of: () => 'api',
  }),
  defineSignal({
    name: SPENT,
    kind: 'gauge',
    unit: '1',
    help: 'Share of the period’s error budget that is spent; above 1 the objective is missed',
    fact: minuteServed,
    value: ({ spent }) => spent,
    of: () => 'api',
    thresholds: [{ label: 'budget', value: 1 }],
  }),
  defineSignal({
    name: REMAINING,
    kind: 'gauge',
    unit: '1',
    help: 'Share of the period’s error budget that is left; below 0 the objective is missed',
    fact: minuteServed,
    value: ({ spent }) => 1 - spent,
    of: () => 'api',
    thresholds: [{ label: 'nothing left', value: 0 }],
  }),
  defineSignal({
    name: 'incident.active',
    kind: 'gauge',
    unit: '{incident}',
    help: 'Whether an incident is under way: 1 or 0',
    fact: minuteServed,
    value: ({ incident }) => (incident ? 1 : 0),
    of: () => 'api',
  }),
  defineSignal({
    name: IDLE,
    kind: 'counter',
    unit: 's',
    help: 'Time that somebody was paged while no incident was under way',
    fact: minuteServed,
    where: ({ incident, paged }) => paged && !incident,
    amount: () => toSeconds(MINUTE),
  }),
];

export const incidentTold = defineFact('incident.told', 'Somebody was told that something is wrong', {
  severity: 'text',
  /** Of which incident; empty if it is none's. */
  incident: 'text',
  isFirst: 'flag',
  /** From the beginning of the incident on. */
  after: 'duration',
});
export const incidentEnded = defineFact('incident.ended', 'An incident is over', {
  incident: 'text',
  isRepaired: 'flag',
  duration: 'duration',
});

export const DETECTED = 'incident.detected';
export const SLOW_DETECTED = 'incident.slow.detected';
export const DETECTION = 'incident.detection.time';
export const ENDED = 'incident.ended';
export const PAGES = 'pager.pages';
export const FALSE_PAGES = 'pager.pages.false';
export const TICKETS = 'pager.tickets';

const slow = new Set(INCIDENTS.filter(isSlow).map(({ name }) => name));

export const incidentSignals = [
  defineSignal({
    name: DETECTED,
    kind: 'counter',
    unit: '{incident}',
    help: 'Incidents of which somebody was told while they could be told from other failures',
    fact: incidentTold,
    where: ({ isFirst }) => isFirst,
  }),
  defineSignal({
    name: SLOW_DETECTED,
    kind: 'counter',
    unit: '{incident}',
    help: 'Of these, incidents of the library in which fewer than one request in a hundred fails',
    fact: incidentTold,
    where: ({ isFirst, incident }) => isFirst && slow.has(incident),
  }),
  defineSignal({
    name: DETECTION,
    kind: 'histogram',
    unit: 's',
    help: 'Time from the beginning of an incident to the first page or ticket that it caused',
    fact: incidentTold,
    where: ({ isFirst }) => isFirst,
    value: ({ after }) => after,
  }),
  defineSignal({
    name: ENDED,
    kind: 'counter',
    unit: '{incident}',
    help: 'Incidents that are over, by themselves or repaired',
    fact: incidentEnded,
  }),
  defineSignal({
    name: PAGES,
    kind: 'counter',
    unit: '{page}',
    help: 'Times that somebody was paged',
    fact: incidentTold,
    where: ({ severity }) => severity === 'page',
  }),
  defineSignal({
    name: FALSE_PAGES,
    kind: 'counter',
    unit: '{page}',
    help: 'Times of these that no incident was the cause',
    fact: incidentTold,
    where: ({ severity, incident }) => severity === 'page' && incident === '',
  }),
  defineSignal({
    name: TICKETS,
    kind: 'counter',
    unit: '{ticket}',
    help: 'Tickets that were opened',
    fact: incidentTold,
    where: ({ severity }) => severity === 'ticket',
  }),
];
