/**
 * The seam of shard maps: which shard of a cache has a key? One file a rule, and the table of `shard-maps.ts`. What tells
 * them apart is less how evenly they spread keys than how many keys move when a shard is lost.
 */
export interface ShardMap {
  /** Names of the shards. */
  readonly shards: readonly string[];
  /** The index of the shard that has a key, an integer from 0. */
  shardOf(key: number): number;
  /** The map that clients go by once a shard is gone. An error if it is the last one, or there is none of this name. */
  without(shard: string): ShardMap;
}

/** The shards that are left, checked. */
export function shardsWithout(shards: readonly string[], lost: string): string[] {
  if (!shards.includes(lost)) throw new RangeError(`there is no shard ${lost}; there are ${shards.join(', ')}`);
  if (shards.length === 1) throw new RangeError(`${lost} is the last shard, and cannot be taken out of the map`);
  return shards.filter((shard) => shard !== lost);
}

export function checkShards(shards: readonly string[]): void {
  if (shards.length === 0) throw new RangeError('shards: there are none; give at least one');
  if (new Set(shards).size !== shards.length) throw new RangeError(`shards: ${shards.join(', ')} has a name twice`);
}
