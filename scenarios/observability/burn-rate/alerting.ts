/** The way of an alert: Prometheus over the api's counters, an Alertmanager, somebody who is paged and a queue of tickets. */
import {
  Alertmanager,
  AlertingRule,
  burnCondition,
  burnRateGroup,
  Link,
  MINUTE,
  Pager,
  ROUTE_DEFAULTS,
  RuleEvaluator,
  type AlertLabels,
  type AlertSeverity,
  type BurnRateAlert,
  type Duration,
  type ErrorWindows,
  type Notification,
  type RuleGroup,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { IncidentBook } from './incident-book.ts';
import type { Values } from './params.ts';
import { alertsOf, objectiveOf } from './rule-sets.ts';
import { COUNTERS } from './signals.ts';
import { silencesOf } from './traffic.ts';

/** What every alert of the team's says of whom it is about. */
export const SERVICE: AlertLabels = { service: 'api' };
/** The team's alerts on burn rates as rules for a real Prometheus, over the counters that are exported. */
export const alertGroups = (p: Values): RuleGroup[] => [
  burnRateGroup({
    service: 'api',
    objective: objectiveOf(p),
    alerts: alertsOf(p),
    ...COUNTERS,
    interval: MINUTE,
    labels: SERVICE,
  }),
];

const HOLDS: readonly AlertLabels[] = [{}];
const HOLDS_NOT: readonly AlertLabels[] = [];

/** Wires it; the book is told of what is opened and closed. Made after whoever counts, it evaluates what was counted at the same instant. */
export function alerting(sim: Simulation, p: Values, windows: ErrorWindows, book: IncidentBook): void {
  const alerts = alertsOf(p);
  const objective = objectiveOf(p);
  const ratioOf = (window: Duration): number => windows.ratio(window);
  const receiver = (name: string, help: string, severity: AlertSeverity): Pager =>
    new Pager(sim, {
      name,
      help,
      onOpen: (notification) => book.open(severity, shortestWindow(alerts, notification)),
      onClose: () => book.close(severity),
    });
  const pager = receiver('pager', 'Wakes whoever is on call', 'page');
  const tickets = receiver('tickets', 'What somebody looks at in working hours', 'ticket');
  const to = (endpoint: Pager): Link<Notification, void> =>
    new Link(sim, endpoint, { from: 'alertmanager', delay: nearby, timeout: 10 * MINUTE });
  const alertmanager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [
      { ...ROUTE_DEFAULTS, matches: { severity: 'page' }, receiver: to(pager), groupBy: ['service'] },
      { ...ROUTE_DEFAULTS, matches: { severity: 'ticket' }, receiver: to(tickets), groupBy: ['service'] },
    ],
    silences: silencesOf(p).map((silence) => ({ ...silence, matches: {} })),
    inhibitRules: [{ source: { severity: 'page' }, target: { severity: 'ticket' }, equal: ['service'] }],
  });
  new RuleEvaluator(sim, {
    name: 'prometheus',
    help: `Evaluates ${alerts.map(({ name }) => name).join(', ')} every minute`,
    interval: MINUTE,
    rules: alerts.map((alert) => {
      const burns = burnCondition(objective, alert);
      return {
        rule: new AlertingRule({
          name: alert.name,
          labels: { ...SERVICE, severity: alert.severity },
          for: alert.for,
          keepFiringFor: p.keepFiring,
        }),
        holding: () => (burns(ratioOf) ? HOLDS : HOLDS_NOT),
      };
    }),
    alertmanager: new Link(sim, alertmanager, { from: 'prometheus', delay: nearby, timeout: MINUTE }),
  });
}

/** Of the alerts that a notification tells of. */
function shortestWindow(alerts: readonly BurnRateAlert[], { firing }: Notification): number {
  const told = firing.map(({ labels }) => alerts.find(({ name }) => name === labels['alertname'])!);
  return Math.min(...told.flatMap(({ windows }) => windows));
}
