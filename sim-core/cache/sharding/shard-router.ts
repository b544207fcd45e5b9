/**
 * A client's way to a cache of several shards: the map says which has a key.
 */
import type { Call } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { keyOf, type CacheCommand, type CacheReply } from '../cache-server.ts';
import type { CacheEntry } from '../entry.ts';
import { setIfNewer } from '../set-if-newer.ts';
import type { ShardTopology } from './shard-topology.ts';

export type CacheCall<Value> = Call<CacheCommand<Value>, CacheReply<Value>>;

/** How an instance gets at the cache: a link to the one server there is, or a router over many. */
export interface CacheAccess<Value> {
  call(command: CacheCommand<Value>, request: RequestContext): CacheCall<Value>;
}

/** A way to a cache in which a key may have several copies. */
export interface CopyAccess<Value> extends CacheAccess<Value> {
  /** The calls that delete all copies of a key; yield each to make it. */
  deletions(key: number, request: RequestContext): readonly CacheCall<Value>[];
  /** The calls that store an entry in all copies of its key that do not hold a newer version. */
  pushes(entry: CacheEntry<Value>, request: RequestContext): readonly CacheCall<Value>[];
}

export type CacheLink<Value> = Link<CacheCommand<Value>, CacheReply<Value>>;

export class ShardRouter<Value extends { readonly version: number }> implements CopyAccess<Value> {
  private readonly topology: ShardTopology;
  private readonly links: ReadonlyMap<string, CacheLink<Value>>;

  /** `links`: one to each shard of the topology. */
  constructor(topology: ShardTopology, links: readonly CacheLink<Value>[]) {
    this.topology = topology;
    this.links = new Map(links.map((link) => [link.to, link]));
    const unreachable = topology.map.shards.filter((shard) => !this.links.has(shard));
    if (unreachable.length > 0) throw new RangeError(`there is no link to ${unreachable.join(', ')}`);
  }

  call(command: CacheCommand<Value>, request: RequestContext): CacheCall<Value> {
    const { map } = this.topology;
    return this.links.get(map.shards[map.shardOf(keyOf(command))])!.call(command, request);
  }

  deletions(key: number, request: RequestContext): readonly CacheCall<Value>[] {
    return [this.call({ command: 'delete', key }, request)];
  }

  pushes(entry: CacheEntry<Value>, request: RequestContext): readonly CacheCall<Value>[] {
    return [this.call(setIfNewer(entry), request)];
  }
}
