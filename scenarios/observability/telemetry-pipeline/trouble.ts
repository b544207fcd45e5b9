/** The trouble of a variant: when it begins, and what happens. */
import { minutes, type Duration, type Simulation, type TelemetryKind, type Time } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { RESTART, type Stack } from './stack.ts';

export const TROUBLE_AT = minutes(5);

type Outage = Extract<Values['trouble'], 'outage' | `${string}-down`>;

/** Of which kinds nobody takes what comes, in an outage. */
const STORES_DOWN: Readonly<Record<Outage, readonly TelemetryKind[]>> = {
  outage: ['traces', 'logs', 'metrics'],
  'traces-down': ['traces'],
  'logs-down': ['logs'],
  'metrics-down': ['metrics'],
  'collectors-down': [],
};

/** The kinds whose store is down. */
export const storesDown = ({ trouble }: Values): readonly TelemetryKind[] => STORES_DOWN[trouble as Outage] ?? [];

/** When instances are replaced. */
export function deploysOf({ trouble, deployEvery, length }: Values): Time[] {
  if (trouble !== 'deploys') return [];
  const count = Math.max(0, Math.ceil((length - TROUBLE_AT) / deployEvery));
  return Array.from({ length: count }, (_, i) => TROUBLE_AT + i * deployEvery);
}

/** How long the trouble lasts that somebody should be told of; deploys go on until the end. */
export function troubleLasts({ trouble, troubleFor, length }: Values): Duration {
  if (trouble === 'none') return 0;
  if (trouble === 'sampler-killed') return RESTART;
  return Math.min(trouble === 'deploys' ? Infinity : troubleFor, Math.max(0, length - TROUBLE_AT));
}

export function plan(sim: Simulation, p: Values, stack: Stack): void {
  const at = (time: Time, what: string, deed: () => void): void =>
    void sim.scheduleAt(time, deed, undefined, sim.eventKind(what));
  const { fleet, collectors, stores, journeys } = stack;
  const surge = (factor: number): void => {
    fleet.surge(factor);
    journeys?.surge(factor);
  };
  if (p.trouble === 'surge') {
    at(TROUBLE_AT, 'a surge begins', () => surge(p.surge));
    at(TROUBLE_AT + p.troubleFor, 'the surge is over', () => surge(1));
  }
  for (const time of deploysOf(p)) at(time, 'a deploy', () => fleet.deploy());
  const down = stores.filter(({ name }) => storesDown(p).some((kind) => kind === name));
  if (down.length > 0) {
    const what = down.length === stores.length ? 'the backends are down' : `the store of ${down[0].name} is down`;
    at(TROUBLE_AT, what, () => down.forEach((store) => store.down(p.troubleFor)));
  }
  const crash = (downtime: Duration): void => collectors.forEach((collector) => collector.crash(downtime));
  if (p.trouble === 'outage') at(TROUBLE_AT + p.restartAfter, 'the collectors are restarted', () => crash(RESTART));
  if (p.trouble === 'collectors-down') at(TROUBLE_AT, 'the collectors are down', () => crash(p.troubleFor));
  if (p.trouble === 'sampler-killed') {
    at(TROUBLE_AT, 'a tail sampler is killed', () => journeys?.samplers[0].crash(RESTART));
  }
  planAlerting(sim, p, stack);
}

/** Who should tell of it is down himself. */
function planAlerting(sim: Simulation, p: Values, { writer, alerting }: Stack): void {
  const { alertingDown, alertingDownAt, alertingDownFor } = p;
  if (alertingDown === 'none') return;
  const fail = (): void => {
    if (alertingDown === 'alertmanager') return alerting.alertmanager.crash(alertingDownFor);
    writer.crash(alertingDownFor);
    alerting.rules.crash(alertingDownFor);
  };
  sim.scheduleAt(alertingDownAt, fail, undefined, sim.eventKind(`${alertingDown} is down`));
}
