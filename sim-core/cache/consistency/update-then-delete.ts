/**
 * Update, then delete: the writer changes the store and takes the key out of the cache; the next reader loads it. This is
 * cache-aside as it is mostly done. A reader that has loaded before the update and stores after the delete puts the old
 * value back.
 */
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

export function updateThenDelete(app: Steps): CachePattern {
  return {
    read: (key, request) => readAside(app, key, request, (...loaded) => app.put(...loaded)),
    *write(key, request) {
      const row = yield* app.save(key, request);
      yield* app.drop(key, request);
      return row;
    },
  };
}
