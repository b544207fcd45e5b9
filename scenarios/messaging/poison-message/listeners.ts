/**
 * What a listener of Kafka records does with an order that fails. The process dies at the same places as with the strategies for
 * RabbitMQ: after the same failures and the same effects, each time before the offset is committed.
 */
import {
  dueOf,
  outcomeOf,
  sleep,
  type Behaviour,
  type FetchedRecord,
  type Received,
  type RecordListener,
  type RecordVerdict,
  type RetryForwarder,
} from '../../../sim-core/index.ts';
import type { KafkaStrategy } from './params.ts';
import { FAILURES, mayDie, mayDieOfEffect, waits, type WorkerContext } from './strategies.ts';

export interface ListenerContext extends WorkerContext {
  readonly forwarder: RetryForwarder;
}

type Listener = (context: ListenerContext) => RecordListener['handle'];

/**
 * Waits on the consumer's one thread and goes back to the record, for ever, as a `DefaultErrorHandler` of Spring does to whose back-off
 * nobody has given an end. How long is what `base` and `backoff` say, as of the other strategies: Spring's own `ExponentialBackOff`
 * has other defaults, and no jitter by default. It counts in its memory.
 */
function blockingRetry(context: ListenerContext): RecordListener['handle'] {
  const { sim, p, tally, handler, jitter } = context;
  const backoff = waits(p);
  const retries = new Map<string, { count: number; previous: number }>();
  return function* (message: Received, { partition, offset }: FetchedRecord): Behaviour<RecordVerdict> {
    const place = `${partition}@${offset}`;
    if ((yield* outcomeOf(handler, message)) === undefined) {
      tally.done(message);
      retries.delete(place);
      yield* mayDieOfEffect(context, message);
      return 'done';
    }
    tally.failed(message);
    yield* mayDie(context, message);
    const { count, previous } = retries.get(place) ?? { count: 0, previous: p.base };
    const wait = backoff.wait(
      count,
      previous,
      jitter.of(message.id * FAILURES + (tally.failuresOf(message) % FAILURES)),
    );
    retries.set(place, { count: count + 1, previous: wait });
    if (wait > 0) yield* sleep(sim, wait);
    return 'again';
  };
}

/** Publishes it to the next of its retry topics, or to the dead letters, and goes on when it is there. */
function retryTopics(context: ListenerContext): RecordListener['handle'] {
  const { sim, tally, handler, forwarder } = context;
  return function* (message: Received, fetched: FetchedRecord): Behaviour<RecordVerdict> {
    const early = forwarder.early(fetched);
    if (early !== undefined) return early;
    const due = dueOf(fetched.record.headers);
    if (due > 0) tally.cameBack(message, due, sim.now);
    const failure = yield* outcomeOf(handler, message);
    if (failure === undefined) {
      tally.done(message);
      yield* mayDieOfEffect(context, message);
      return 'done';
    }
    tally.failed(message);
    if (forwarder.isLast(fetched)) tally.givenUp(message);
    const verdict = yield* forwarder.forward(fetched, failure);
    // Published again, and not committed.
    yield* mayDie(context, message);
    return verdict;
  };
}

export const listeners: Readonly<Record<KafkaStrategy, Listener>> = {
  'kafka-blocking-retry': blockingRetry,
  'kafka-retry-topics': retryTopics,
};
