/**
 * Key replication: a hot key is kept under several names, the handbook's `base + "::r" + r` (section 1.8), and each request
 * picks one by chance. The names' hashes say on which shards they are: several may meet on one, and some shards have none.
 *
 * Only keys that are known to be hot have several names. Every name is an entry of its own: each is loaded on a miss of its
 * own, and a write has to reach all of them, also of a key that is not hot any more. An instance that has not heard yet
 * that a key is hot reaches the first alone. A request keeps to the name that it drew. Names are numbers here: the r-th of
 * a key is the key and r times 10^8.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { keyOf, type CacheCommand } from '../cache-server.ts';
import type { CacheEntry } from '../entry.ts';
import { setIfNewer } from '../set-if-newer.ts';
import type { CacheAccess, CacheCall, CopyAccess } from '../sharding/shard-router.ts';
import type { KnownHotKeys } from './known-hot-keys.ts';

/** Above all keys. */
const STRIDE = 100_000_000;

/** The r-th name of a key; the first is the key itself. */
export const nameOf = (key: number, r: number): number => key + r * STRIDE;
/** The key that a name stands for. */
export const baseOf = (name: number): number => name % STRIDE;

export class KeySpray<Value extends { readonly version: number }> implements CopyAccess<Value> {
  private readonly cache: CacheAccess<Value>;
  private readonly names: number;
  private readonly hot: Pick<KnownHotKeys, 'isHot' | 'wasHot'>;
  private readonly draws: KeyedStream;

  /** `names`: of each hot key, 1 to 40; `draws`: one a request. */
  constructor(
    cache: CacheAccess<Value>,
    names: number,
    hot: Pick<KnownHotKeys, 'isHot' | 'wasHot'>,
    draws: KeyedStream,
  ) {
    this.cache = cache;
    this.names = names;
    this.hot = hot;
    this.draws = draws;
  }

  call(command: CacheCommand<Value>, request: RequestContext): CacheCall<Value> {
    const key = keyOf(command);
    const name = this.hot.isHot(key) ? nameOf(key, this.draws.of(request.id).integer(this.names)) : key;
    return this.cache.call(under(name, command), request);
  }

  deletions(key: number, request: RequestContext): readonly CacheCall<Value>[] {
    return this.namesOf(key).map((name) => this.cache.call({ command: 'delete', key: name }, request));
  }

  pushes(entry: CacheEntry<Value>, request: RequestContext): readonly CacheCall<Value>[] {
    return this.namesOf(entry.key).map((key) => this.cache.call(setIfNewer({ ...entry, key }), request));
  }

  /** All names under which something of a key may be cached. */
  private namesOf(key: number): readonly number[] {
    return Array.from({ length: this.hot.wasHot(key) ? this.names : 1 }, (_, r) => nameOf(key, r));
  }
}

/** The same command about the same key under another name. */
function under<Value>(name: number, command: CacheCommand<Value>): CacheCommand<Value> {
  if ('entry' in command) return { ...command, entry: { ...command.entry, key: name } };
  return { ...command, key: name };
}
