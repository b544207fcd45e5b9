/** What goes wrong with the cluster or the group, and when; and what belongs to its life, in every variant. */
import {
  s,
  type Duration,
  type KafkaCluster,
  type KafkaConsumerGroup,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

/** A deployment restarts a consumer, which is nobody's fault. */
export const DEPLOYED_AT = s(26);
export const FAULT_AT = s(40);
/** A broker is dead for so long, and a follower cut off each time. */
export const DOWN_FOR = s(15);
export const CUT_FOR = (p: Values): Duration => Math.min(2 * p.lagMax, p.every - s(0.5));
const RESTART = s(0.5);

export function befall(sim: Simulation, p: Values, cluster: KafkaCluster, group: KafkaConsumerGroup): void {
  const at = (time: number, what: string, act: () => void): void =>
    void sim.scheduleAt(time, act, undefined, sim.eventKind(what));
  const again = (what: string, act: () => void): void => {
    for (let time: number = FAULT_AT; time < p.length; time += p.every) at(time, what, act);
  };
  const follower = cluster.brokers[2];
  const [consumer] = group.consumers;
  const restart = (): void => {
    consumer.stop();
    sim.schedule(RESTART, () => consumer.start(), undefined, sim.eventKind('a consumer is started'));
  };
  at(DEPLOYED_AT, 'a consumer is deployed anew', restart);
  if (p.fault === 'slow-consumer') at(FAULT_AT, 'a consumer becomes slow', () => consumer.slow(p.slowdown));
  if (p.fault === 'broker-killed') at(FAULT_AT, 'a broker dies', () => follower.kill(DOWN_FOR));
  if (p.fault === 'slow-follower') again('a follower is cut off', () => follower.isolate(CUT_FOR(p), false));
  if (p.fault === 'flapping-consumer') again('a consumer is restarted', restart);
}
