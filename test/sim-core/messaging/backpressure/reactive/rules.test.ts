/**
 * The rules of Reactive Streams, each by its number: those of the shared table, one by one, and none of them left out. Rules of
 * publishers and subscriptions are tried on `OnDemand` and its emission, those of subscribers on `Prefetching`.
 */
import { describe, expect, it } from 'vitest';
import { OnDemand } from '../../../../../sim-core/messaging/backpressure/reactive/on-demand.ts';
import { Prefetching } from '../../../../../sim-core/messaging/backpressure/reactive/prefetching.ts';
import type {
  Publisher,
  Subscription,
} from '../../../../../sim-core/messaging/backpressure/reactive/reactive-streams.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';
import { QueueOwner } from './queue-owner.ts';
import { WatchedSubscriber } from './watched-subscriber.ts';

const LONGEST = 9_223_372_036_854_775_807n;
const table = sharedVectors<{ rules: { id: string; rule: string }[] }>('reactive_streams_rules.json');

/** A queue with these items and whoever subscribes to it. */
function stream(items: readonly number[], reactions?: ConstructorParameters<typeof WatchedSubscriber<number>>[0]) {
  const owner = new QueueOwner<number>();
  owner.offer(...items);
  const subscriber = new WatchedSubscriber<number>(reactions);
  owner.publisher.subscribe(subscriber);
  return { owner, subscriber };
}

/** A subscriber of the model, and what it does with a subscription that is written down. */
function prefetching(prefetch: number) {
  const [requests, received, late]: [number[], number[], number[]] = [[], [], []];
  const cancels = { count: 0 };
  const ends: (Error | undefined)[] = [];
  const subscription: Subscription = { request: (n) => void requests.push(n), cancel: () => void cancels.count++ };
  const subscriber = new Prefetching<number>({
    prefetch,
    receive: (item) => received.push(item),
    tooLate: (item) => late.push(item),
    ended: (error) => ends.push(error),
  });
  return { subscriber, subscription, requests, received, late, cancels, ends };
}

const rules: Readonly<Record<string, () => void>> = {
  '1.1': () => {
    const { owner, subscriber } = stream([1, 2, 3, 4]);
    expect(subscriber.items).toEqual([]);
    subscriber.request(1);
    subscriber.request(2);
    owner.offer(5);
    expect(subscriber.items).toEqual([1, 2, 3]);
    expect(subscriber.broken).toEqual([]);
  },
  '1.2': () => {
    const { owner, subscriber } = stream([1, 2]);
    subscriber.request(10);
    owner.end();
    expect(subscriber.items).toEqual([1, 2]);
    expect(subscriber.signals.at(-1)).toBe('onComplete');
  },
  // There is one thread: signals are serial if none is given from within another.
  '1.3': () => {
    const { owner, subscriber } = stream([1], {
      onNext: (item, subscription) => {
        subscription.request(1);
        if (item < 5) owner.offer(item + 1);
        else owner.end();
      },
    });
    subscriber.request(1);
    expect(subscriber.items).toEqual([1, 2, 3, 4, 5]);
    expect(subscriber.signals.at(-1)).toBe('onComplete');
    expect(subscriber.broken).toEqual([]);
  },
  '1.5': () => {
    const { owner, subscriber } = stream([]);
    owner.end();
    expect(subscriber.signals).toEqual(['onSubscribe', 'onComplete']);
    const finite = stream([1]);
    finite.subscriber.request(1);
    finite.owner.end();
    expect(finite.subscriber.signals).toEqual(['onSubscribe', 'onNext', 'onComplete']);
  },
  '1.7': () => {
    const { owner, subscriber } = stream([1]);
    subscriber.request(5);
    owner.publisher.fail(new Error('gone'));
    owner.offer(2);
    owner.end();
    owner.publisher.fail(new Error('gone again'));
    subscriber.request(1);
    expect(subscriber.signals).toEqual(['onSubscribe', 'onNext', 'onError']);
  },
  '1.8': () => {
    const { owner, subscriber } = stream([1, 2], { onNext: (_, subscription) => subscription.cancel() });
    subscriber.request(5);
    owner.offer(3);
    expect(subscriber.items).toEqual([1]);
  },
  '1.9': () => {
    const { owner, subscriber } = stream([1]);
    expect(subscriber.signals).toEqual(['onSubscribe']);
    for (const nobody of [null, undefined]) {
      expect(() => new OnDemand<number>(() => {}).subscribe(nobody as never)).toThrow(TypeError);
    }
    const second = new WatchedSubscriber<number>();
    owner.publisher.subscribe(second);
    expect(second.signals).toEqual(['onSubscribe', 'onError']);
    second.request(1);
    second.cancel();
    expect(owner.waiting).toEqual([1]);
  },
  '2.1': () => {
    const { subscriber, subscription, requests } = prefetching(8);
    subscriber.onSubscribe(subscription);
    expect(requests).toEqual([8]);
  },
  '2.5': () => {
    const { subscriber, subscription, requests, cancels } = prefetching(8);
    subscriber.onSubscribe(subscription);
    const second = { request: () => expect.unreachable(), cancel: () => void cancels.count++ };
    subscriber.onSubscribe(second);
    expect(cancels.count).toBe(1);
    for (let i = 0; i < 6; i++) {
      subscriber.onNext(i);
      subscriber.consumed();
    }
    expect(requests).toEqual([8, 6]);
  },
  '2.8': () => {
    const { subscriber, subscription, received, late } = prefetching(8);
    subscriber.onSubscribe(subscription);
    subscriber.onNext(1);
    subscriber.cancel();
    subscriber.onNext(2);
    expect([received, late]).toEqual([[1], [2]]);
  },
  '2.9': () => {
    const { subscriber, ends } = prefetching(8);
    subscriber.onSubscribe({ request: () => {}, cancel: () => {} });
    subscriber.onComplete();
    expect(ends).toEqual([undefined]);
    expect(subscriber.isSubscribed).toBe(false);
  },
  '3.2': () => {
    const { subscriber } = stream([1, 2, 3], {
      onSubscribe: (subscription) => subscription.request(1),
      onNext: (_, subscription) => subscription.request(1),
    });
    expect(subscriber.items).toEqual([1, 2, 3]);
    expect(subscriber.broken).toEqual([]);
  },
  '3.3': () => {
    const many = Array.from({ length: 50_000 }, (_, i) => i);
    const { subscriber } = stream(many, {
      onSubscribe: (subscription) => subscription.request(1),
      onNext: (_, subscription) => subscription.request(1),
    });
    expect(subscriber.items).toHaveLength(many.length);
    expect(subscriber.deepest).toBe(1);
  },
  '3.6': () => {
    const { subscriber } = stream([1, 2]);
    subscriber.cancel();
    subscriber.request(2);
    subscriber.request(-1);
    expect(subscriber.signals).toEqual(['onSubscribe']);
  },
  '3.7': () => {
    const { owner, subscriber } = stream([1]);
    subscriber.cancel();
    subscriber.cancel();
    expect(subscriber.signals).toEqual(['onSubscribe']);
    const next = new WatchedSubscriber<number>();
    owner.publisher.subscribe(next);
    subscriber.cancel();
    next.request(1);
    expect(next.items).toEqual([1]);
  },
  '3.8': () => {
    const { subscriber } = stream([1, 2, 3, 4, 5, 6], { onNext: (item, s) => item === 1 && s.request(2) });
    subscriber.request(1);
    subscriber.request(1);
    expect(subscriber.items).toEqual([1, 2, 3, 4]);
  },
  '3.9': () => {
    for (const n of [0, -1, 0.5, Number.NaN]) {
      const { owner, subscriber } = stream([1, 2]);
      subscriber.request(n);
      expect(subscriber.error).toBeInstanceOf(RangeError);
      expect(subscriber.error!.message).toContain('3.9');
      subscriber.request(1);
      expect(owner.publisher.outstanding).toBe(0);
      expect(subscriber.signals).toEqual(['onSubscribe', 'onError']);
    }
  },
  // Here a cancellation takes hold at once, which the rule allows; over a link it is eventual: `stream-link.test.ts`.
  '3.12': () => {
    const { owner, subscriber } = stream([1, 2, 3], { onNext: (item, s) => item === 2 && s.cancel() });
    subscriber.request(3);
    expect(subscriber.items).toEqual([1, 2]);
    expect(owner.waiting).toEqual([3]);
  },
  // What is let go of is seen from outside: nothing that is reachable from the publisher is the subscriber.
  '3.13': () => {
    const { owner, subscriber } = stream([1]);
    expect(reaches(owner.publisher, subscriber)).toBe(true);
    subscriber.cancel();
    expect(reaches(owner.publisher, subscriber)).toBe(false);
  },
  '3.17': () => {
    const { owner, subscriber } = stream([1, 2, 3]);
    subscriber.request(Number(LONGEST));
    subscriber.request(Number(LONGEST));
    expect(subscriber.items).toEqual([1, 2, 3]);
    expect(subscriber.error).toBeUndefined();
    expect(owner.publisher.outstanding).toBe(Number(LONGEST));
  },
};

function reaches(from: unknown, sought: unknown, seen = new Set<unknown>()): boolean {
  if (from === sought) return true;
  if (typeof from !== 'object' || from === null || seen.has(from)) return false;
  seen.add(from);
  return Object.values(from).some((value) => reaches(value, sought, seen));
}

describe('the rules of Reactive Streams', () => {
  it.each(Object.entries(rules))('%s', (_, holds) => holds());

  it.skipIf(table.isLeftOut)('are those of the shared table, each of them', () => {
    expect(Object.keys(rules).toSorted()).toEqual(
      table
        .read()
        .rules.map(({ id }) => id)
        .toSorted(),
    );
  });
});

describe('a publisher that breaks a rule is noticed', () => {
  const faults: Readonly<Record<string, Publisher<number>>> = {
    '1.1: more than was asked for': {
      subscribe(subscriber) {
        subscriber.onSubscribe({ request: () => {}, cancel: () => {} });
        subscriber.onNext(1);
      },
    },
    '1.3: onNext within a signal': {
      subscribe(subscriber) {
        let left = 3;
        const request = (): void => {
          if (left-- > 0) subscriber.onNext(left);
        };
        subscriber.onSubscribe({ request, cancel: () => {} });
      },
    },
    '1.7: onNext after the end': {
      subscribe(subscriber) {
        subscriber.onSubscribe({ request: () => {}, cancel: () => {} });
        subscriber.onComplete();
        subscriber.onNext(1);
      },
    },
    '1.9: onComplete is the first': { subscribe: (subscriber) => subscriber.onComplete() },
  };

  it.each(Object.entries(faults))('%s', (rule, publisher) => {
    const subscriber = new WatchedSubscriber<number>({
      onSubscribe: (subscription) => rule.startsWith('1.3') && subscription.request(1),
    });
    publisher.subscribe(subscriber);
    expect(subscriber.broken).toContain(rule);
  });
});
