/** Topics, their settings, and what everybody in a cluster is told of each partition. */
import { KEEP_ALL, type LogSettings } from '../../messaging/log/partition-log.ts';

export interface TopicOptions {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** `min.insync.replicas`. */
  readonly minInSync: number;
  /** `unclean.leader.election.enable`: whether a replica that is not in sync may lead where no other can. */
  readonly isUncleanElectionAllowed: boolean;
  /** Without a setting all is kept. */
  readonly log?: Partial<LogSettings>;
  /** The partitions that are there, if not all are: others would stay empty. */
  readonly only?: readonly number[];
}

export class Topic {
  readonly name: string;
  readonly partitions: readonly string[];
  /** Their numbers. */
  readonly numbers: readonly number[];
  readonly replicationFactor: number;
  // What follows changes while a cluster runs.
  /** Shared by the logs of all replicas. */
  readonly log: { -readonly [Setting in keyof LogSettings]: LogSettings[Setting] };
  minInSync: number;
  isUncleanElectionAllowed: boolean;

  constructor(options: TopicOptions) {
    const { name, partitions, replicationFactor, minInSync, isUncleanElectionAllowed, log, only } = options;
    for (const [field, value] of Object.entries({ partitions, replicationFactor, minInSync })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new RangeError(`topic ${name}: ${field} is ${value}; it must be an integer of at least 1`);
    }
    this.name = name;
    this.numbers = only ?? Array.from({ length: partitions }, (_, partition) => partition);
    this.partitions = this.numbers.map((partition) => `${name}-${partition}`);
    this.replicationFactor = replicationFactor;
    this.minInSync = minInSync;
    this.isUncleanElectionAllowed = isUncleanElectionAllowed;
    this.log = { ...KEEP_ALL, ...log };
  }

  /** Whether it is the cluster's own, and not configured with the others. */
  get isInternal(): boolean {
    return this.name.startsWith('__');
  }
}

/** The topic of a partition, from its name. */
export const topicOf = (partition: string): string => partition.slice(0, partition.lastIndexOf('-'));

/** The number of a partition, from its name. */
export const numberOf = (partition: string): number => Number(partition.slice(partition.lastIndexOf('-') + 1));

/** What the controllers have decided of a partition. */
export interface PartitionState {
  readonly id: string;
  readonly replicas: readonly string[];
  readonly leader: string | undefined;
  /** Counts leaders. */
  readonly epoch: number;
  /** Whether its leader was in sync when it was elected. */
  readonly isClean: boolean;
  readonly inSync: readonly string[];
  /** Counts changes of any kind. */
  readonly version: number;
}

/** All of it at one moment. */
export interface Metadata {
  readonly version: number;
  readonly partitions: ReadonlyMap<string, PartitionState>;
  /** Brokers that are not fenced. */
  readonly live: readonly string[];
}
