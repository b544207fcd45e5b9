/** Demand is never exceeded, nothing is withheld that was asked for, and the prefetch is kept: whatever happens in which order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Emission } from '../../../../../sim-core/messaging/backpressure/reactive/emission.ts';
import { Prefetching } from '../../../../../sim-core/messaging/backpressure/reactive/prefetching.ts';
import type { Subscription } from '../../../../../sim-core/messaging/backpressure/reactive/reactive-streams.ts';
import { deedsOf } from '../../../../deeds.ts';
import { QueueOwner } from './queue-owner.ts';
import { WatchedSubscriber } from './watched-subscriber.ts';

/**
 * A publisher with workers who promise an item each and give it later, in any order, subscribers one after another, and what a
 * naive count says of it.
 */
class Lab {
  readonly owner = new QueueOwner<number>();
  readonly subscribers: WatchedSubscriber<number>[] = [];
  inWork: { readonly item: number; readonly promised: Emission<number>; readonly to: WatchedSubscriber<number> }[] = [];
  asked = 0;
  offered = 0;
  lost = 0;
  /** Given to another than whom they were promised to, or not given though that one is there. */
  readonly misplaced: number[] = [];

  constructor() {
    this.subscribe();
  }

  get subscriber(): WatchedSubscriber<number> {
    return this.subscribers.at(-1)!;
  }

  /** Every third item that it is given has it ask for one more. */
  subscribe(): void {
    this.asked = 0;
    const onNext = (item: number, { request }: Subscription): void => {
      if (item % 3 !== 0) return;
      this.asked++;
      request(1);
    };
    const subscriber = new WatchedSubscriber<number>({ onNext });
    this.subscribers.push(subscriber);
    this.owner.publisher.subscribe(subscriber);
  }

  promise(): void {
    const promised = this.owner.publisher.reserve();
    if (promised !== undefined) this.inWork.push({ item: this.offered++, promised, to: this.subscriber });
  }

  give(which: number): void {
    const [work] = this.inWork.splice(which % Math.max(1, this.inWork.length), 1);
    if (work === undefined) return;
    const isGiven = work.promised.next(work.item);
    if (!isGiven) this.lost++;
    if (isGiven !== (work.to === this.subscriber)) this.misplaced.push(work.item);
  }
}

const deed = deedsOf<Lab>();
const deeds = fc.array(
  fc.oneof(
    deed(fc.tuple(fc.integer({ min: 1, max: 5 })), (lab, n) => {
      for (let i = 0; i < n; i++) lab.owner.offer(lab.offered++);
    }),
    deed(fc.tuple(fc.integer({ min: 1, max: 5 })), (lab, n) => {
      lab.asked += n;
      lab.subscriber.request(n);
    }),
    deed(fc.tuple(), (lab) => lab.promise()),
    deed(fc.tuple(fc.nat()), (lab, which) => lab.give(which)),
    deed(fc.tuple(), (lab) => {
      lab.subscriber.cancel();
      lab.subscribe();
    }),
  ),
  { maxLength: 50 },
);

it('is what a count of what was asked for, promised and given says, whoever subscribes anew', () => {
  fc.assert(
    fc.property(deeds, (script) => {
      const lab = new Lab();
      for (const act of script) {
        act(lab);
        const { owner, subscriber, subscribers, inWork } = lab;
        expect([subscribers.flatMap(({ broken }) => broken), lab.misplaced]).toEqual([[], []]);
        const promised = inWork.filter(({ to }) => to === subscriber).length;
        expect(owner.publisher.outstanding).toBe(lab.asked - subscriber.items.length - promised);
        // What waits, waits for demand only.
        if (owner.waiting.length > 0) expect(owner.publisher.outstanding).toBe(0);
        const given = subscribers.reduce((sum, { items }) => sum + items.length, 0);
        expect(given + inWork.length + owner.waiting.length + lab.lost).toBe(lab.offered);
      }
    }),
  );
});

it('the end is told when all that was promised has been given', () => {
  const { owner, subscriber } = new Lab();
  subscriber.request(2);
  const promised = [owner.publisher.reserve()!, owner.publisher.reserve()!];
  owner.end();
  expect(owner.publisher.reserve()).toBeUndefined();
  promised[1].next(1);
  expect(subscriber.signals).toEqual(['onSubscribe', 'onNext']);
  promised[0].next(2);
  expect(subscriber.signals).toEqual(['onSubscribe', 'onNext', 'onNext', 'onComplete']);
});

it('what is asked for in the midst of an item that is given is answered after it, and no deeper', () => {
  const owner = new QueueOwner<number>();
  const subscriber = new WatchedSubscriber<number>({ onNext: (item, { request }) => item === 0 && request(2) });
  owner.publisher.subscribe(subscriber);
  subscriber.request(1);
  const promised = owner.publisher.reserve()!;
  owner.offer(1, 2);
  promised.next(0);
  expect([subscriber.items, subscriber.deepest, subscriber.broken]).toEqual([[0, 1, 2], 1, []]);
});

it('a prefetching subscriber holds and awaits its prefetch, and all of it again after three quarters, whoever it is subscribed to', () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<'come' | 'consume'>('come', 'consume') },
      { weight: 1, arbitrary: fc.constantFrom<'cut' | 'forget'>('cut', 'forget') },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), steps, (prefetch, script) => {
      let [awaited, held, most] = [0, 0, prefetch];
      const receive = (): void => {
        awaited--;
        held++;
      };
      const subscriber = new Prefetching<number>({ prefetch, receive });
      const subscribe = (): void =>
        subscriber.onSubscribe({ request: (n) => (awaited += n), cancel: expect.unreachable });
      subscribe();
      for (const step of script) {
        if (typeof step === 'number') {
          subscriber.resize(step);
          prefetch = step;
        } else if (step === 'come' && awaited > 0) subscriber.onNext(held);
        else if (step === 'consume' && held > 0) {
          held--;
          subscriber.consumed();
        } else if (step === 'cut' || step === 'forget') {
          // The publisher has died, or so has whoever subscribes, with all that it holds.
          awaited = 0;
          if (step === 'forget') {
            held = 0;
            subscriber.forget();
          }
          subscriber.onError(new Error('gone'));
          subscribe();
        }
        // A prefetch that has become less is reached as items are done with, and not exceeded again.
        most = Math.max(prefetch, Math.min(most, awaited + held));
        expect(awaited + held).toBeLessThanOrEqual(most);
        // More than a quarter of it is always held or awaited: it never stands still.
        expect(awaited + held).toBeGreaterThan(prefetch >> 2);
      }
    }),
  );
});

it.each([
  [1, 1],
  [4, 3],
  [32, 24],
  [256, 192],
])('of a prefetch of %d asks again after %d', (prefetch, after) => {
  const requests: number[] = [];
  const subscriber = new Prefetching<number>({ prefetch, receive: () => subscriber.consumed() });
  subscriber.onSubscribe({ request: (n) => void requests.push(n), cancel: () => {} });
  for (let i = 0; i < after - 1; i++) subscriber.onNext(i);
  expect(requests).toEqual([prefetch]);
  subscriber.onNext(after);
  expect(requests).toEqual([prefetch, after]);
});

it('a subscriber whose publisher dies asks the next for what it has room for beside what it holds', () => {
  const requests: number[] = [];
  const subscriber = new Prefetching<number>({ prefetch: 8, receive: () => {} });
  const subscription = { request: (n: number) => void requests.push(n), cancel: () => {} };
  subscriber.onSubscribe(subscription);
  for (let i = 0; i < 5; i++) subscriber.onNext(i);
  subscriber.onError(new Error('gone'));
  subscriber.onSubscribe(subscription);
  expect(requests).toEqual([8, 3]);
  for (let i = 0; i < 5; i++) subscriber.consumed();
  expect(requests).toEqual([8, 3]);
});

it.each([0, -1, 1.5])('refuses a prefetch of %d', (prefetch) => {
  expect(() => new Prefetching({ prefetch, receive: () => {} })).toThrow(`prefetch is ${prefetch}`);
});
