/**
 * Delete first, update, repopulate, and a load that is double-checked (handbook 1.5): a reader that has loaded looks into
 * the cache again, and stores only if nobody has stored in the meantime. What is left is the time between its second
 * look and its store, in which the writer may repopulate and be overwritten.
 */
import type { CachePattern } from '../patterns/cache-pattern.ts';
import type { Steps } from '../patterns/steps.ts';

export function doubleCheckedLoad(app: Steps): CachePattern {
  return {
    *read(key, request) {
      const cached = yield* app.get(key, request);
      if (cached !== undefined) return cached;
      const started = app.sim.now;
      const row = yield* app.load(key, request);
      const took = app.sim.now - started;
      const meanwhile = yield* app.get(key, request);
      if (meanwhile !== undefined) return meanwhile;
      yield* app.put(row, request, took);
      return row;
    },
    *write(key, request) {
      yield* app.drop(key, request);
      const row = yield* app.save(key, request);
      yield* app.put(row, request);
      return row;
    },
  };
}
