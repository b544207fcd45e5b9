/**
 * Versioned keys: an entry's name has the row's version in it, and a shared server holds each key's version of today
 * (memcached's wiki, ProgrammingTricks, calls it namespacing). A reader asks for the version and looks under that name; a writer raises the
 * version after its commit. Nothing is ever deleted: what has the old version in its name is found no more, and stays
 * until it is evicted.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { END_OF_TIME } from '../../kernel/time.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row } from '../../storage/database.ts';
import type { CacheCommand, CacheReply } from '../cache-server.ts';
import { entryOf, lasting } from '../entry.ts';
import type { LocalCache } from '../local-cache.ts';

/** Names of a key's versions are so far apart: no more keys than that. */
const KEYS_MAX = 16_777_216;

export class VersionedKeys {
  private readonly versions: Link<CacheCommand<Row>, CacheReply<Row>>;
  private readonly cache: LocalCache;
  private readonly store: Link<DatabaseQuery, Row>;

  constructor(versions: Link<CacheCommand<Row>, CacheReply<Row>>, cache: LocalCache, store: Link<DatabaseQuery, Row>) {
    this.versions = versions;
    this.cache = cache;
    this.store = store;
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    const { entry } = yield* this.versions.call({ command: 'get', key }, request);
    const version = entry?.value.version ?? 0;
    const name = key + KEYS_MAX * version;
    return yield* this.cache.get(name, request, () => this.store.call({ operation: 'read', key }, request));
  }

  /** To be called when a row has been written. */
  *raise(row: Row, request: RequestContext): Behaviour {
    const entry = entryOf(row.key, row, 0, lasting(END_OF_TIME));
    const over = (there: { readonly value: Row } | undefined): boolean => !there || there.value.version < row.version;
    yield* this.versions.call({ command: 'set-if', entry, over }, request);
  }
}
