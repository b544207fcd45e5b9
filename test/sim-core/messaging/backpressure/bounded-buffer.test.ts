/** The bounded buffer under each strategy, against a naive one over arrays, whatever is offered, taken and set. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BoundedBuffer,
  overflowStrategies,
  type Offered,
  type OverflowName,
} from '../../../../sim-core/messaging/backpressure/bounded-buffer.ts';

type Step = { readonly op: 'offer' } | { readonly op: 'take' } | { readonly op: 'limit'; readonly to: number };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>({ op: 'offer' }) },
    { weight: 4, arbitrary: fc.constant<Step>({ op: 'take' }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }).map((to): Step => ({ op: 'limit', to })) },
  ),
  { maxLength: 60 },
);

/** The strategies in the words of their table. */
const naive: Readonly<
  Record<OverflowName, (inside: number[], item: number, bound: number, lost: number[]) => Offered>
> = {
  'drop-newest': (_inside, item, _bound, lost) => {
    lost.push(item);
    return 'dropped';
  },
  'drop-oldest': (inside, item, bound, lost) => {
    if (bound === 0) {
      lost.push(item);
      return 'dropped';
    }
    lost.push(...inside.splice(0, inside.length - bound + 1));
    inside.push(item);
    return 'taken';
  },
  error: () => 'ended',
};

describe.each(Object.keys(overflowStrategies) as OverflowName[])('%s', (overflow) => {
  it('does what a list with a bound does, and loses sight of nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), steps, (capacity, script) => {
        const dropped: number[] = [];
        const buffer = new BoundedBuffer<number>({ capacity, overflow, dropped: (item) => dropped.push(item) });
        const [inside, lost, outside, taken]: number[][] = [[], [], [], []];
        let bound = capacity;
        let isEnded = false;
        script.forEach((step, item) => {
          const before = buffer.size;
          if (step.op === 'offer') {
            let expected: Offered = 'ended';
            if (!isEnded && inside.length < bound) {
              inside.push(item);
              expected = 'taken';
            } else if (!isEnded) expected = naive[overflow](inside, item, bound, lost);
            if (expected === 'ended') {
              isEnded = true;
              outside.push(item);
            }
            expect(buffer.offer(item)).toBe(expected);
            expect(buffer.size).toBeLessThanOrEqual(Math.max(bound, before));
          } else if (step.op === 'take') {
            const next = inside.shift();
            expect(buffer.take()).toBe(next);
            if (next !== undefined) taken.push(next);
          } else {
            bound = step.to;
            buffer.limit(bound);
          }
          expect([buffer.size, buffer.ended, buffer.capacity]).toEqual([inside.length, isEnded, bound]);
        });
        expect(dropped).toEqual(lost);
        expect(taken).toEqual(taken.toSorted((a, b) => a - b));
        const offered = script.flatMap(({ op }, item) => (op === 'offer' ? [item] : []));
        expect([...taken, ...inside, ...dropped, ...outside].toSorted((a, b) => a - b)).toEqual(offered);
      }),
    );
  });
});

it('has room for everything where it has no bound, and begins anew when it is cleared', () => {
  const buffer = new BoundedBuffer<number>({
    capacity: Infinity,
    overflow: 'error',
    dropped: () => expect.unreachable(),
  });
  for (let i = 0; i < 1000; i++) expect(buffer.offer(i)).toBe('taken');
  buffer.limit(10);
  expect(buffer.offer(1000)).toBe('ended');
  const lost: number[] = [];
  buffer.clear((item) => lost.push(item));
  expect(lost).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(buffer.offer(0)).toBe('taken');
});

it.each([-1, 1.5, Number.NaN])('refuses a bound of %d', (capacity) => {
  expect(() => new BoundedBuffer({ capacity, overflow: 'error', dropped: () => {} })).toThrow(
    `capacity is ${capacity}; it must be an integer of at least 0`,
  );
});
