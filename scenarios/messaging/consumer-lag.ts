/**
 * A group of consumers that is slower than its topic: how the lag grows, what scaling does about it, and where scaling
 * ends.
 *
 *     users --> orders (a producer) --> three brokers --> consumers of one group,
 *                                                         which one of the brokers coordinates
 *
 * Three members at the start, and another number from 12 s on. All variants are sent the same number of records.
 */
import {
  kafkaAssignors,
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  gamma,
  guardrail,
  hotKey,
  kafkaRecordSignals,
  kafkaRetentionSignals,
  mean,
  peak,
  peakSince,
  poisson,
  s,
  summary,
  toSeconds,
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
import { CATCH_UP, catchUpSignal, watchCatchUp } from './consumer-lag/catch-up.ts';
import * as limits from './consumer-lag/limits.ts';
import { params, type Values } from './consumer-lag/params.ts';

const LAG = 'kafka.consumer_group.lag';
const LAG_RATE = 'kafka.consumer_group.lag.rate';
const LAG_TIME = 'kafka.consumer_group.lag_time';
const IDLE = 'kafka.consumer.idle';
const SKIPPED = 'kafka.consumer_group.skipped';
const CONSUMED = 'messaging.client.consumed.rate';

export default defineScenario({
  id: 'consumer-lag',
  section: '2.2',
  title: 'Consumer lag',
  question: 'A group falls behind its topic. Which of the things that one can add make it catch up?',
  params,
  variants: {
    'under-provisioned': {},
    'scaled-out': { scaleTo: 6 },
    'more-consumers-than-partitions': { scaleTo: 12 },
    'hot-partition': { scaleTo: 6, hotShare: 0.4 },
    'short-retention': { retention: s(3) },
  },
  roles: {
    'under-provisioned': 'pitfall',
    'scaled-out': 'remedy',
    'more-consumers-than-partitions': 'alternative',
    'hot-partition': 'fault',
    'short-retention': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(limits.INTERVAL),
  // A moment before the group is scaled.
  openAt: s(11.5),
  system,
  signals: [...kafkaRecordSignals, ...kafkaRetentionSignals, catchUpSignal],
  whileRunning: {
    rate: sentBy('rate', 'users'),
    retention: (time) => [
      {
        action: 'retention',
        target: 'controllers',
        args: { seconds: toSeconds(time), segment: toSeconds(limits.SEGMENT) },
      },
    ],
    scaleTo: (members) => [{ action: 'scale', target: 'group', args: { members } }],
  },
  charts: [
    LAG,
    LAG_RATE,
    LAG_TIME,
    CATCH_UP,
    CONSUMED,
    'messaging.client.sent.rate',
    'kafka.consumer.record_delay',
    IDLE,
    SKIPPED,
    'kafka.consumer.partitions',
    'kafka.consumer_group.rebalances',
  ],
  places: PLACES_WITH_GROUP,
  expect: {
    'under-provisioned': [
      atLeast(atEnd(LAG), limits.shortfall),
      atLeast(mean(LAG_RATE), limits.rises),
      atLeast(summary(LAG_TIME, 'max'), limits.oldest),
    ],
    'scaled-out': [
      atMost(atEnd(LAG), limits.littleLeft),
      atMost(peakSince(LAG, 'max', limits.caughtUp), limits.littleLeft),
      atMost(peakSince(LAG_TIME, 'max', limits.caughtUp), limits.littleWait),
      atMost(peak(CATCH_UP), limits.catchUpMost),
      atMost(mean(LAG_RATE), limits.levelsOff),
      guardrail(atMost(total('kafka.records.duplicated'), 0), 'what is sent again must not be in the log twice'),
    ],
    // What six do, and no sooner: the other six have nothing to do.
    'more-consumers-than-partitions': [
      atLeast(atEnd(IDLE), limits.idleMembers),
      atMost(peak(CONSUMED), limits.noMoreThanPartitions),
      atLeast(peak(CATCH_UP), limits.catchUpLeast),
      atMost(peakSince(LAG, 'max', limits.caughtUp), limits.littleLeft),
    ],
    'hot-partition': [atLeast(atEnd(LAG), limits.hotShortfall), atLeast(summary(LAG_TIME, 'max'), limits.oldestOfHot)],
    'short-retention': [
      atLeast(total('kafka.records.deleted'), limits.deleted),
      atLeast(atEnd(SKIPPED), limits.deletedUnread),
      atMost(atEnd(LAG), limits.notDeleted),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const log = { segmentTime: limits.SEGMENT, retentionTime: p.retention };
  const settings = { groups: { names: [GROUP.name] }, retentionCheck: limits.RETENTION_CHECK };
  const cluster = clusterOf(sim, { partitions: p.partitions, log }, settings);
  const producer = producerTo(sim, cluster, { linger: LINGER_BEFORE_GROUP });
  users(sim, producer, poisson(p.rate), hotKey(p.hotShare, zipfPopularity(limits.KEYS, 0)));
  const group = groupOf(sim, cluster, {
    consumers: Math.max(p.consumers, p.scaleTo),
    assignor: kafkaAssignors['cooperative-sticky'],
    processTime: gamma(SHAPE, p.processTime / SHAPE),
    pollRecords: p.pollRecords,
    commit: 'after',
  });
  watchCatchUp(sim, p.scaleAt, limits.keepsUp(p));
  group.scale(p.consumers);
  if (p.scaleTo === p.consumers) return;
  const scaling = sim.eventKind(`the group is scaled from ${p.consumers} to ${p.scaleTo} members`);
  sim.scheduleAt(p.scaleAt, () => group.scale(p.scaleTo), undefined, scaling);
}
