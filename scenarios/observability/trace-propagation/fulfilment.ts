/**
 * The side of the shop that nobody waits for: a consumer that gathers messages and books the stock of all of them by one update.
 *
 * The span of a batch begins when the batch is together. It is linked to the span that published each message, as OpenTelemetry has it
 * (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/); or it is a child of the first message's, which a
 * consumer for single messages makes of it when it is handed several; or of the context that was current when the
 * process read its first message, and that nobody has detached since.
 */
import {
  CallFailed,
  Completion,
  Link,
  RabbitConsumer,
  Signal,
  timeout,
  us,
  within,
  type Behaviour,
  type Database,
  type DatabaseBatch,
  type Message,
  type RabbitMq,
  type RequestContext,
  type Row,
  type SpanContext,
  type SpanOptions,
  type ConsumerVerdict,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { instrumented } from './instrumented.ts';
import { QUEUE, type Shop } from './shop.ts';

export const WORK_EACH = us(100);

interface Batch {
  readonly messages: Message[];
  readonly full: Signal;
  readonly done: Completion<ConsumerVerdict>;
}

export function fulfilmentOf(shop: Shop, database: Database, rabbit: RabbitMq): RabbitConsumer {
  const { sim, p, traces, journeys, nameOf } = shop;
  const { process, tracer, propagator, inside } = instrumented(sim, p, 'fulfilment', traces);
  const store = new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: 'fulfilment', delay: nearby });
  let gathering: Batch | undefined;
  let leaked: SpanContext | undefined;

  /** How the batch's span stands to what published its messages. */
  function relation(messages: readonly Message[]): Pick<SpanOptions, 'parent' | 'links'> {
    const contexts = messages.flatMap(({ headers }) => (p.extracts ? (propagator.extract(headers) ?? []) : []));
    if (p.batch === 'linked') return { links: contexts.map((context) => ({ context, attributes: {} })) };
    leaked ??= contexts[0];
    const parent = p.batch === 'child-of-the-first' ? contexts[0] : leaked;
    return parent === undefined ? {} : { parent };
  }

  function* book(messages: readonly Message[], own: RequestContext, fulfil: SpanContext): Behaviour {
    yield* process.work(WORK_EACH * messages.length, 'fulfilment.book');
    const update = tracer.startSpan(nameOf('update', own), own, {
      kind: 'client',
      parent: fulfil,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'UPDATE', 'db.collection.name': 'stock' },
    });
    journeys.didTogether(requestsOf(messages), 'update', update.context);
    const keys = messages.map(({ content }) => content as number);
    yield* within(update, store.call({ operation: 'write', keys }, own));
  }

  /** Has the stock of all of them booked, and says what is to become of them. */
  function* fulfil(messages: readonly Message[]): Behaviour<ConsumerVerdict> {
    const own = process.requests.next();
    const span = tracer.startSpan(nameOf('fulfil', own), own, {
      kind: 'consumer',
      ...relation(messages),
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': QUEUE,
        'messaging.batch.message_count': messages.length,
      },
    });
    journeys.didTogether(requestsOf(messages), 'fulfil', span.context);
    try {
      yield* within(span, book(messages, own, span.context));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return 'requeue';
    }
    journeys.booked(requestsOf(messages));
    return 'ack';
  }

  return new RabbitConsumer(sim, {
    name: 'fulfilment',
    help: `Books the stock of up to ${p.batchMax} orders at once`,
    node: rabbit,
    queue: QUEUE,
    // One batch is worked at while another one gathers.
    prefetch: 2 * p.batchMax,
    concurrency: 2 * p.batchMax,
    delay: nearby,
    inside,
    onKill: () => {
      process.crash();
      gathering = undefined;
      leaked = undefined;
    },
    *handle(_, { message }) {
      if (gathering !== undefined) {
        const { messages, full, done } = gathering;
        messages.push(message);
        if (messages.length === p.batchMax) {
          gathering = undefined;
          full.fire();
        }
        return yield* done.wait();
      }
      // The first of a batch waits for the others, and does the work for all.
      const batch: Batch = { messages: [message], full: new Signal(sim), done: new Completion(sim) };
      gathering = batch;
      yield* timeout(sim, batch.full.wait(), p.linger);
      if (gathering === batch) gathering = undefined;
      const verdict = yield* fulfil(batch.messages);
      batch.done.complete(verdict);
      return verdict;
    },
  });
}

const requestsOf = (messages: readonly Message[]): RequestContext[] => messages.map(({ request }) => request);
