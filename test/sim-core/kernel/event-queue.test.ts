/** The event queue against a sorted array and a binary heap that number every push. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue } from '../../../sim-core/kernel/event-queue.ts';
import { END_OF_TIME } from '../../../sim-core/kernel/time.ts';

/** The naive model: a sorted array, ties in order of pushing. */
class SortedArray {
  events: { time: number; payload: number }[] = [];

  push(time: number, payload: number): void {
    const after = this.events.findIndex((event) => event.time > time);
    this.events.splice(after < 0 ? this.events.length : after, 0, { time, payload });
  }

  removeIf(dead: (payload: number) => boolean): number {
    const before = this.events.length;
    this.events = this.events.filter(({ payload }) => !dead(payload));
    return before - this.events.length;
  }
}

/** A binary heap of (time, sequence), for volumes that the sorted array is too slow for. */
class SequencedHeap {
  readonly #items: { time: number; seq: number }[] = [];

  push(time: number, seq: number): void {
    const items = this.#items;
    let at = items.push({ time, seq }) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.#before(at, up); at = up, up = (at - 1) >> 1) this.#swap(at, up);
  }

  pop(): { time: number; seq: number } | undefined {
    const items = this.#items;
    if (items.length === 0) return undefined;
    this.#swap(0, items.length - 1);
    const top = items.pop();
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < items.length && this.#before(child, least)) least = child;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#items[a], this.#items[b]];
    return x.time < y.time || (x.time === y.time && x.seq < y.seq);
  }

  #swap(a: number, b: number): void {
    [this.#items[a], this.#items[b]] = [this.#items[b], this.#items[a]];
  }
}

/** xorshift32, so that a failing seed reproduces. */
function uniform(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** Kinds of delay that a structure of buckets may get wrong. */
const DELAYS: Record<string, (u: () => number) => number> = {
  zero: () => 0,
  tick: (u) => Math.floor(u() * 3),
  constant: () => 1000,
  short: (u) => Math.floor(u() * 50),
  spread: (u) => Math.floor(u() * 1e9),
  skewed: (u) => Math.floor(1e12 * u() ** 8),
  bimodal: (u) => Math.floor(u() < 0.9 ? u() * 1e3 : 1e9 + u() * 10),
  far: (u) => Math.floor(u() < 0.98 ? u() * 100 : u() * 1e15),
};

type Step =
  | { push: number; delay: string }
  | { pop: number }
  | { before: number }
  | { peek: true }
  | { remove: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ push: fc.integer({ min: 1, max: 300 }), delay: fc.constantFrom(...Object.keys(DELAYS)) }),
  },
  { weight: 4, arbitrary: fc.record({ pop: fc.integer({ min: 1, max: 250 }) }) },
  // Looks at the next time and then pushes that many events, ever earlier, before it.
  { weight: 1, arbitrary: fc.record({ before: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant({ peek: true as const }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.integer({ min: 1, max: 5 }) }) },
);

describe('EventQueue', () => {
  test('is a sorted array with ties in order of pushing, whatever is pushed, popped and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer(), (steps, seed) => {
        const u = uniform(seed);
        const queue = new EventQueue();
        const model = new SortedArray();
        let now = 0;
        let payload = 0;
        const push = (time: number) => {
          queue.push(time, payload);
          model.push(time, payload++);
        };
        const pop = () => {
          const expected = model.events.shift();
          const got = [queue.nextTime(), queue.pop()];
          const wanted = [expected?.time ?? Infinity, expected?.payload ?? -1];
          // An expectation per event would take most of the test's time.
          if (got[0] !== wanted[0] || got[1] !== wanted[1]) expect(got).toEqual(wanted);
          now = expected?.time ?? now;
        };
        for (const action of steps) {
          if ('push' in action) {
            for (let i = 0; i < action.push; i++) push(Math.min(END_OF_TIME, now + DELAYS[action.delay](u)));
          } else if ('before' in action) {
            const next = Math.min(queue.nextTime(), now + 500);
            for (let i = 1; i <= action.before; i++) push(Math.max(now, next - i));
          } else if ('pop' in action) {
            for (let i = 0; i < action.pop; i++) pop();
          } else if ('remove' in action) {
            const dead = (p: number) => p % (action.remove + 1) === 0;
            expect(queue.removeIf(dead)).toBe(model.removeIf(dead));
          } else {
            expect(queue.nextTime()).toBe(model.events[0]?.time ?? Infinity);
          }
          expect(queue.size).toBe(model.events.length);
        }
        while (model.events.length > 0) pop();
        pop();
      }),
      { numRuns: 100 },
    );
  });

  test.each(Object.keys(DELAYS))('holds, grows and drains like a heap with sequence numbers: %s delays', (kind) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const u = uniform(seed);
        const delay = DELAYS[kind];
        const queue = new EventQueue();
        const heap = new SequencedHeap();
        let now = 0;
        let seq = 0;
        for (let operation = 0; operation < 60_000; operation++) {
          // Three waves of growth and decline, the last of which ends the events.
          if (u() < (operation % 20_000 < 10_000 ? 0.75 : 0.25)) {
            const time = Math.min(END_OF_TIME, now + delay(u));
            queue.push(time, seq);
            heap.push(time, seq++);
          } else {
            const expected = heap.pop();
            now = expected?.time ?? now;
            const payload = queue.pop();
            if (payload !== (expected?.seq ?? -1)) expect(payload, `operation ${operation}`).toBe(expected?.seq ?? -1);
          }
        }
        for (let expected = heap.pop(); expected !== undefined; expected = heap.pop()) {
          const payload = queue.pop();
          if (payload !== expected.seq) expect(payload).toBe(expected.seq);
        }
        expect(queue.pop()).toBe(-1);
      }),
      { numRuns: 2 },
    );
  });

  test('a million events at one instant, between an earlier and a later one, come in order', () => {
    const queue = new EventQueue();
    const count = 1_000_000;
    queue.push(5, 0);
    for (let i = 1; i <= count; i++) queue.push(7, i);
    queue.push(END_OF_TIME, count + 1);
    let outOfOrder = 0;
    for (let i = 0; i <= count + 1; i++) if (queue.pop() !== i) outOfOrder++;
    expect(outOfOrder).toBe(0);
    expect(queue.size).toBe(0);
  });

  test('events pushed before a time that was looked at, over and over, come first', () => {
    const queue = new EventQueue();
    let time = 1e9;
    let payload = 0;
    const groups: number[][] = [];
    while (time > 200) {
      const group: number[] = [];
      for (let i = 0; i < 200; i++) {
        // Pairs of ties, in descending time: each group is to come out pair by pair from the back.
        queue.push(time - (i >> 1), payload);
        group.push(payload++);
      }
      groups.unshift(group);
      expect(queue.nextTime()).toBe(time - 99);
      time = Math.floor(time * 0.97) - 200;
    }
    expect(groups.length).toBeGreaterThan(100);
    for (const group of groups) {
      const popped = group.map(() => queue.pop());
      const pairs = Array.from({ length: 100 }, (_, i) => group.slice(2 * i, 2 * i + 2));
      expect(popped).toEqual(pairs.reverse().flat());
    }
    expect(queue.pop()).toBe(-1);
  });

  test('an empty queue says so and can be used again', () => {
    const queue = new EventQueue();
    expect([queue.size, queue.nextTime(), queue.pop()]).toEqual([0, Infinity, -1]);
    queue.push(3, 8);
    expect([queue.size, queue.nextTime(), queue.pop(), queue.pop(), queue.size]).toEqual([1, 3, 8, -1, 0]);
    queue.push(3, 9);
    expect([queue.nextTime(), queue.pop()]).toEqual([3, 9]);
  });

  test.each([Number.NaN, Infinity, -1, 9, 10.5, END_OF_TIME + 1])('refuses the time %d after a pop at 10', (time) => {
    const queue = new EventQueue();
    queue.push(10, 1);
    queue.pop();
    expect(() => queue.push(time, 2)).toThrow(RangeError);
    expect(() => queue.push(time, 2)).toThrow(String(time));
    expect([queue.size, queue.pop()]).toEqual([0, -1]);
  });
});
