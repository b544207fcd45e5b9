/**
 * Shuffle sharding: every key is dealt a hand of its own of several shards, and each request takes one of them by chance.
 * A key that overloads its hand leaves the other shards alone, and few other keys have the same hand: with three of
 * eight there are 56.
 *
 * MacCarthaigh, "Workload isolation using shuffle-sharding", Amazon Builders' Library. The first card is what the shard
 * map says, the others follow from a hash of the key. A request keeps to the shard that it drew; it does not try another
 * one of the hand if that is slow.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { firstHash, secondHash } from '../admission/key-hashes.ts';
import { keyOf, type CacheCommand } from '../cache-server.ts';
import type { CacheEntry } from '../entry.ts';
import { setIfNewer } from '../set-if-newer.ts';
import type { ShardMap } from './shard-map.ts';
import type { CacheCall, CacheLink, CopyAccess } from './shard-router.ts';

/** The shards of a key's hand, all different: indices into those of the map. `size`: 1 to the number of shards. */
export function handOf(map: ShardMap, key: number, size: number): number[] {
  const rest = map.shards.map((_, shard) => shard);
  const hand = rest.splice(map.shardOf(key), 1);
  for (let card = 1; card < size; card++) {
    const dealt = (firstHash(secondHash(key) + card) >>> 0) % rest.length;
    hand.push(...rest.splice(dealt, 1));
  }
  return hand;
}

export class ShuffleRouter<Value extends { readonly version: number }> implements CopyAccess<Value> {
  private readonly map: ShardMap;
  private readonly links: readonly CacheLink<Value>[];
  private readonly size: number;
  private readonly draws: KeyedStream;
  private readonly hands = new Map<number, readonly number[]>();

  /** `links`: one to each shard, in the map's order; `size`: of a hand; `draws`: one a request. */
  constructor(map: ShardMap, links: readonly CacheLink<Value>[], size: number, draws: KeyedStream) {
    if (!Number.isInteger(size) || size < 1 || size > map.shards.length) {
      throw new RangeError(`size: a hand of ${size} shards; give an integer from 1 to ${map.shards.length}`);
    }
    this.map = map;
    this.links = links;
    this.size = size;
    this.draws = draws;
  }

  call(command: CacheCommand<Value>, request: RequestContext): CacheCall<Value> {
    const hand = this.hand(keyOf(command));
    return this.links[hand[this.draws.of(request.id).integer(hand.length)]].call(command, request);
  }

  deletions(key: number, request: RequestContext): readonly CacheCall<Value>[] {
    return this.hand(key).map((shard) => this.links[shard].call({ command: 'delete', key }, request));
  }

  pushes(entry: CacheEntry<Value>, request: RequestContext): readonly CacheCall<Value>[] {
    return this.hand(entry.key).map((shard) => this.links[shard].call(setIfNewer(entry), request));
  }

  private hand(key: number): readonly number[] {
    let hand = this.hands.get(key);
    if (hand === undefined) this.hands.set(key, (hand = handOf(this.map, key, this.size)));
    return hand;
  }
}
