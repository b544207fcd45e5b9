/** A Kafka topic with a group a service: a key's events are in one partition, and a partition has one consumer of a group. */
import { exponential, kafkaAssignors, ms, s, type Endpoint, type Simulation } from '../../../sim-core/index.ts';
import { clusterOf, groupOf, producerTo } from '../application/orders.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME, PARTITIONS } from './limits.ts';
import type { Values } from './params.ts';

export function kafka(sim: Simulation, p: Values): Endpoint<number, void> {
  const services = ['billing', 'search', LATE_SERVICE];
  const nameOf = (service: string): string => `${service}-group`;
  // Each group's offsets have one copy, and the broker that dies below keeps none: what becomes of a group without a
  // coordinator is not the question here.
  const groups = { names: services.map(nameOf), replicationFactor: 1 };
  const cluster = clusterOf(sim, { name: 'events', partitions: PARTITIONS }, { groups });
  const producer = producerTo(sim, cluster, { name: 'events', linger: ms(5) });
  const coordinators = new Set<string | undefined>();
  for (const service of services) {
    const group = groupOf(sim, cluster, {
      name: nameOf(service),
      consumerName: service,
      consumers: p.consumers,
      assignor: kafkaAssignors['cooperative-sticky'],
      heartbeatInterval: s(2),
      sessionTimeout: s(6),
      initialDelay: ms(100),
      processTime: exponential(p.workTime),
      pollRecords: 10,
      commit: 'auto',
    });
    coordinators.add(group.coordinator);
    const start = service === LATE_SERVICE ? p.lateAt : 0;
    const starts = (): void => group.scale(p.consumers);
    sim.scheduleAt(start, starts, undefined, sim.eventKind(`${service} begins to read`));
    if (service !== 'billing') continue;
    const [first] = group.consumers;
    sim.scheduleAt(p.killAt, () => first.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
  }
  // Three groups may have three coordinators: then there is no such broker, and the names have to be others.
  const broker = cluster.brokers.find(({ name }) => !coordinators.has(name))!;
  sim.scheduleAt(p.crashAt, () => broker.interventions['kill'].apply([2]), undefined, sim.eventKind('the broker dies'));
  return producer;
}
