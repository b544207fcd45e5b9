/**
 * Consistent hashing: shards stand at many points of a ring, and a key belongs to the first point at or after its own
 * place. When a shard is lost its keys go to whoever stands next, and no other key moves.
 *
 * Karger et al., "Consistent hashing and random trees", STOC 1997; 160 points a shard as in libketama (R. Jones, 2007),
 * from hashes of its name. The hashes are not libketama's.
 */
import { firstHash, secondHash } from '../admission/key-hashes.ts';
import { checkShards, shardsWithout, type ShardMap } from './shard-map.ts';

const POINTS = 160;

export function hashRing(shards: readonly string[]): ShardMap {
  checkShards(shards);
  const points = shards
    .flatMap((name, shard) =>
      Array.from({ length: POINTS }, (_, i) => ({ at: firstHash(hashOf(name) ^ secondHash(i)) >>> 0, shard })),
    )
    .sort((a, b) => a.at - b.at || a.shard - b.shard);
  const places = Uint32Array.from(points, ({ at }) => at);
  return {
    shards,
    shardOf(key) {
      const place = secondHash(key) >>> 0;
      let [low, high] = [0, places.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (places[middle] < place) low = middle + 1;
        else high = middle;
      }
      return points[low === places.length ? 0 : low].shard;
    },
    without: (lost) => hashRing(shardsWithout(shards, lost)),
  };
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
