/**
 * The map that the clients of a cluster go by: one for all of them, so that a shard which is declared lost is lost for all
 * at once. Counts the keys that a change of the map gives to another shard: what was cached of them is not found again.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { ShardMap } from './shard-map.ts';

/** The map of shards was changed. `moved`: keys that another shard has now. */
export const shardMapChanged = defineFact('cache.map', 'The map of shards was changed', {
  lost: 'text',
  moved: 'number',
});

export const shardMapSignals = [
  defineSignal({
    name: 'cache.keys.moved',
    kind: 'counter',
    unit: '{key}',
    help: 'Keys that a change of the map gave to another shard',
    fact: shardMapChanged,
    amount: (fact) => fact.moved,
  }),
];

export class ShardTopology {
  private readonly keys: number;
  private readonly changed: FactChannel<Fact<typeof shardMapChanged>>;
  private current: ShardMap;

  /** `keys`: how many there are, numbered from 0. */
  constructor(sim: Simulation, map: ShardMap, keys: number) {
    this.changed = sim.facts.channel(shardMapChanged);
    this.current = map;
    this.keys = keys;
  }

  get map(): ShardMap {
    return this.current;
  }

  /** From now on nobody asks this shard. */
  lose(shard: string): void {
    const before = this.current;
    this.current = before.without(shard);
    if (!this.changed.heard) return;
    let moved = 0;
    for (let key = 0; key < this.keys; key++) if (movesBetween(before, this.current, key)) moved++;
    this.changed.emit({ lost: shard, moved });
  }
}

/** Whether a key is another shard's in the second map. */
export const movesBetween = (before: ShardMap, after: ShardMap, key: number): boolean =>
  before.shards[before.shardOf(key)] !== after.shards[after.shardOf(key)];
