/**
 * Key replication: a hot key is kept under several names, the handbook's `base + "::r" + r` (section 1.8), and each request
 * picks one by chance. The names' hashes say on which shards they are: several may meet on one, and some shards have none.
 *
 * Every name is an entry of its own: each is loaded on a miss of its own, and a write has to delete all of them. A
 * request keeps to the name that it drew. Names are numbers here: the r-th of a key is the key and r times 10^8.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { keyOf, type CacheCommand } from '../cache-server.ts';
import type { CacheAccess, CacheCall, CopyAccess } from '../sharding/shard-router.ts';

/** Above all keys. */
const STRIDE = 100_000_000;

/** The r-th name of a key; the first is the key itself. */
export const nameOf = (key: number, r: number): number => key + r * STRIDE;
/** The key that a name stands for. */
export const baseOf = (name: number): number => name % STRIDE;

export class KeySpray<Value> implements CopyAccess<Value> {
  private readonly cache: CacheAccess<Value>;
  private readonly namesOf: (key: number) => number;
  private readonly draws: KeyedStream;

  /** `namesOf`: how many names a key has, 1 to 40; `draws`: one a request. */
  constructor(cache: CacheAccess<Value>, namesOf: (key: number) => number, draws: KeyedStream) {
    this.cache = cache;
    this.namesOf = namesOf;
    this.draws = draws;
  }

  call(command: CacheCommand<Value>, request: RequestContext): CacheCall<Value> {
    const key = keyOf(command);
    const names = this.namesOf(key);
    const name = names === 1 ? key : nameOf(key, this.draws.of(request.id).integer(names));
    return this.cache.call(under(name, command), request);
  }

  deletions(key: number, request: RequestContext): readonly CacheCall<Value>[] {
    return Array.from({ length: this.namesOf(key) }, (_, r) =>
      this.cache.call({ command: 'delete', key: nameOf(key, r) }, request),
    );
  }
}

/** The same command about the same key under another name. */
function under<Value>(name: number, command: CacheCommand<Value>): CacheCommand<Value> {
  if ('entry' in command) return { ...command, entry: { ...command.entry, key: name } };
  return { ...command, key: name };
}
