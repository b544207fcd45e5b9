/**
 * Write-through by the application: the writer changes the store and puts the new value into the cache. Two systems are
 * written one after the other, and nothing makes them one: a put that fails leaves the old value in the cache, and the
 * puts of two writers may arrive in the other order than they committed.
 */
import type { Protocol, Steps } from './protocol.ts';
import { readAside } from './protocol.ts';

export function writeThrough(app: Steps): Protocol {
  return {
    read: (key, request) => readAside(app, key, request, (row) => app.put(row, request)),
    *write(key, request) {
      const row = yield* app.save(key, request);
      yield* app.put(row, request);
      return row;
    },
  };
}
