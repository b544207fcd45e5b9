/**
 * The message's id goes into a unique index in the transaction of the effect: both are there or neither is. Whoever comes
 * second waits for the first to end, and then finds a duplicate or takes its place (C. Richardson, microservices.io,
 * "Idempotent Consumer").
 */
import { StoreSession, type EffectStatement } from '../effect-store.ts';
import type { IdempotenceGuard } from './guard.ts';

export const uniqueKey: IdempotenceGuard = ({ store, process }) =>
  function* (message) {
    const session = new StoreSession(message);
    const say = (statement: EffectStatement['statement']) =>
      store.call({ statement, message, session }, message.request);
    let isEnded = false;
    try {
      const isFirst = yield* say('insert');
      if (isFirst) {
        yield* process(message, function* () {
          yield* say('apply');
        });
        yield* say('commit');
      }
      isEnded = true;
    } finally {
      // Failed, or dead: then this is the end of its connection, which its machine tells the database of.
      if (!isEnded) store.send({ statement: 'roll back', message, session }, message.request);
    }
  };
