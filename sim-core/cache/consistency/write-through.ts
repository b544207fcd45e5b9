/**
 * Write-through by the application: the writer changes the store and puts the new value into the cache. Two systems are
 * written one after the other, and nothing makes them one: a put that fails leaves the old value in the cache, and the
 * puts of two writers may arrive in the other order than they committed.
 */
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from './steps.ts';

export function writeThrough(app: Steps): CachePattern {
  return {
    read: (key, request) => readAside(app, key, request, (row) => app.put(row, request)),
    *write(key, request) {
      const row = yield* app.save(key, request);
      yield* app.put(row, request);
      return row;
    },
  };
}
