/** No guard: a message that comes twice has its effect twice. */
import type { IdempotenceGuard } from './guard.ts';

export const noIdempotence: IdempotenceGuard = ({ store, process }) =>
  function* (message) {
    yield* process(message, function* () {
      yield* store.call({ statement: 'apply', message }, message.request);
    });
  };
