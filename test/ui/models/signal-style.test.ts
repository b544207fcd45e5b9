/** What the page makes of a signal's name: its colour, whose it is, and what it is called on a card. */
import { expect, it } from 'vitest';
import { ownerOf, roleOf, shortName } from '../../../ui/models/signal-style.ts';

it.each([
  ['cache.hit_ratio', 'ok', 'cache', 'hit ratio'],
  ['cache.hit_ratio.users', 'ok', 'cache', 'users hit ratio'],
  ['cache.miss_ratio.policy.50', 'miss', 'cache', 'policy miss ratio at 50'],
  ['db.client.operation.rate', 'miss', 'database', 'operation rate'],
  ['db.client.operation.rate.read', 'miss', 'database', 'read rate'],
  ['db.client.connection.count', 'miss', 'database', 'connections'],
  ['db.client.connection.pending_requests', 'waiting', 'database', 'pending'],
  ['http.client.request.error_ratio', 'failed', 'client', 'error ratio'],
  ['http.server.active_requests', 'waiting', 'service', 'active'],
  ['cache.writes.buffered', 'waiting', 'service', 'buffered writes'],
  ['cache.writes.lost', 'failed', undefined, 'lost writes'],
  ['cache.misses.hot', 'miss', 'cache', 'hot misses'],
  ['cache.stale_ratio', 'stale', 'cache', 'stale ratio'],
  ['messaging.queue.ready', 'waiting', 'broker', 'ready'],
  ['kafka.consumer_group.lag', 'waiting', 'consumer', 'lag'],
  ['routing.messages.vanished', 'failed', undefined, 'vanished messages'],
  ['effects.payments.doubled', 'retry', undefined, 'payments doubled'],
  ['dlq.oldest_age', 'failed', 'broker', 'oldest_age'.replace('_', ' ')],
  ['dashboard.http.server.request.duration', 'waiting', undefined, 'request duration on the dashboard'],
])('%s is %s, of the %s, called %s', (name, role, owner, short) => {
  expect([roleOf(name), ownerOf(name), shortName(name)]).toEqual([role, owner, short]);
});
