/** The trouble of a variant: when it begins, and what happens. */
import { minutes, type Simulation, type Time } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { RESTART, type Stack } from './stack.ts';

export const TROUBLE_AT = minutes(5);

/** When instances are replaced. */
export function deploysOf({ trouble, deployEvery, length }: Values): Time[] {
  if (trouble !== 'deploys') return [];
  const count = Math.max(0, Math.ceil((length - TROUBLE_AT) / deployEvery));
  return Array.from({ length: count }, (_, i) => TROUBLE_AT + i * deployEvery);
}

export function plan(sim: Simulation, p: Values, { fleet, collectors, stores }: Stack): void {
  if (p.trouble === 'surge') {
    sim.scheduleAt(TROUBLE_AT, () => fleet.surge(p.surge), undefined, sim.eventKind('a surge begins'));
    sim.scheduleAt(TROUBLE_AT + p.troubleFor, () => fleet.surge(1), undefined, sim.eventKind('the surge is over'));
  }
  for (const at of deploysOf(p)) sim.scheduleAt(at, () => fleet.deploy(), undefined, sim.eventKind('a deploy'));
  if (p.trouble !== 'outage') return;
  const fail = (): void => stores.forEach((store) => store.down(p.troubleFor));
  const restart = (): void => collectors.forEach((collector) => collector.crash(RESTART));
  sim.scheduleAt(TROUBLE_AT, fail, undefined, sim.eventKind('the backends are down'));
  sim.scheduleAt(TROUBLE_AT + p.restartAfter, restart, undefined, sim.eventKind('the collectors are restarted'));
}
