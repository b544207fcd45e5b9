/** What a sending queue has after a crash, and in which order. */
import { expect, it } from 'vitest';
import { SendingQueue } from '../../../../sim-core/observability/pipeline/sending-queue.ts';
import { loadOf } from './loads.ts';

const batches = [1, 2, 3, 4].map((count) => loadOf(count));

/** Of four batches consumers have two. */
function dispatching(isPersistent: boolean): SendingQueue {
  const queue = new SendingQueue({ queueSize: 4, isPersistent });
  for (const batch of batches) queue.offer(batch);
  expect([queue.dispatch(), queue.dispatch()]).toEqual(batches.slice(0, 2));
  return queue;
}

it('on disk has all of it after a crash, and what consumers had behind what waited', () => {
  const queue = dispatching(true);
  expect(queue.crash()).toBe(0);
  expect([queue.size, queue.sending, queue.held]).toEqual([4, 0, { batches: 4, items: 10, bytes: 1000 }]);
  const [first, second, third, fourth] = batches;
  expect(batches.map(() => queue.dispatch())).toEqual([third, fourth, first, second]);
});

it('in memory loses all of it in a crash', () => {
  const queue = dispatching(false);
  expect(queue.crash()).toBe(10);
  expect(queue.held).toEqual({ batches: 0, items: 0, bytes: 0 });
});
