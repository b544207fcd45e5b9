/** A Redis stream with a group a service: each group has its own place in it, and may begin at its oldest entry. */
import {
  Link,
  makeMessage,
  ms,
  RedisStreamConsumer,
  RedisStreamServer,
  s,
  Service,
  type Behaviour,
  type Endpoint,
  type Processing,
  type Simulation,
  type StreamCommand,
  type StreamReply,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { LATE_SERVICE } from './book.ts';
import { COMMAND_TIME, DOWNTIME, LOAD_TIME, PREFETCH } from './limits.ts';
import type { Values } from './params.ts';

export function redis(sim: Simulation, p: Values, processing: Processing): Endpoint<number, void> {
  const server = new RedisStreamServer(sim, {
    name: 'redis',
    commandTime: COMMAND_TIME,
    persistence: p.persistence,
    loadTime: LOAD_TIME,
  });
  for (const service of ['billing', 'search']) server.createGroup(service, 'oldest');
  const join = (): void => server.createGroup(LATE_SERVICE, 'oldest');
  sim.scheduleAt(p.lateAt, join, undefined, sim.eventKind('the audit has a group'));
  for (const service of ['billing', 'search', LATE_SERVICE]) {
    for (let i = 1; i <= p.consumers; i++) {
      const consumer = new RedisStreamConsumer(sim, {
        name: `${service}-${i}`,
        help: 'Reads up to ten entries, handles one after the other and acknowledges each',
        server,
        group: service,
        count: PREFETCH,
        concurrency: 1,
        block: s(1),
        minIdle: s(5),
        retryAfter: ms(100),
        delay: nearby,
        keyOf: ({ content }) => content as number,
        handler: (message) => processing.work(message),
      });
      if (service === LATE_SERVICE) consumer.kill(p.lateAt);
      else if (i === 1 && service === 'billing') {
        sim.scheduleAt(p.killAt, () => consumer.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
      }
    }
  }
  sim.scheduleAt(p.crashAt, () => server.interventions['kill'].apply([2]), undefined, sim.eventKind('the broker dies'));
  const link = new Link<StreamCommand, StreamReply>(sim, server, { from: 'events', delay: nearby, isOrdered: true });
  return new Service<number, void>(sim, {
    name: 'events',
    help: 'Adds each event to the stream and answers when the server has it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      yield* link.call({ command: 'add', message: makeMessage({ request, content, sent: sim.now }) }, request);
    },
  });
}
