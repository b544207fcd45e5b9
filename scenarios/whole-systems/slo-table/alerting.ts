/** The triggers of the handbook's table as rules, and the way of what fires to somebody's pager. */
import {
  Alertmanager,
  AlertingRule,
  alertChanged,
  burnRateThatSpends,
  Link,
  MINUTE,
  Pager,
  ROUTE_DEFAULTS,
  RuleEvaluator,
  SECOND,
  toSeconds,
  type AlertLabels,
  type Duration,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { Dashboard, EVERY, type Seen } from './dashboard.ts';
import {
  AVAILABILITY,
  HIT_RATIO_LEAST,
  LAG_MOST,
  LATENCY_MOST,
  REPLICA_LAG_MOST,
  ROW_OF_FAULT,
  ROWS,
  type RowName,
} from './objectives.ts';
import type { Values } from './params.ts';
import { faultUnheard, rowFired, tableLooked } from './signals.ts';

const HOLDS: readonly AlertLabels[] = [{}];
const HOLDS_NOT: readonly AlertLabels[] = [];

interface Trigger {
  readonly holds: (seen: Seen) => boolean;
  readonly for: Duration;
}

/** As the handbook prints them, with the numbers that it leaves open. */
const triggersOf = (p: Values): Record<RowName, Trigger> => {
  const burn = burnRateThatSpends(AVAILABILITY, 1, p.burning * 60 * MINUTE);
  return {
    availability: { holds: (seen) => seen.burn > burn, for: 0 },
    latency: {
      holds: (seen) =>
        p.latencyRule === 'budget' ? seen.latencyBurn > p.baselines : seen.p99 > p.baselines * seen.baseline,
      for: 0,
    },
    lag: { holds: (seen) => seen.slope * toSeconds(p.lagIn) > LAG_MOST, for: 0 },
    hitRatio: { holds: (seen) => seen.hitRatio < p.hitRatioLeast, for: p.hitRatioFor },
    replica: { holds: (seen) => seen.replicaLag > toSeconds(p.replicaLagMost), for: p.replicaLagFor },
  };
};

/** Whether one of the objectives that are of every moment is missed; that of availability is of a month. */
const isMissed = ({ p99, lag, hitRatio, replicaLag }: Seen): boolean =>
  p99 > toSeconds(LATENCY_MOST) ||
  lag > LAG_MOST ||
  hitRatio < HIT_RATIO_LEAST ||
  replicaLag > toSeconds(REPLICA_LAG_MOST);

export function alerting(sim: Simulation, p: Values): void {
  const dashboard = new Dashboard(sim);
  const triggers = triggersOf(p);
  const rows = Object.keys(ROWS) as RowName[];
  const labels: AlertLabels = { service: 'shop', severity: 'page' };
  const rules = rows.map((row) => new AlertingRule({ name: ROWS[row], labels, for: triggers[row].for }));
  const pager = new Pager(sim, { name: 'pager', help: 'Wakes whoever is on call' });
  const alertmanager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [
      {
        ...ROUTE_DEFAULTS,
        matches: {},
        receiver: new Link(sim, pager, { from: 'alertmanager', delay: nearby, timeout: MINUTE }),
        groupBy: ['alertname'],
      },
    ],
    inhibitRules: [],
  });
  const begins = p.fault === 'none' ? Infinity : p.faultAt;
  const ends = begins + p.faultFor;
  const own = ROW_OF_FAULT[p.fault];
  let isHeard = own === undefined;
  const unheard = sim.facts.channel(faultUnheard);
  /** Before the rules are evaluated, of the time since they were. */
  function tellUnheard(): void {
    const time = Math.min(sim.now, ends) - Math.max(sim.now - EVERY, begins);
    if (!isHeard && time > 0 && unheard.heard) unheard.emit({ time: toSeconds(time) });
  }
  let seen: Seen;
  const looked = sim.facts.channel(tableLooked);
  const evaluator: RuleEvaluator = new RuleEvaluator(sim, {
    name: 'prometheus',
    help: `Evaluates the five rules of the table every ${toSeconds(EVERY)} s`,
    interval: EVERY,
    sample: () => {
      seen = dashboard.look();
      tellUnheard();
      if (!looked.heard) return;
      const isSilent = isMissed(seen) && evaluator.firingAlerts === 0;
      const { baseline: _, ...panels } = seen;
      const ownRule = rules[rows.indexOf('hitRatio')];
      const isHitRatioSilent = seen.hitRatio < HIT_RATIO_LEAST && ownRule.count('firing') === 0;
      const time = (isSo: boolean): number => (isSo ? toSeconds(EVERY) : 0);
      looked.emit({ ...panels, silent: time(isSilent), hitRatioSilent: time(isHitRatioSilent) });
    },
    rules: rules.map((rule, i) => ({ rule, holding: () => (triggers[rows[i]].holds(seen) ? HOLDS : HOLDS_NOT) })),
    alertmanager: new Link(sim, alertmanager, { from: 'prometheus', delay: nearby, timeout: 10 * SECOND }),
  });
  const told = sim.facts.channel(rowFired);
  sim.facts.channel(alertChanged).listen(({ rule, to }) => {
    if (to !== 'firing') return;
    const isEarly = sim.now < begins;
    const isDetection = !isEarly && !isHeard && own !== undefined && rule === ROWS[own];
    if (isDetection) isHeard = true;
    if (told.heard) told.emit({ row: rule, isEarly, isDetection, after: isEarly ? 0 : sim.now - begins });
  });
}
