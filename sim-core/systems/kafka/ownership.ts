/**
 * The experimenter's book of who owns the partitions of a group's topic, by what the consumers themselves believe: a dead
 * one owns nothing at once, one that stands still goes on owning. What had an owner and has none stands still.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A partition lost its last owner, or has its first one again. */
export const partitionOwned = defineReading('kafka.partition.owned', 'The number of a partition’s owners changed', {
  partition: 'text',
  owners: 'number',
});

type Owned = Fact<typeof partitionOwned>;

export const ownershipSignals = [
  defineSignal({
    name: 'kafka.consumer_group.unowned',
    kind: 'gauge',
    unit: '{partition}',
    help: 'Partitions that had an owner in the group and have none',
    fact: partitionOwned,
    value: (fact: Owned) => Number(fact.owners === 0),
    of: (fact: Owned) => fact.partition,
  }),
];

export class Ownership {
  private readonly owners = new Map<string, number>();
  private readonly known = new Map<string, readonly string[]>();
  private readonly owned: FactChannel<Owned>;

  constructor(sim: Simulation) {
    this.owned = sim.facts.channel(partitionOwned);
  }

  /** A consumer owns these from now on, and nothing else. */
  tell(consumer: string, partitions: readonly string[]): void {
    const before = this.known.get(consumer) ?? [];
    this.known.set(consumer, partitions);
    for (const partition of partitions) if (!before.includes(partition)) this.count(partition, 1);
    for (const partition of before) if (!partitions.includes(partition)) this.count(partition, -1);
  }

  private count(partition: string, change: 1 | -1): void {
    const owners = (this.owners.get(partition) ?? 0) + change;
    this.owners.set(partition, owners);
    if (this.owned.heard) this.owned.emit({ partition, owners });
  }
}
