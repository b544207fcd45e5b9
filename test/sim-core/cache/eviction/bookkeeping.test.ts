/** What bookkeeping costs: counted steps and bytes against what each policy's definition says it does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bookkeeping } from '../../../../sim-core/cache/eviction/bookkeeping.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { anyCapacity, anyTrace, shapedTrace, testStream } from './traces.ts';

function counted(name: string, capacity: number, trace: readonly number[]) {
  const bookkeeping = new Bookkeeping();
  const future = new KnownFuture(Int32Array.from(trace));
  const policy = chosenPolicy(name).create({ capacity, future, random: testStream(1), bookkeeping });
  let position = 0;
  /** The steps that one more request takes. */
  const ask = (id: number): number => {
    const before = bookkeeping.steps;
    future.position = position++;
    policy.request(id);
    return bookkeeping.steps - before;
  };
  return { bookkeeping, policy, ask };
}

describe.each(evictionChoices)('the bookkeeping of %s', (name) => {
  it('changes nothing of what the policy does, and takes bytes for what it holds', () => {
    fc.assert(
      fc.property(anyTrace, anyCapacity, (trace, capacity) => {
        const { bookkeeping, policy, ask } = counted(name, capacity, trace);
        const future = new KnownFuture(Int32Array.from(trace));
        const plain = chosenPolicy(name).create({ capacity, future, random: testStream(1) });
        for (const [position, id] of trace.entries()) {
          const held = policy.has(id);
          const steps = ask(id);
          future.position = position;
          if (plain.request(id) !== held) expect.unreachable(`request ${position}, of ${id}`);
          if (steps < 0 || (!held && policy.has(id) && steps === 0))
            expect.unreachable(`${steps} steps at request ${position}`);
        }
        expect(bookkeeping.bytes).toBeGreaterThanOrEqual(4 * policy.size);
        expect(policy.size).toBe(plain.size);
      }),
      { numRuns: 30 },
    );
  });
});

/** Steps of a hit, in a cache that is full. */
function stepsOfHits(name: string, capacity: number): number[] {
  const trace = Array.from({ length: 6 * capacity }, (_, index) => index % capacity);
  const { ask } = counted(name, capacity, trace);
  return trace.map(ask).slice(capacity);
}

describe('what a request costs', () => {
  it.each(['fifo', 'random', 'clock', 'sieve', 's3-fifo'])('a hit of %s changes nothing but a bit', (name) => {
    expect(new Set(stepsOfHits(name, 50))).toEqual(new Set([0]));
  });

  it('a hit of LRU takes an entry out of its list and puts it back, whatever the size', () => {
    for (const capacity of [10, 1000]) expect(new Set(stepsOfHits('lru', capacity))).toEqual(new Set([2]));
  });

  it('a miss of LRU looks for the last, takes it out and puts the newcomer in', () => {
    const { ask } = counted('lru', 10, []);
    const steps = Array.from({ length: 30 }, (_, id) => ask(id));
    expect(steps).toEqual([...Array<number>(10).fill(1), ...Array<number>(20).fill(3)]);
  });

  it('a heap is as deep as the logarithm of its entries to the base of four', () => {
    const trace = shapedTrace('zipf', 20_000, 60_000, 3);
    const { ask } = counted('lfu-aging', 4096, trace);
    // Six levels below the root: a newcomer may rise to it, and what takes an evicted one's place sinks from it.
    expect(Math.max(...trace.map(ask))).toBeLessThanOrEqual(2 * (6 + 2) + 2);
  });

  it('W-TinyLFU touches four counters at a request, all of them at a halving, and takes more room than LRU', () => {
    const trace = shapedTrace('zipf', 5000, 60_000, 3);
    const [lru, tiny] = ['lru', 'w-tinylfu'].map((name) => counted(name, 500, trace));
    const steps = trace.map((id) => [lru.ask(id), tiny.ask(id)]);
    const total = (which: number): number => steps.reduce((sum, one) => sum + one[which], 0);
    expect(total(1)).toBeGreaterThan(1.5 * total(0));
    expect(Math.max(...steps.map(([, one]) => one))).toBeGreaterThan(512 * 2);
    expect(tiny.bookkeeping.bytes - lru.bookkeeping.bytes).toBe(8 * 512);
    const guarded = counted('w-tinylfu:doorkeeper', 500, trace);
    expect(guarded.bookkeeping.bytes).toBe(8 * 512 + 2048);
  });

  it('ARC and LIRS remember what they do not hold: twice the room of LRU, and more', () => {
    const trace = shapedTrace('zipf', 5000, 40_000, 3);
    const bytes = ['lru', 'arc', 'lirs'].map((name) => {
      const { ask, bookkeeping } = counted(name, 500, trace);
      for (const id of trace) ask(id);
      return bookkeeping.bytes;
    });
    expect(bytes[0]).toBe(8 * 500);
    expect(bytes[1]).toBe(2 * bytes[0]);
    expect(bytes[2]).toBeGreaterThan(2 * bytes[0]);
  });
});
