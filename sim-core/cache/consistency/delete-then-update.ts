/**
 * Delete, then update (handbook 1.5: "delete-first then write DB"): whoever reads between the two misses, loads the old
 * value and stores it, and nobody takes it out again.
 */
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

export function deleteThenUpdate(app: Steps): CachePattern {
  return {
    read: (key, request) => readAside(app, key, request, (...loaded) => app.put(...loaded)),
    *write(key, request) {
      yield* app.drop(key, request);
      return yield* app.save(key, request);
    },
  };
}
