/** What quorum queues do with several holders, a delivery limit, a length limit and times to live (`rabbit_fifo`, 3.10.8). */
import { expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { bodiesOf, Client } from './client.ts';

const QUORUM = { 'x-queue-type': 'quorum' };

it('gives back what a channel had consumer by consumer, and what it got by the number of the delivery', () => {
  const client = new Client();
  client.queue('q', QUORUM);
  client.consume('q');
  client.consume('q');
  for (const content of ['1', '2', '3', '4']) client.publish(content, 'q');
  expect(client.heard.map(({ consumer, message }) => [consumer, message.content])).toEqual([
    ['c1', '1'],
    ['c2', '2'],
    ['c1', '3'],
    ['c2', '4'],
  ]);
  client.channel.cancel('c1');
  client.channel.cancel('c2');
  client.publish('5', 'q');
  client.channel.get('q', false);
  client.channel.close();
  expect(new Client(client.broker).bodies('q')).toEqual(['5', '1', '3', '2', '4']);
});

it('lets a consumer have one more for each that its delivery limit threw out', () => {
  const client = new Client();
  client.queue('q', { ...QUORUM, 'x-delivery-limit': 0 });
  client.channel.prefetch(1, false);
  client.consume('q');
  for (const content of ['thrown out', '1', '2', '3']) client.publish(content, 'q');
  expect(bodiesOf(client.heard)).toEqual(['thrown out']);
  client.channel.reject(client.heard[0].tag, false, true);
  expect(bodiesOf(client.heard)).toEqual(['thrown out', '1', '2']);
});

it('dead-letters the last first of what goes at once for want of room, and in order what has expired', () => {
  const client = new Client();
  client.queue('dead');
  const limits = { 'x-max-length': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  client.queue('q', { ...QUORUM, ...limits });
  client.consume('q');
  for (const content of ['1', '2', '3', '4']) client.publish(content, 'q');
  client.channel.close();
  client.elapse(0);
  const other = new Client(client.broker);
  expect(other.bodies('dead')).toEqual(['3', '2', '1']);

  other.queue('r', { ...QUORUM, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
  for (const content of ['1', '2', '3']) other.publish(content, 'r', { ttl: ms(10) });
  other.elapse(20);
  expect(other.bodies('dead')).toEqual(['1', '2', '3']);
});

it('still counts behind a get what has expired and only comes to the head by it', () => {
  const client = new Client();
  client.queue('q', QUORUM);
  client.publish('1', 'q');
  client.publish('2', 'q', { ttl: ms(1) });
  client.elapse(5);
  expect(client.channel.get('q', false)?.message.content).toBe('1');
  expect(client.ready('q')).toBe(1);
  client.elapse(0);
  expect(client.ready('q')).toBe(0);
});

it('takes one more than its limit, tells its publishers, and lets them go on at four fifths of it', () => {
  const client = new Client();
  client.queue('dead', { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' });
  client.queue('q', { ...QUORUM, 'x-max-length': 5, 'x-overflow': 'reject-publish' });
  const refusals = (by: Client, count: number): number =>
    Array.from({ length: count }, () => by.publish('m', 'q')).filter(({ refused }) => refused).length;
  expect(refusals(client, 8)).toBe(2);
  // Who comes while it is over its limit is refused, and who comes when it is not is let in, whatever the first was told.
  expect(refusals(new Client(client.broker), 1)).toBe(1);
  client.channel.get('q', true);
  const late = new Client(client.broker);
  expect([refusals(client, 1), refusals(late, 1), refusals(late, 1)]).toEqual([1, 0, 1]);
  client.publish('a dead letter', 'dead');
  client.elapse(0);
  expect(client.ready('q')).toBe(7);
  for (const left of [6, 5, 4]) {
    expect(refusals(client, 1)).toBe(1);
    client.channel.get('q', true);
    expect(client.ready('q')).toBe(left);
  }
  expect([refusals(client, 1), refusals(late, 1), client.ready('q')]).toEqual([0, 0, 6]);
});

it('takes the overflow that it cannot do for dropping its head, and a limit below none for none', () => {
  const client = new Client();
  client.queue('dead');
  const office = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  client.queue('q', {
    ...QUORUM,
    ...office,
    'x-max-length': 1,
    'x-overflow': 'reject-publish-dlx',
    'x-delivery-limit': -1,
  });
  expect(['1', '2'].map((content) => client.publish(content, 'q').refused)).toEqual([false, false]);
  client.channel.reject(client.channel.get('q', false)!.tag, false, true);
  client.elapse(0);
  expect([client.bodies('q'), client.bodies('dead')]).toEqual([[], ['1', '2']]);
});

it('goes for want of use at a tick, where asking for it is none and having something of it is', () => {
  const client = new Client();
  const isThere = (): boolean => client.broker.peek('q') !== undefined;
  client.queue('q', { ...QUORUM, 'x-expires': 1_000 });
  client.elapse(4_999);
  client.channel.checkQueue('q');
  client.publish('1', 'q');
  expect(isThere()).toBe(true);
  client.elapse(1);
  expect(isThere()).toBe(false);

  client.queue('q', { ...QUORUM, 'x-expires': 1_000 });
  client.publish('1', 'q');
  const { tag } = client.channel.get('q', false)!;
  client.elapse(14_500);
  client.channel.acknowledge(tag, false);
  client.elapse(1_000);
  expect(isThere()).toBe(true);
  client.elapse(4_500);
  expect(isThere()).toBe(false);
});

it('keeps the time for which it was unused while its node is down', () => {
  const client = new Client();
  client.queue('q', { ...QUORUM, 'x-expires': 8_000 });
  client.elapse(1_000);
  client.broker.crash();
  client.elapse(10_000);
  client.broker.recover();
  client.elapse(4_900);
  expect(client.broker.peek('q')).toBeDefined();
  client.elapse(100);
  expect(client.broker.peek('q')).toBeUndefined();
});
