/** What can be done to the controllers while they run, and to the topics that they keep. */
import { SECOND } from '../../kernel/time.ts';
import { KEEP_ALL, type CleanupPolicy } from '../../messaging/log/partition-log.ts';
import type { Intervention } from '../../network/component.ts';
import type { Topic } from './topic.ts';

const POLICIES: readonly CleanupPolicy[] = ['delete', 'compact', 'compact,delete'];

interface Target {
  kill(count: number): void;
  restart(): void;
  allowUnclean(isAllowed: boolean, topics: readonly Topic[]): void;
}

export interface Kept {
  readonly voters: number;
  readonly topics: readonly Topic[];
  readonly brokers: readonly string[];
}

export function controllerInterventions(
  controllers: Target,
  { voters, topics: all, brokers }: Kept,
): Readonly<Record<string, Intervention>> {
  const topics = all.filter(({ isInternal }) => !isInternal);
  const which = {
    name: 'topic',
    help: ['0: every topic', ...topics.map(({ name }, index) => `${index + 1}: ${name}`)].join('; '),
    min: 0,
    max: topics.length,
    default: 0,
  };
  const chosen = (topic: number): readonly Topic[] => {
    const number = Math.round(topic);
    return number === 0 ? topics : [topics[number - 1]];
  };
  return {
    kill: {
      help: 'So many controllers die, the active one among them; without a majority nothing is decided any more',
      arguments: [{ name: 'voters', help: 'controllers that die', min: 1, max: voters, default: 1 }],
      apply: ([count]) => controllers.kill(Math.round(count)),
    },
    restart: { help: 'All controllers are up again', arguments: [], apply: () => controllers.restart() },
    'min-in-sync': {
      help: 'Sets min.insync.replicas of every topic or of one',
      arguments: [
        { name: 'replicas', help: 'replicas', min: 1, max: brokers.length, default: Math.min(2, brokers.length) },
        which,
      ],
      apply: ([replicas, one]) => {
        for (const topic of chosen(one)) topic.minInSync = Math.round(replicas);
      },
    },
    unclean: {
      help: 'Allows unclean elections in every topic or in one, or not',
      arguments: [{ name: 'allowed', help: '1: yes; 0: no', min: 0, max: 1, default: 1 }, which],
      apply: ([allowed, one]) => controllers.allowUnclean(allowed >= 0.5, chosen(one)),
    },
    retention: {
      help: 'Sets retention.ms, segment.ms, retention.bytes and segment.bytes of every topic or of one: brokers look now and then (log.retention.check.interval.ms), and delete whole segments',
      arguments: [
        { name: 'seconds', help: 'how long a closed segment is kept', min: 1, max: 1e6, default: 60 },
        { name: 'segment', help: 'how long a segment is written to', min: 1, max: 1e6, default: 10 },
        { name: 'bytes', help: 'bytes of a partition that are kept; -1 is no limit', min: -1, max: 1e15, default: -1 },
        {
          name: 'segmentBytes',
          help: 'bytes of a segment that is closed',
          min: 14,
          max: 2_147_483_647,
          default: KEEP_ALL.segmentBytes,
        },
        which,
      ],
      apply: ([seconds, segment, bytes, segmentBytes, one]) => {
        const settings = {
          retentionTime: Math.round(seconds * SECOND),
          segmentTime: Math.round(segment * SECOND),
          retentionBytes: bytes < 0 ? Infinity : bytes,
          segmentBytes,
        };
        for (const topic of chosen(one)) Object.assign(topic.log, settings);
      },
    },
    cleanup: {
      help: 'Sets cleanup.policy of every topic or of one, and what goes with it: brokers look every 15 seconds for logs to compact',
      arguments: [
        { name: 'policy', help: '0: delete; 1: compact; 2: both', min: 0, max: 2, default: 1 },
        { name: 'segment', help: 'for how many seconds a segment is written to', min: 1, max: 1e6, default: 10 },
        { name: 'tombstones', help: 'for how many seconds tombstones stay', min: 0, max: 1e6, default: 86_400 },
        { name: 'ratio', help: 'part of a log that has to be dirty', min: 0, max: 1, default: 0.5 },
        which,
      ],
      apply: ([policy, segment, tombstones, dirtyRatioMin, one]) => {
        const cleanupPolicy = POLICIES[Math.round(policy)];
        const segmentTime = Math.round(segment * SECOND);
        const deleteRetentionTime = Math.round(tombstones * SECOND);
        for (const topic of chosen(one))
          Object.assign(topic.log, { cleanupPolicy, segmentTime, deleteRetentionTime, dirtyRatioMin });
      },
    },
  };
}
