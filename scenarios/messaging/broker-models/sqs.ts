/**
 * Amazon SQS as a queue that all consumers of all services share, and behind a topic of SNS, which gives each service's queue
 * a copy. It is no machine that can be killed: in its place the service answers nobody for two seconds, and its visibility
 * timeouts run on; the topic takes events all the same.
 */
import {
  CallFailed,
  Link,
  makeMessage,
  s,
  Service,
  Sns,
  Sqs,
  SqsConsumer,
  type Behaviour,
  type Endpoint,
  type Message,
  type Processing,
  type Simulation,
  type SnsPublish,
  type SnsReply,
  type SqsReply,
  type SqsRequest,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME, RETRY } from './limits.ts';
import type { Values } from './params.ts';

const EVENTS = 'events';
const SERVICES = ['billing', 'search', LATE_SERVICE];

export function sqs(sim: Simulation, p: Values, processing: Processing): Endpoint<number, void> {
  const isShared = p.model === 'sqs';
  const service = new Sqs(sim, { name: 'sqs', help: 'Amazon SQS with standard queues' });
  for (const queue of isShared ? [EVENTS] : SERVICES) service.createQueue({ name: queue, visibility: s(2) });
  for (const reader of SERVICES) {
    const consumers = Array.from({ length: p.consumers }, (_, i) =>
      consumerOf(sim, service, `${reader}-${i + 1}`, isShared ? EVENTS : reader, processing),
    );
    if (reader === LATE_SERVICE) for (const consumer of consumers) consumer.kill(p.lateAt);
    if (reader !== 'billing') continue;
    sim.scheduleAt(p.killAt, () => consumers[0].kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
  }
  const fails = (): void => service.interventions['outage'].apply([2]);
  sim.scheduleAt(p.crashAt, fails, undefined, sim.eventKind('the service answers nobody'));
  return isShared ? sender(sim, service) : publisher(sim, p, service);
}

/** Sends each event to the queue. */
function sender(sim: Simulation, service: Sqs): Endpoint<number, void> {
  const link = new Link<SqsRequest, SqsReply>(sim, service, { from: 'events', delay: nearby, isOrdered: true });
  return eventsBy(sim, function* (message) {
    const { error } = yield* link.call({ action: 'SendMessage', queue: EVENTS, message }, message.request);
    if (error !== undefined) throw new CallFailed(service.name, 'error');
  });
}

/** Publishes each event to a topic to which each service's queue is subscribed; the audit's from some time on. */
function publisher(sim: Simulation, p: Values, service: Sqs): Endpoint<number, void> {
  const sns = new Sns(sim, { name: 'sns', help: 'Amazon SNS with one topic', sqs: service, delay: nearby });
  sns.createTopic(EVENTS);
  const subscribe = (queue: string): void => sns.subscribe(EVENTS, { queue });
  for (const reader of SERVICES) if (reader !== LATE_SERVICE) subscribe(reader);
  sim.scheduleAt(p.lateAt, subscribe, LATE_SERVICE, sim.eventKind('the audit has a queue subscribed'));
  const link = new Link<SnsPublish, SnsReply>(sim, sns, { from: 'events', delay: nearby, isOrdered: true });
  return eventsBy(sim, function* (message) {
    yield* link.call({ topic: EVENTS, message }, message.request);
  });
}

const eventsBy = (sim: Simulation, send: (message: Message) => Behaviour): Endpoint<number, void> =>
  new Service<number, void>(sim, {
    name: 'events',
    help: 'Sends each event and answers when the service has it',
    concurrency: 10_000,
    queueMax: 0,
    handle: ({ query: content, request }) => send(makeMessage({ request, content, sent: sim.now })),
  });

const consumerOf = (sim: Simulation, service: Sqs, name: string, queue: string, processing: Processing): SqsConsumer =>
  new SqsConsumer(sim, {
    name,
    help: 'Polls for a message, handles it and deletes it',
    sqs: service,
    queue,
    concurrency: 1,
    wait: s(20),
    retryAfter: RETRY,
    delay: nearby,
    keyOf: ({ content }) => content as number,
    handler: (message) => processing.work(message),
  });
