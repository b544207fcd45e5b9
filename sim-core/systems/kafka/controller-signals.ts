/** What controllers say of partitions: the facts, and the signals that are made of them. */
import { defineFact, defineReading, type Fact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A partition's state as the controllers have it. */
export const partitionChanged = defineReading(
  'kafka.partition.changed',
  'Leader or in-sync set of a partition changed',
  {
    partition: 'text',
    leaderless: 'flag',
    replicas: 'number',
    inSync: 'number',
  },
);

/** A partition has another leader. */
export const leaderElected = defineFact('kafka.leader.elected', 'A partition has another leader', {
  partition: 'text',
  leader: 'text',
  unclean: 'flag',
});

/** The set in sync lost or gained a replica. */
export const inSyncChanged = defineFact(
  'kafka.isr.changed',
  'The in-sync set of a partition lost or gained a replica',
  {
    partition: 'text',
    change: 'text',
    inSync: 'number',
  },
);

type Changed = Fact<typeof partitionChanged>;

export const controllerSignals = [
  defineSignal({
    name: 'kafka.partition.under_replicated',
    kind: 'gauge',
    unit: '{partition}',
    help: 'Partitions with fewer replicas in sync than they have replicas',
    fact: partitionChanged,
    value: (fact: Changed) => Number(fact.inSync < fact.replicas),
    of: (fact: Changed) => fact.partition,
  }),
  defineSignal({
    name: 'kafka.partition.offline',
    kind: 'gauge',
    unit: '{partition}',
    help: 'Partitions without a leader',
    fact: partitionChanged,
    value: (fact: Changed) => Number(fact.leaderless),
    of: (fact: Changed) => fact.partition,
  }),
  defineSignal({
    name: 'kafka.partition.replicas_in_sync',
    kind: 'gauge',
    unit: '{replica}',
    help: 'Replicas in sync, of all partitions together',
    fact: partitionChanged,
    value: (fact: Changed) => fact.inSync,
    of: (fact: Changed) => fact.partition,
  }),
  defineSignal({
    name: 'kafka.leader.elections',
    kind: 'counter',
    unit: '{election}',
    help: 'Elections of a partition’s leader',
    fact: leaderElected,
  }),
  defineSignal({
    name: 'kafka.leader.elections.unclean',
    kind: 'counter',
    unit: '{election}',
    help: 'Elections of a leader that was not in sync',
    fact: leaderElected,
    where: (fact: Fact<typeof leaderElected>) => fact.unclean,
  }),
  defineSignal({
    name: 'kafka.isr.shrinks',
    kind: 'counter',
    unit: '{event}',
    help: 'Times that an in-sync set lost replicas',
    fact: inSyncChanged,
    where: (fact: Fact<typeof inSyncChanged>) => fact.change === 'shrink',
  }),
  defineSignal({
    name: 'kafka.isr.expands',
    kind: 'counter',
    unit: '{event}',
    help: 'Times that an in-sync set gained replicas',
    fact: inSyncChanged,
    where: (fact: Fact<typeof inSyncChanged>) => fact.change === 'expand',
  }),
];
