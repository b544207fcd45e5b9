/**
 * Version check: the writer puts the new value in place of deleting the old one, and nobody, reader or writer, stores over
 * a newer version; the cache compares and stores in one step, by a script. It needs a version that the store raises with
 * every write, and an entry to compare with: after an expiry or an eviction there is none.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/database.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from './steps.ts';

export function versionCheck(app: Steps): CachePattern {
  function* putIfNewer(row: Row, request: RequestContext): Behaviour {
    yield* app.ask(
      { command: 'set-if', entry: app.entryOf(row), over: (there) => !there || there.value.version <= row.version },
      request,
    );
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
