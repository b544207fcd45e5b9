/**
 * Version check: the writer puts the new value in place of deleting the old one, and nobody, reader or writer, stores over
 * a newer version; the cache compares and stores in one step, by a script. It needs a version that the store raises with
 * every write, and an entry to compare with: after an expiry or an eviction there is none, unless the cache keeps a
 * tombstone (`tombstones.ts`).
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { setIfNewer } from '../set-if-newer.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

/** `tombstone`: how long the cache remembers a version when the entry is gone; 0 for not at all. */
export function versionCheck(app: Steps, tombstone: Duration): CachePattern {
  function* putIfNewer(row: Row, request: RequestContext, loadDuration?: Duration): Behaviour {
    yield* app.ask(setIfNewer(app.entryOf(row, request, loadDuration), tombstone), request);
  }
  return {
    read: (key, request) => readAside(app, key, request, putIfNewer),
    *write(key, request) {
      const row = yield* app.save(key, request);
      yield* putIfNewer(row, request);
      return row;
    },
  };
}
