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
