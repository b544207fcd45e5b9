/** Each case of `test/vectors/rabbitmq_queue_behaviours.json` played on the model: the same is observed. */
import { expect, it } from 'vitest';
import type { Headers } from '../../../../sim-core/messaging/channels/message.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { AmqpError } from '../../../../sim-core/systems/rabbitmq/amqp-error.ts';
import type { Delivery } from '../../../../sim-core/systems/rabbitmq/channel.ts';
import vectors from '../../../vectors/rabbitmq_queue_behaviours.json' with { type: 'json' };
import { bodiesOf, Client } from './client.ts';

type Row = Record<string, never>;

const publishAll = (client: Client, count: number, queue: string): string[] =>
  Array.from({ length: count }, (_, i) => (client.publish(String(i + 1), queue).refused ? 'nack' : 'ack'));

/** `x-death` with the moment masked, as the rows have it. */
const masked = (headers: Headers): unknown => ({
  ...headers,
  'x-death': (headers['x-death'] as unknown as Headers[]).map((death) => ({ ...death, time: '<timestamp:seconds>' })),
});

const letters = (client: Client, queue: string): [string, string][] =>
  client
    .drain(queue)
    .map(({ message }) => [message.content as string, message.headers['x-first-death-reason'] as string]);

const markedBodies = (deliveries: readonly Delivery[]): [string, boolean][] =>
  deliveries.map(({ message, redelivered }) => [message.content as string, redelivered]);

/** A queue whose dead letters go to the queue `dead`, by the default exchange. */
function withDead(client: Client, name: string, args: Headers = {}): void {
  client.queue('dead');
  client.queue(name, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead', ...args });
}

/** A queue with a dead-letter exchange of its own, which keeps the routing key. */
function withOffice(client: Client, name: string, args: Headers = {}): void {
  client.exchange('lab.dlx', 'fanout');
  client.queue('dead');
  client.bind('dead', 'lab.dlx');
  client.queue(name, { 'x-dead-letter-exchange': 'lab.dlx', ...args });
}

const cases: Record<string, (client: Client, observed: Row) => void> = {
  'dlx-rejected'(client, observed) {
    withOffice(client, 'lab.src.2');
    client.publish('body', 'lab.src.2', { headers: { my: 'h' } });
    client.channel.reject(client.channel.get('lab.src.2', false)!.tag, false, false);
    client.elapse(0);
    const { message, redelivered } = client.channel.get('dead', true)!;
    expect(masked(message.headers)).toEqual(observed.headers);
    expect([message.exchange, redelivered]).toEqual(['lab.dlx', false]);
  },
  'dlx-expired-queue-ttl'(client, observed) {
    withOffice(client, 'lab.src.5', { 'x-message-ttl': 100 });
    client.publish('body', 'lab.src.5');
    client.elapse(100);
    expect(masked(client.channel.get('dead', true)!.message.headers)).toEqual(observed.headers);
  },
  'maxlen-reject-publish'(client, observed) {
    withDead(client, 'q', { 'x-max-length': 3, 'x-overflow': 'reject-publish' });
    expect(publishAll(client, 5, 'q')).toEqual(observed.confirms);
    expect(client.bodies('q')).toEqual(observed.remaining);
    client.elapse(0);
    expect(letters(client, 'dead')).toEqual(observed.dead_lettered);
  },
  'maxlen-reject-publish-dlx'(client, observed) {
    withDead(client, 'q', { 'x-max-length': 3, 'x-overflow': 'reject-publish-dlx' });
    expect(publishAll(client, 5, 'q')).toEqual(observed.confirms);
    expect(client.bodies('q')).toEqual(observed.remaining);
    client.elapse(0);
    expect(client.bodies('dead')).toEqual(observed.dead_lettered);
  },
  'maxlen-counts-ready-only'(client, observed) {
    client.queue('q', { 'x-max-length': 2 });
    publishAll(client, 2, 'q');
    const held = [client.channel.get('q', false)!, client.channel.get('q', false)!];
    for (const body of ['3', '4', '5']) client.publish(body, 'q');
    expect(client.ready('q')).toBe(observed.ready_with_2_unacked);
    for (const { tag } of held) client.channel.reject(tag, false, true);
    expect(client.bodies('q')).toEqual(observed.after_requeue);
  },
  'maxlen-0-no-consumer'(client, observed) {
    withDead(client, 'q', { 'x-max-length': 0 });
    publishAll(client, 1, 'q');
    client.elapse(0);
    expect(client.ready('q')).toBe(observed.remaining);
    expect(letters(client, 'dead')).toEqual(observed.dead_lettered);
  },
  'per-message-ttl-head-of-line'(client, observed) {
    withDead(client, 'q');
    client.publish('slow-1500', 'q', { ttl: ms(1500) });
    client.publish('fast-200', 'q', { ttl: ms(200) });
    client.elapse(700);
    expect(client.ready('q')).toBe(observed.ready_count_at_700ms);
    client.elapse(799);
    expect(client.ready('dead')).toBe(0);
    client.elapse(1);
    expect(client.bodies('dead')).toEqual((observed.dead_lettered_at_ms as [string, number][]).map(([body]) => body));
  },
  'ttl-min-of-both'(client, observed) {
    withDead(client, 'q1000', { 'x-message-ttl': 1000 });
    const [[, first], [, second]] = observed as unknown as [string, number][];
    const diesAfter = (ttl: number): number => {
      client.publish('m', 'q1000', { ttl: ms(ttl) });
      let elapsed = 0;
      for (; client.ready('q1000') > 0; elapsed += 100) client.elapse(100);
      return elapsed;
    };
    expect(diesAfter(300)).toBe(first);
    // The row tells the second one's end from the first's beginning: it was sent at 800 ms.
    expect(diesAfter(5000)).toBe(second - 800);
  },
  'ttl-unacked'(client, observed) {
    client.queue('q', { 'x-message-ttl': 100 });
    client.publish('m', 'q');
    const { tag } = client.channel.get('q', false)!;
    client.elapse(500);
    expect(client.ready('q')).toBe(observed.ready_while_unacked);
    expect(client.broker.peek('q')!.queue.inFlight).toBe(1);
    client.channel.reject(tag, false, true);
    expect(client.ready('q')).toBe(observed.after_requeue_past_ttl);
  },
  'retry-loop-with-rejects'(client, observed) {
    client.queue('lab.ay', {
      'x-message-ttl': 100,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'lab.k',
    });
    client.queue('lab.k', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'lab.ay' });
    client.publish('m', 'lab.k');
    const rounds = Array.from({ length: 4 }, () => {
      const { tag, message } = client.channel.get('lab.k', false)!;
      client.channel.reject(tag, false, false);
      client.elapse(100);
      const deaths = message.headers['x-death'] as unknown as Headers[] | undefined;
      return deaths?.map(({ queue, reason, count }) => [queue, reason, count]) ?? null;
    });
    expect(rounds).toEqual(observed);
  },
  'dlx-exchange-missing'(client, observed) {
    client.queue('q', { 'x-dead-letter-exchange': 'absent', 'x-message-ttl': 100 });
    client.publish('m', 'q');
    client.elapse(100);
    expect(client.ready('q')).toBe(observed.queue_left);
    expect(client.broker.peek('q')!.queue.fates.count('lost')).toBe(1);
  },
  'dlx-keeps-original-routing-key'(client, observed) {
    withOffice(client, 'q');
    client.exchange('lab.x', 'direct');
    client.bind('q', 'lab.x', 'orig.key');
    client.publish('m', ['lab.x', 'orig.key']);
    client.channel.reject(client.channel.get('q', false)!.tag, false, false);
    client.elapse(0);
    const { message } = client.channel.get('dead', true)!;
    const [death] = message.headers['x-death'] as unknown as Headers[];
    expect({
      routingKey: message.routingKey,
      xdeath_routing_keys: death['routing-keys'],
      xdeath_exchange: death.exchange,
    }).toEqual(observed);
  },
  'purge-and-delete-do-not-dead-letter'(client, observed) {
    withDead(client, 'q');
    publishAll(client, 2, 'q');
    client.channel.purge('q');
    client.elapse(0);
    expect(client.ready('dead')).toBe(observed.after_purge);
    publishAll(client, 2, 'q');
    client.channel.deleteQueue('q');
    client.elapse(0);
    expect(client.ready('dead')).toBe(observed.after_delete);
  },
  'queue-expires'(client, observed) {
    withDead(client, 'q', { 'x-expires': 300 });
    client.publish('m', 'q');
    client.elapse(299);
    expect(client.broker.peek('q')).toBeDefined();
    client.elapse(1);
    expect(client.broker.peek('q') !== undefined).toBe(observed.queue_exists);
    expect(client.ready('dead')).toBe(observed.dead_lettered);
  },
  'requeue-original-position'(client, observed) {
    client.queue('q');
    publishAll(client, 5, 'q');
    const [, second] = [1, 2, 3].map(() => client.channel.get('q', false)!);
    client.channel.reject(second.tag, false, true);
    expect(markedBodies(client.drain('q'))).toEqual(observed.after_nack_of_2_with_1_and_3_unacked);
  },
  'requeue-1-and-3'(client, observed) {
    client.queue('q');
    publishAll(client, 3, 'q');
    const [first, second, third] = [1, 2, 3].map(() => client.channel.get('q', false)!);
    client.channel.acknowledge(second.tag, false);
    client.channel.reject(third.tag, false, true);
    client.channel.reject(first.tag, false, true);
    expect(markedBodies(client.drain('q'))).toEqual(observed);
  },
  'no-prefetch-takes-everything'(client, observed) {
    client.queue('q');
    const count = observed.unlimited_got as unknown as number;
    publishAll(client, count, 'q');
    client.consume('q');
    client.consume('q');
    expect(client.heard.filter(({ consumer }) => consumer === 'c1')).toHaveLength(count);
  },
  'round-robin'(client, observed) {
    client.queue('q');
    const clients = [client, new Client(client.broker), new Client(client.broker)];
    for (const each of clients) each.consume('q');
    publishAll(client, 9, 'q');
    // Then the channels close one after the other, and what each of them had goes round among those that are left.
    for (const { channel } of clients) channel.close();
    expect(clients.map(({ heard }) => bodiesOf(heard).map(Number))).toEqual(observed);
  },
  'prefetch1-fair-dispatch'(client, observed) {
    const { slow200ms: slow, fast20ms: fast } = observed as unknown as Record<string, number>;
    client.queue('q');
    const done: Record<string, number> = { slow: 0, fast: 0 };
    for (const [name, milliseconds] of [
      ['slow', 200],
      ['fast', 20],
    ] as const) {
      const worker = new Client(client.broker);
      worker.channel.prefetch(1, false);
      worker.consume('q', {
        deliver: ({ tag }) => {
          const finish = (): void => {
            done[name]++;
            worker.channel.acknowledge(tag, false);
          };
          client.sim.schedule(ms(milliseconds), finish, undefined);
        },
      });
    }
    publishAll(client, slow + fast, 'q');
    client.elapse(10_000);
    // Whoever is free gets the next: 28 messages at 5 and 50 a second.
    expect(done).toEqual({ slow, fast });
  },
  'consumer-priority'(client, observed) {
    const { high, low } = observed as unknown as Record<string, number[]>;
    client.queue('q');
    const [above, below] = [new Client(client.broker), new Client(client.broker)];
    // A limit of the channel: a message that it gives back is handed out again before the queue hears that it has room.
    above.channel.prefetch(3, true);
    below.consume('q', { priority: 0 });
    above.consume('q', { priority: 10 });
    publishAll(client, 5, 'q');
    above.channel.reject(above.heard[0].tag, false, true);
    expect(bodiesOf(above.heard).map(Number)).toEqual(high);
    expect(bodiesOf(below.heard).map(Number)).toEqual(low);
  },
  'exclusive-consumer'(client, observed) {
    client.queue('lab.exc.40');
    client.consume('lab.exc.40', { exclusive: true });
    const second = new Client(client.broker);
    expect(observed.second).toContain('403 (ACCESS-REFUSED)');
    expect(() => second.consume('lab.exc.40')).toThrow(new AmqpError(403, `queue 'lab.exc.40' in exclusive use`));
  },
  'quorum-delivery-limit-3'(client, observed) {
    withOffice(client, 'lab.qq.42', { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 });
    client.publish('poison', 'lab.qq.42');
    client.publish('next', 'lab.qq.42');
    expect(givingBack(client, 'lab.qq.42', 5)).toEqual(observed.deliveries);
    client.elapse(0);
    const { message } = client.channel.get('dead', true)!;
    const { headers } = observed.dead_letter as unknown as { readonly headers: Headers };
    expect(masked(message.headers)).toEqual(headers);
  },
  'quorum-requeue-position'(client, observed) {
    client.queue('q', { 'x-queue-type': 'quorum' });
    publishAll(client, 3, 'q');
    const first = client.channel.get('q', false)!;
    client.channel.reject(first.tag, false, true);
    const order = [first, ...client.drain('q')];
    expect(order.map(({ message, deliveryCount }) => [message.content, deliveryCount ?? 0])).toEqual(observed);
  },
  'quorum-delivery-limit-2-consumer-no-dlx'(client, observed) {
    client.queue('q', { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 });
    client.publish('p', 'q');
    client.publish('n', 'q');
    expect(givingBack(client, 'q', 6, null)).toEqual(observed);
    expect(client.broker.peek('q')!.queue.fates.count('dropped')).toBe(2);
  },
  'ack-multiple'(client, observed) {
    client.queue('q');
    publishAll(client, 4, 'q');
    const held = [1, 2, 3].map(() => client.channel.get('q', false)!);
    client.channel.acknowledge(held[1].tag, true);
    expect(client.ready('q')).toBe(observed.ready_after_ack_multiple_2);
    client.channel.reject(held[2].tag, false, true);
    expect(client.ready('q')).toBe(observed.ready_after_requeue_3);
  },
  'double-ack'(client, observed) {
    client.queue('q');
    client.publish('m', 'q');
    const { tag } = client.channel.get('q', false)!;
    client.channel.acknowledge(tag, false);
    expect(observed.channel_error).toContain('PRECONDITION_FAILED - unknown delivery tag 1');
    expect(() => client.channel.acknowledge(tag, false)).toThrow('PRECONDITION_FAILED - unknown delivery tag 1');
    expect(client.channel.isOpen).toBe(false);
  },
};

/** A consumer of one message at a time that gives everything back: what it saw, and how often it had come back. */
function givingBack(client: Client, queue: string, times: number, absent: number | null = 0): unknown[] {
  client.channel.prefetch(1, false);
  client.consume(queue);
  const seen: unknown[] = [];
  for (let i = 0; i < client.heard.length && seen.length < times; i++) {
    const { message, redelivered, deliveryCount, tag } = client.heard[i];
    seen.push([message.content, redelivered, deliveryCount ?? absent]);
    if (seen.length < times || absent === null) client.channel.reject(tag, false, true);
  }
  return seen;
}

it.each(vectors.rows.map((row) => [row.case, row.observed] as const))('%s', (name, observed) => {
  const client = new Client();
  cases[name](client, observed as never);
  expect(client.broker.violations()).toEqual([]);
});

it('lifts the limit of a channel when that of each new consumer is set', () => {
  const client = new Client();
  client.queue('q');
  client.channel.prefetch(2, true);
  client.consume('q');
  publishAll(client, 4, 'q');
  expect(client.heard.length).toBe(2);
  client.channel.prefetch(1, false);
  expect(client.heard.length).toBe(4);
});
