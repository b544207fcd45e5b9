/**
 * Shard = hash of the key, modulo the number of shards: what a client writes who has not heard of anything else. When one
 * of n shards is lost, the remainders of all keys change, and all but about 1 / n of them move.
 */
import { firstHash } from '../admission/key-hashes.ts';
import { checkShards, shardsWithout, type ShardMap } from './shard-map.ts';

export function modulo(shards: readonly string[]): ShardMap {
  checkShards(shards);
  return {
    shards,
    shardOf: (key) => (firstHash(key) >>> 0) % shards.length,
    without: (lost) => modulo(shardsWithout(shards, lost)),
  };
}
