/**
 * Check, then act, as the handbook prints it (section 2.3):
 *
 *     boolean already = processedRepo.existsByMessageId(event.id());
 *     if(already) return;
 *     process(event);
 *     processedRepo.save(new ProcessedMessage(event.id(), Instant.now()));
 *
 * Three transactions, since none is declared around them: each repository method brings its own (Spring Data JPA reference,
 * "Transactionality"). Two consumers that have the message at once both find nothing, and one that dies between the effect
 * and the `save` leaves no trace of having been there.
 */
import type { IdempotenceGuard } from './guard.ts';

export const checkThenAct: IdempotenceGuard = ({ store, process }) =>
  function* (message) {
    const already = yield* store.call({ statement: 'find', message }, message.request);
    if (already) return;
    yield* process(message, function* () {
      yield* store.call({ statement: 'apply', message }, message.request);
    });
    yield* store.call({ statement: 'insert', message }, message.request);
  };
