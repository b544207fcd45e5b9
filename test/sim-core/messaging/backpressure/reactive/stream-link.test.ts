/** A stream over a link: demand and items take their time, and so does a cancellation; a death at either end resets it. */
import { expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../../sim-core/kernel/time.ts';
import { Prefetching } from '../../../../../sim-core/messaging/backpressure/reactive/prefetching.ts';
import { StreamLink } from '../../../../../sim-core/messaging/backpressure/reactive/stream-link.ts';
import { BackgroundRequests } from '../../../../../sim-core/network/background-requests.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { QueueOwner } from './queue-owner.ts';

function streamed(prefetch: number, items: number) {
  const sim = new Simulation();
  const owner = new QueueOwner<number>();
  owner.offer(...Array.from({ length: items }, (_, i) => i));
  const [received, late, missed]: [number[], number[], number[]] = [[], [], []];
  const ends: (string | undefined)[] = [];
  const subscriber = new Prefetching<number>({
    prefetch,
    receive: (item) => received.push(item),
    tooLate: (item) => late.push(item),
    ended: (error) => ends.push(error?.message),
  });
  const far = { name: 'far', receive: () => {} };
  const link = new Link<unknown, unknown>(sim, far, { from: 'near', delay: constant(ms(1)), isOrdered: true });
  const stream = new StreamLink<number>({
    link,
    publisher: owner.publisher,
    subscriber,
    requestOf: (item) => new RequestContext(item, sim.now),
    background: new BackgroundRequests(sim),
    missed: (item) => missed.push(item),
  });
  stream.connect();
  return { sim, owner, subscriber, stream, received, late, missed, ends };
}

it('subscribes, asks and is given items, each a way away', () => {
  const { sim, owner, stream, received } = streamed(4, 10);
  sim.runUntil(ms(3) + 1);
  // To subscribe, to hear of it and to ask are a way each.
  expect([received, owner.waiting.length, stream.underWay]).toEqual([[], 6, 4]);
  sim.runUntil(ms(4) + 1);
  expect([received, stream.underWay]).toEqual([[0, 1, 2, 3], 0]);
  stream.connect();
  sim.runUntil(Infinity);
  expect(received).toHaveLength(4);
});

it('ends when its publisher does', () => {
  const { sim, owner, ends } = streamed(4, 2);
  sim.runUntil(ms(10));
  owner.end();
  sim.runUntil(Infinity);
  expect(ends).toEqual([undefined]);
});

it('stops some time after it was cancelled: what is under way arrives, and is not taken (rules 1.8, 2.8, 3.12)', () => {
  const { sim, owner, subscriber, received, late } = streamed(4, 10);
  sim.runUntil(ms(3) + 1);
  subscriber.cancel();
  sim.runUntil(Infinity);
  expect([received, late]).toEqual([[], [0, 1, 2, 3]]);
  expect(owner.waiting).toHaveLength(6);
  expect(owner.publisher.outstanding).toBe(0);
});

it.each(['publisher', 'subscriber'] as const)('is over when its %s dies, and begins anew', (died) => {
  const { sim, owner, stream, received, missed, ends } = streamed(4, 10);
  sim.runUntil(ms(3) + 1);
  stream.reset(died);
  stream.reset(died);
  expect(ends).toHaveLength(died === 'subscriber' ? 1 : 0);
  sim.runUntil(ms(6));
  expect([received, missed, stream.underWay]).toEqual([[], [0, 1, 2, 3], 0]);
  expect(ends).toEqual(['the connection was reset']);
  stream.connect();
  sim.runUntil(Infinity);
  expect(received).toEqual([4, 5, 6, 7]);
  expect(owner.waiting).toEqual([8, 9]);
});
