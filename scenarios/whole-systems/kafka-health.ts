/**
 * A topic, a group that reads it, and the handbook's table of Kafka's health over both: a fault for each row.
 *
 *     users --> orders (a producer) --> three brokers --> two consumers of one group
 *
 * The topic has two partitions, which the first two brokers lead; the third follows alone. So what befalls it concerns
 * replication and nothing else. All variants are sent the same records at the same times.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  gamma,
  kafkaAssignors,
  kafkaChecklist,
  poisson,
  s,
  total,
  zipfPopularity,
  type Measure,
  type Place,
  type Simulation,
} from '../../sim-core/index.ts';
import { SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import {
  clusterOf,
  groupOf,
  LINGER_BEFORE_GROUP,
  PLACES_WITH_GROUP,
  producerTo,
  users,
} from '../messaging/application/orders.ts';
import { brokenFor, throughout } from './application/rows.ts';
import { befall } from './kafka-health/faults.ts';
import * as limits from './kafka-health/limits.ts';
import { params, type Values } from './kafka-health/params.ts';

const row = (item: string): Measure => brokenFor(kafkaChecklist, item, throughout);
const LAG = 'Lag Growth Derivative';
const UNDER_REPLICATED = 'Under-replicated Partitions';
const SHRINKS = 'ISR Shrink Events';
const ERRORS = 'Produce Error Rate';
const REBALANCES = 'Consumer Rebalance Frequency';

/** Its offsets are kept in a partition that the first broker leads. */
const GROUP = 'billing';

export default defineScenario({
  id: 'kafka-health',
  section: 'Quick tables',
  title: 'Kafka’s health',
  question: 'Five rows say how a Kafka cluster is. Which of them does each fault break, and which with it?',
  params,
  variants: {
    'broker-killed': {},
    healthy: { fault: 'none' },
    'slow-consumer': { fault: 'slow-consumer' },
    'slow-follower': { fault: 'slow-follower' },
    'strict-min-isr': { minInSync: 3 },
    'flapping-consumer': { fault: 'flapping-consumer' },
  },
  roles: {
    healthy: 'control',
    'slow-consumer': 'fault',
    'broker-killed': 'fault',
    'slow-follower': 'fault',
    'strict-min-isr': 'fault',
    'flapping-consumer': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(45),
  system,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    'kafka.consumer_group.lag',
    'kafka.consumer_group.lag.rate',
    'kafka.partition.under_replicated',
    'kafka.isr.shrinks',
    'kafka.producer.record_errors',
    'messaging.client.sent.rate',
    'kafka.consumer_group.rebalances',
    'messaging.client.consumed.rate',
    'messaging.client.operation.duration',
  ],
  places: placesOf(PLACES_WITH_GROUP),
  expect: {
    healthy: [
      atMost(row(LAG), limits.lagSilent),
      atMost(row(UNDER_REPLICATED), 0),
      atMost(row(SHRINKS), 0),
      atMost(row(ERRORS), limits.nobodyGivesUp),
      // The deployment of a consumer is two rebalances, and no more than may be.
      atLeast(total('kafka.consumer_group.rebalances'), 1),
      atMost(row(REBALANCES), 0),
    ],
    'slow-consumer': [
      atLeast(row(LAG), limits.slowGrows),
      atMost(row(UNDER_REPLICATED), 0),
      atMost(row(SHRINKS), 0),
      atMost(row(ERRORS), limits.nobodyGivesUp),
      atMost(row(REBALANCES), 0),
    ],
    'broker-killed': [
      atLeast(row(UNDER_REPLICATED), limits.shortOfOne),
      atLeast(row(LAG), limits.stallGrows),
      // The sets shrink once, and that is occasional.
      atLeast(total('kafka.isr.shrinks'), limits.shrinksOnce),
      atMost(row(SHRINKS), 0),
      atMost(row(ERRORS), limits.nobodyGivesUp),
      atMost(row(REBALANCES), 0),
    ],
    'slow-follower': [
      atLeast(row(SHRINKS), limits.shrinksAgain),
      atLeast(row(UNDER_REPLICATED), limits.cutShort),
      atLeast(row(LAG), limits.stallGrows),
      atMost(row(ERRORS), limits.nobodyGivesUp),
      atMost(row(REBALANCES), 0),
    ],
    'strict-min-isr': [
      atLeast(row(ERRORS), limits.givenUp),
      atLeast(row(UNDER_REPLICATED), limits.shortOfOne),
      atMost(row(SHRINKS), 0),
      atMost(row(REBALANCES), 0),
    ],
    'flapping-consumer': [
      atLeast(row(REBALANCES), limits.rebalancedAgain),
      atMost(row(LAG), limits.lagSilent),
      atMost(row(UNDER_REPLICATED), 0),
      atMost(row(SHRINKS), 0),
      atMost(row(ERRORS), limits.nobodyGivesUp),
    ],
  },
});

/** The group by its own name. */
function placesOf({ group, ...others }: typeof PLACES_WITH_GROUP): Readonly<Record<string, Place>> {
  return { ...others, [GROUP]: group };
}

function system(sim: Simulation, p: Values): void {
  const topic = { partitions: 2, minInSync: p.minInSync };
  const cluster = clusterOf(sim, topic, { groups: { names: [GROUP] }, lagMax: p.lagMax });
  const producing = { linger: LINGER_BEFORE_GROUP, deliveryTimeout: p.deliveryTimeout };
  const producer = producerTo(sim, cluster, producing, p.deliveryTimeout);
  users(sim, producer, poisson(p.rate), zipfPopularity(limits.KEYS, 0));
  const group = groupOf(sim, cluster, {
    name: GROUP,
    consumers: 2,
    assignor: kafkaAssignors['cooperative-sticky'],
    processTime: gamma(SHAPE, p.processTime / SHAPE),
    commit: 'after',
    heartbeatInterval: limits.HEARTBEAT,
  });
  group.scale(2);
  befall(sim, p, cluster, group);
}
