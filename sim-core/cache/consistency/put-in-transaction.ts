/**
 * The handbook's update (1.1): a method marked `@Transactional` saves and puts into the cache, and the transaction commits
 * when the method has returned. Everybody sees the value before it is committed; if the commit fails the cache holds
 * what never was. (Spring's `TransactionAwareCacheDecorator` puts the put after the commit.)
 */
import type { Statement } from '../../storage/transactions.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

export function putInTransaction(app: Steps<Statement>): CachePattern {
  return {
    read: (key, request) => readAside(app, key, request, (...loaded) => app.put(...loaded)),
    *write(key, request) {
      yield* app.find(key, request);
      const row = yield* app.execute('update', key, request);
      yield* app.put(row, request);
      return yield* app.execute('commit', key, request);
    },
  };
}
