/**
 * Versioned keys: an entry's name has the row's version in it, and a shared server holds each key's version of today
 * (memcached's wiki, ProgrammingTricks, calls it namespacing). A reader asks for the version and looks under that name; a writer raises the
 * version after its commit. Nothing is ever deleted: what has the old version in its name is found no more, and stays
 * until it is evicted.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { END_OF_TIME, type Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import type { Row } from '../../storage/queries.ts';
import { CacheServer, type CacheCommand, type CacheReply } from '../cache-server.ts';
import { entryOf, lasting } from '../entry.ts';
import type { InvalidationChannel } from './channel.ts';

/** Names of a key's versions are so far apart: no more keys than that. */
const KEYS_MAX = 16_777_216;

/** `keys`: how many the server has room for; `commandTime`: what its thread spends on a command. */
export function versionedKeys(
  sim: Simulation,
  near: Distribution,
  keys: number,
  commandTime: Duration,
): InvalidationChannel {
  const server = new CacheServer<Row>(sim, { name: 'versions', capacity: keys, eviction: 'lru', commandTime });
  return {
    join({ instance, local, store }) {
      const versions = new Link<CacheCommand<Row>, CacheReply<Row>>(sim, server, { from: instance, delay: near });
      return {
        *read(key, request) {
          const { entry } = yield* versions.call({ command: 'get', key }, request);
          const name = key + KEYS_MAX * (entry?.value.version ?? 0);
          return yield* local.get(name, request, () => store.call({ operation: 'read', key }, request));
        },
        // A writer that was overtaken does not lower it again.
        *wrote(row, request) {
          const entry = entryOf(row.key, row, 0, lasting(END_OF_TIME));
          yield* versions.call(
            { command: 'set-if', entry, over: (there) => !there || there.value.version < row.version },
            request,
          );
        },
      };
    },
  };
}
