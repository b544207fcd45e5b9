/**
 * A partition with three replicas: its followers are cut off, and its leader dies. What becomes of the records that were
 * acknowledged, and for how long does nobody take any?
 *
 *     users --> orders (a producer) --> broker-1, which leads
 *                                         |  ^ broker-2 and broker-3 fetch from it
 *                                       controllers
 *
 * One timeline for those who differ in acks: the leader dies two seconds after the cut, when the followers still count as
 * in sync. Another for those who differ in what the topic promises: it dies when they have left the set.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  kafkaRecordSignals,
  mean,
  poisson,
  s,
  summary,
  total,
  zipfPopularity,
  type KafkaCluster,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { clusterOf, producerTo, users } from './application/orders.ts';
import * as limits from './kafka-replication/limits.ts';
import { params, type Values } from './kafka-replication/params.ts';

const LOST = 'kafka.records.lost';
const LOST_UNCLEAN = 'kafka.records.lost.unclean';
const DOUBLED = 'kafka.records.duplicated';
const REFUSED = 'kafka.producer.record_errors';
const NOT_ENOUGH = 'kafka.producer.not_enough_replicas';
const UNCLEAN = 'kafka.leader.elections.unclean';
const OFFLINE = 'kafka.partition.offline';
const UNDER_REPLICATED = 'kafka.partition.under_replicated';
const IN_SYNC = 'kafka.partition.replicas_in_sync';
const SHRINKS = 'kafka.isr.shrinks';
const EXPANDS = 'kafka.isr.expands';
const DURATION = 'messaging.client.operation.duration';

/** The leader dies when the followers have left the set; they are back before it is. */
const LATE = { isolateFor: s(34), killAt: s(30), downtime: s(22) } as const;

const IDEMPOTENT = 'what is sent again must not be in the log twice';
const AS_LONG = 'who is safe must not wait longer for a leader than who is not';

export default defineScenario({
  id: 'kafka-replication',
  section: '2.2',
  title: 'A replicated log',
  question: 'The leader of a replicated partition dies. Which acknowledged records are gone?',
  params,
  variants: {
    'acks-1': { acks: '1' },
    'acks-0': { acks: '0' },
    'acks-all': {},
    'unclean-election': { ...LATE, unclean: true },
    'acks-all-min-isr-2': { ...LATE, unclean: true, minInSync: 2 },
    'clean-election-only': { ...LATE },
    'metadata-quorum-lost': { quorumLostAt: s(5) },
  },
  roles: {
    'acks-1': 'pitfall',
    'acks-0': 'alternative',
    'acks-all': 'remedy',
    'unclean-election': 'pitfall',
    'acks-all-min-isr-2': 'remedy',
    'clean-election-only': 'remedy',
    'metadata-quorum-lost': 'fault',
  },
  repairs: {
    'acks-all': 'acks-1',
    'acks-all-min-isr-2': 'unclean-election',
    'clean-election-only': 'unclean-election',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(0.5),
  // The followers are cut off, the leader is about to die, and the set in sync looks whole.
  openAt: s(11.9),
  system,
  signals: kafkaRecordSignals,
  whileRunning: {
    rate: sentBy('rate', 'users'),
    minInSync: (replicas) => [{ action: 'min-in-sync', target: 'controllers', args: { replicas } }],
    unclean: (allowed) => [{ action: 'unclean', target: 'controllers', args: { allowed: Number(allowed) } }],
  },
  charts: [IN_SYNC, 'messaging.client.sent.rate', LOST, DURATION, UNDER_REPLICATED, OFFLINE, REFUSED, NOT_ENOUGH],
  places: {
    users: { x: 0, y: 0.6 },
    orders: { x: 1, y: 0.6 },
    'broker-1': { x: 2, y: 0 },
    controllers: { x: 2, y: 1.2 },
    'broker-2': { x: 3, y: 0 },
    'broker-3': { x: 3, y: 1.2 },
  },
  expect: {
    'acks-0': [atLeast(atEnd(LOST), limits.thrownAway), atMost(total(REFUSED), 0)],
    'acks-1': [
      atLeast(atEnd(LOST), limits.acknowledgedAlone),
      atMost(atEnd(LOST_UNCLEAN), 0),
      atLeast(total(SHRINKS), limits.shrinksEarly),
      atLeast(mean(UNDER_REPLICATED), limits.shortEarly),
      atLeast(total(EXPANDS), limits.expandsEarly),
      atLeast(atEnd(IN_SYNC), limits.wholeEarly),
    ],
    'acks-all': [
      atMost(atEnd(LOST), 0),
      guardrail(atMost(total(DOUBLED), 0), IDEMPOTENT),
      guardrail(atMost(total(REFUSED), limits.refusedByOutage), 'who waits for all must not wait in vain'),
      guardrail(atMost(mean(OFFLINE), limits.electedAtOnce), AS_LONG),
      guardrail(atLeast(summary(DURATION, 'max'), limits.withoutLeader), 'the price: from the cut on nobody is served'),
    ],
    'unclean-election': [
      atLeast(total(UNCLEAN), limits.electedUnclean),
      atLeast(atEnd(LOST_UNCLEAN), limits.promisedAlone),
      atMost(mean(OFFLINE), limits.offlineUntilHealed),
      atLeast(total(SHRINKS), limits.shrinksLate),
      atLeast(mean(UNDER_REPLICATED), limits.shortLate),
      atLeast(total(EXPANDS), limits.expandsLate),
      atLeast(atEnd(IN_SYNC), limits.wholeLate),
    ],
    'acks-all-min-isr-2': [
      guardrail(
        atLeast(total(UNCLEAN), limits.electedUnclean),
        'the election has to come, and to find nothing to lose',
      ),
      atMost(atEnd(LOST), 0),
      guardrail(atMost(total(DOUBLED), 0), IDEMPOTENT),
      atLeast(total(NOT_ENOUGH), limits.notTaken),
      atLeast(total(REFUSED), limits.givenUp),
      guardrail(atMost(mean(OFFLINE), limits.offlineUntilHealed), AS_LONG),
    ],
    'clean-election-only': [
      atMost(atEnd(LOST), 0),
      guardrail(atMost(total(DOUBLED), 0), IDEMPOTENT),
      atMost(total(UNCLEAN), 0),
      atLeast(mean(OFFLINE), limits.offlineUntilUp),
      guardrail(atMost(total(REFUSED), limits.refusedWaiting), 'the outage must be shorter than their patience'),
    ],
    'metadata-quorum-lost': [atMost(atEnd(LOST), 0), atLeast(total(REFUSED), limits.withoutQuorum)],
  },
});

function system(sim: Simulation, p: Values): void {
  const { sessionTimeout, lagMax, acks, linger, deliveryTimeout } = p;
  const topic = { partitions: 1, minInSync: p.minInSync, isUncleanElectionAllowed: p.unclean };
  const cluster = clusterOf(sim, topic, { sessionTimeout, lagMax });
  const settings = { acks, isIdempotent: acks === 'all', linger, deliveryTimeout };
  const producer = producerTo(sim, cluster, settings, p.requestTimeout);
  users(sim, producer, poisson(p.rate), zipfPopularity(1000, 1));
  befall(sim, p, cluster);
}

/** The cut, the death of the leader and that of the quorum, at their times. */
function befall(sim: Simulation, p: Values, { brokers, controllers }: KafkaCluster): void {
  const at = (time: number, what: string, act: () => void): void =>
    void sim.scheduleAt(time, act, undefined, sim.eventKind(what));
  const [leader, ...followers] = brokers;
  at(p.isolateAt, 'the followers are cut off', () => {
    for (const follower of followers) follower.isolate(p.isolateFor, true);
  });
  at(p.killAt, 'the leader dies', () => leader.kill(p.downtime));
  if (p.quorumLostAt === 0) return;
  at(p.quorumLostAt, 'two controllers die', () => controllers.kill(2));
  at(p.quorumLostAt + p.quorumLostFor, 'the controllers are up again', () => controllers.restart());
}
