/**
 * NATS: as core NATS, where each service is a queue group and nothing is kept; and as a JetStream stream with a durable
 * consumer a service, which may begin at its oldest message.
 */
import {
  CallFailed,
  JetStreamSubscriber,
  Link,
  makeMessage,
  NatsServer,
  NatsSubscriber,
  s,
  Service,
  type Behaviour,
  type Endpoint,
  type NatsPublish,
  type NatsReply,
  type Processing,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME, PREFETCH, RECONNECT } from './limits.ts';
import type { Values } from './params.ts';

const SUBJECT = 'events';
const STREAM = 'EVENTS';

export function nats(sim: Simulation, p: Values, processing: Processing): Endpoint<number, void> {
  const server = new NatsServer(sim, { name: 'nats', help: 'A NATS server', syncInterval: p.syncInterval });
  if (p.model === 'jetstream') keep(sim, p, server);
  for (const service of ['billing', 'search', LATE_SERVICE]) {
    for (let i = 1; i <= p.consumers; i++) {
      const process = subscriber(sim, p, server, service, `${service}-${i}`, processing);
      if (service === LATE_SERVICE) process.kill(p.lateAt);
      else if (i === 1 && service === 'billing') {
        sim.scheduleAt(p.killAt, () => process.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
      }
    }
  }
  sim.scheduleAt(p.crashAt, () => server.interventions['kill'].apply([2]), undefined, sim.eventKind('the broker dies'));
  const link = new Link<NatsPublish, NatsReply>(sim, server, { from: 'events', delay: nearby, isOrdered: true });
  return new Service<number, void>(sim, {
    name: 'events',
    help: 'Publishes each event and answers when the server has read it, or has stored it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      const message = makeMessage({ request, content, sent: sim.now });
      const { refusal } = yield* link.call({ subject: SUBJECT, message }, request);
      if (refusal !== undefined) throw new CallFailed(server.name, 'error');
    },
  });
}

/** A stream of the events, with a durable consumer of each service; the audit's from when it comes. */
function keep(sim: Simulation, p: Values, server: NatsServer): void {
  server.streams.add({ name: STREAM, subjects: [SUBJECT], storage: p.storage });
  const add = (name: string): void => server.streams.addConsumer(STREAM, { name, ackWait: s(2) });
  for (const service of ['billing', 'search']) add(service);
  sim.scheduleAt(p.lateAt, add, LATE_SERVICE, sim.eventKind('the audit has a consumer'));
}

function subscriber(
  sim: Simulation,
  p: Values,
  server: NatsServer,
  service: string,
  name: string,
  processing: Processing,
): NatsSubscriber | JetStreamSubscriber {
  const options = {
    name,
    server,
    concurrency: 1,
    delay: nearby,
    reconnect: RECONNECT,
    keyOf: ({ content }: { readonly content: unknown }) => content as number,
    handler: (message: Parameters<Processing['work']>[0]) => processing.work(message),
  };
  if (p.model === 'nats-core') {
    const help = 'Is sent its share of the messages as they come, and handles one at a time';
    return new NatsSubscriber(sim, { ...options, help, subject: SUBJECT, group: service, readAhead: 10_000 });
  }
  const help = 'Asks for up to ten messages, handles one after the other and acknowledges each';
  const pull = { batch: PREFETCH, expires: s(5) };
  return new JetStreamSubscriber(sim, { ...options, help, stream: STREAM, consumer: service, pull });
}
