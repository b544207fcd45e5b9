/**
 * A rolling restart of a group of consumers: each in turn is stopped and started again. How much of the group's work
 * stands still for it?
 *
 *     users --> orders (a producer) --> three brokers --> six consumers of one group,
 *                                                         which one of the brokers coordinates
 *
 * All variants are sent the same records at the same times, and restart the same consumers at the same times, when the
 * group has long begun its work: what is measured is the restarts'.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  gamma,
  guardrail,
  kafkaAssignors,
  type KafkaConsumerGroup,
  kafkaRecordSignals,
  mean,
  peak,
  poisson,
  s,
  total,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import {
  clusterOf,
  GROUP,
  groupOf,
  LINGER_BEFORE_GROUP,
  PLACES_WITH_GROUP,
  producerTo,
  users,
} from './application/orders.ts';
import * as limits from './rebalance/limits.ts';
import { FIRST_GENERATION, params, type Values } from './rebalance/params.ts';

const REBALANCES = 'kafka.consumer_group.rebalances';
const REVOKED = 'kafka.consumer.revoked';
const AGAIN = 'kafka.consumer.reprocessed';
const UNOWNED = 'kafka.consumer_group.unowned';
const DELAY = 'kafka.consumer.record_delay';

const GOODBYE = 'who says goodbye commits first, in the pitfall too';

export default defineScenario({
  id: 'rebalance',
  section: '2.2',
  title: 'Rebalances of a group',
  question: 'The consumers of a group are restarted one after the other. How much of the group stands still each time?',
  params,
  variants: {
    eager: {},
    cooperative: { assignor: 'cooperative-sticky' },
    'static-membership': { isStatic: true },
    // Somebody has to notice that it is dead.
    'eager-killed': { goodbye: false, downtime: s(3) },
  },
  roles: { eager: 'pitfall', cooperative: 'remedy', 'static-membership': 'remedy', 'eager-killed': 'fault' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: FIRST_GENERATION,
  interval: s(0.5),
  // The first consumer has gone, and the others give up what they have.
  openAt: s(17),
  system,
  signals: kafkaRecordSignals,
  whileRunning: {
    rate: sentBy('rate', 'users'),
  },
  charts: [
    UNOWNED,
    'messaging.client.consumed.rate',
    'kafka.consumer_group.lag',
    DELAY,
    REBALANCES,
    REVOKED,
    AGAIN,
    'kafka.consumer_group.rebalance.duration',
  ],
  places: PLACES_WITH_GROUP,
  expect: {
    eager: [
      atLeast(total(REBALANCES), limits.rounds),
      atLeast(total(REVOKED), limits.givenUpByAll),
      atLeast(peak(UNOWNED), limits.standsStill),
      atMost(total(AGAIN), limits.committed),
    ],
    cooperative: [
      atMost(total(REVOKED), limits.moved),
      atMost(peak(UNOWNED), limits.fewStandStill),
      atMost(mean(UNOWNED), limits.ownedBySomebody),
      guardrail(atMost(total(AGAIN), limits.committed), GOODBYE),
    ],
    'static-membership': [
      atMost(total(REBALANCES), limits.undisturbed),
      atMost(total(REVOKED), limits.nothingMoves),
      atMost(peak(UNOWNED), limits.fewStandStill),
      atMost(mean(UNOWNED), limits.ownedByNameOnly),
      atMost(mean(DELAY), limits.meanDelay),
      guardrail(atMost(total(AGAIN), limits.committed), GOODBYE),
    ],
    'eager-killed': [atLeast(total(AGAIN), limits.processedAgain), atMost(total(AGAIN), limits.processedAgainMost)],
  },
});

function system(sim: Simulation, p: Values): void {
  const cluster = clusterOf(sim, { partitions: p.partitions }, { groups: { names: [GROUP.name] } });
  const producer = producerTo(sim, cluster, { linger: LINGER_BEFORE_GROUP });
  users(sim, producer, poisson(p.rate), zipfPopularity(limits.KEYS, 0));
  const group = groupOf(sim, cluster, {
    consumers: p.consumers,
    assignor: kafkaAssignors[p.assignor as keyof typeof kafkaAssignors],
    isStatic: p.isStatic,
    sessionTimeout: p.sessionTimeout,
    processTime: gamma(SHAPE, p.processTime / SHAPE),
    commit: 'auto',
    autoCommitInterval: p.commitInterval,
  });
  restartInTurn(sim, p, group);
}

/** All start within a heartbeat of each other, as machines do, and while the group waits for others; they are restarted in turn. */
function restartInTurn(sim: Simulation, p: Values, { consumers }: KafkaConsumerGroup): void {
  const [starts, stops] = [sim.eventKind('a consumer is started'), sim.eventKind('a consumer is stopped')];
  const moments = sim.random('starts of the consumers');
  consumers.forEach((consumer, index) => {
    const start = Math.floor(moments.next() * Math.min(GROUP.heartbeatInterval, GROUP.initialDelay));
    sim.scheduleAt(start, () => consumer.start(), undefined, starts);
    const restart = (): void => {
      if (!p.goodbye) consumer.kill(p.downtime);
      else {
        consumer.stop();
        sim.schedule(p.downtime, () => consumer.start(), undefined, starts);
      }
    };
    sim.scheduleAt(p.restartFrom + index * p.restartEvery, restart, undefined, stops);
  });
}
