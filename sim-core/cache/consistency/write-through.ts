/**
 * Write-through: the writer changes the store and puts the new value into the cache, before the write is acknowledged (handbook 1.1:
 * "write hits cache & store synchronously"). The store first, so that a write which it refuses leaves no trace. Two systems are
 * written one after the other, and nothing makes them one: between the store's commit and the cache's put a reader is
 * served the old value, a put that fails leaves it there, and the puts of two writers may arrive in the other order than they
 * committed. A facade rules that out for the writers of one instance (`../patterns/read-through.ts`).
 */
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

export function writeThrough(app: Steps): CachePattern {
  return {
    read: (key, request) => readAside(app, key, request, (...loaded) => app.put(...loaded)),
    *write(key, request) {
      const started = app.sim.now;
      const row = yield* app.save(key, request);
      yield* app.put(row, request, app.sim.now - started);
      return row;
    },
  };
}
