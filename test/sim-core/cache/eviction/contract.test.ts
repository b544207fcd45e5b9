/**
 * What holds for every eviction policy, whatever it evicts. Checks made at every step are plain comparisons that fail
 * by `expect.unreachable`, for a matcher costs more than a step.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvictionOptions, EvictionPolicy } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { anyCapacity, anySteps, requestsOf, testStream } from './traces.ts';
import type { Step } from './traces.ts';

/** A policy over the requests of some steps, and the means to take them one by one. */
function driven(name: string, steps: readonly Step[], options: Omit<EvictionOptions, 'future' | 'random'>) {
  const future = new KnownFuture(requestsOf(steps));
  const policy = chosenPolicy(name).create({ ...options, future, random: testStream(5) });
  let requests = 0;
  const take = ([kind, id]: Step): boolean => {
    if (kind === 'remove') return policy.remove(id);
    future.position = requests++;
    return policy.request(id);
  };
  return { policy, take };
}

const NEEDS = { random: testStream(5), future: new KnownFuture(Int32Array.of(0)) };

const heldAmong = (policy: EvictionPolicy, steps: readonly Step[]): number =>
  [...new Set(steps.map(([, id]) => id))].filter((id) => policy.has(id)).length;

describe.each(evictionChoices)('eviction policy %s', (name) => {
  const entry = chosenPolicy(name);

  it('keeps its books: hits, capacity, size, and every entry that comes or goes', () => {
    fc.assert(
      fc.property(anySteps, anyCapacity, (steps, capacity) => {
        let evicted: number[] = [];
        const { policy, take } = driven(name, steps, { capacity, onEvict: (id) => evicted.push(id) });
        let entered = 0;
        let left = 0;
        for (const step of steps) {
          const [kind, id] = step;
          const wasHeld = policy.has(id);
          const holders = new Set(steps.map(([, other]) => other).filter((other) => policy.has(other)));
          evicted = [];
          const fail = (what: string): never => expect.unreachable(`${kind} ${id}: ${what}`);
          if (take(step) !== wasHeld) fail(`held is ${wasHeld}, and the answer is not`);
          if (kind === 'remove') {
            if (evicted.length > 0) fail('a removal is no eviction');
            if (policy.has(id)) fail('still held');
            if (wasHeld) left++;
          } else {
            if (!wasHeld) entered++;
            if (evicted.length > 1 && name !== 's3-fifo-small-share') fail(`evicts ${evicted}`);
            if (wasHeld && evicted.length > 0) fail(`evicts ${evicted} on a hit`);
            if (policy.used !== policy.size) fail(`uses ${policy.used}`);
            for (const gone of evicted) {
              if (gone !== id && !holders.has(gone)) fail(`evicts ${gone}, which it did not hold`);
              if (policy.has(gone)) fail(`evicts ${gone} and still holds it`);
              left++;
            }
            if (policy.has(id) === evicted.includes(id)) fail('neither held nor evicted, or both');
          }
          if (policy.size !== entered - left) fail(`size ${policy.size} of ${entered} in and ${left} out`);
          if (policy.size > capacity) fail(`size ${policy.size} above ${capacity}`);
        }
        expect(policy.size).toBe(heldAmong(policy, steps));
        expect(policy.capacity).toBe(capacity);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its books where objects have sizes: never above the capacity, and nothing in that is larger', () => {
    const anySizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1000 }));
    fc.assert(
      fc.property(anySteps, anyCapacity, anySizes, (steps, capacity, [largest, factor]) => {
        const sizeOf = (id: number): number => 1 + ((id * factor) % largest);
        const held = new Set<number>();
        const gone: number[] = [];
        const { policy, take } = driven(name, steps, { capacity, sizeOf, onEvict: (id) => gone.push(id) });
        for (const step of steps) {
          const [kind, id] = step;
          const fail = (what: string): never => expect.unreachable(`${kind} ${id} of size ${sizeOf(id)}: ${what}`);
          if (take(step) !== held.has(id)) fail('the answer is not whether it was held');
          if (kind === 'remove') held.delete(id);
          else held.add(id);
          for (const one of gone.splice(0)) if (!held.delete(one)) fail(`evicts ${one}, which it does not hold`);
          const used = [...held].reduce((sum, one) => sum + sizeOf(one), 0);
          if (policy.used !== used || policy.size !== held.size) fail(`uses ${policy.used}, not ${used}`);
          if (used > capacity) fail(`uses ${used} of ${capacity}`);
          for (const one of held) if (!policy.has(one)) fail(`does not hold ${one}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shrinks and grows while it is used: at once within the capacity, and the books are kept', () => {
    const anyChanges = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 120 })), { maxLength: 8 });
    const anySize = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(anySteps, anyCapacity, anyChanges, anySize, (steps, first, changes, largest) => {
        const capacities = new Map(changes);
        let capacity = first;
        const sizes = largest === 1 ? {} : { sizeOf: (id: number): number => 1 + (id % largest) };
        const held = new Set<number>();
        const gone: number[] = [];
        const { policy, take } = driven(name, steps, { capacity, ...sizes, onEvict: (id) => gone.push(id) });
        for (const [index, step] of steps.entries()) {
          const fail = (what: string): never => expect.unreachable(`step ${index}, capacity ${capacity}: ${what}`);
          const changed = capacities.get(index);
          if (changed !== undefined) {
            const isLess = changed < policy.used;
            capacity = changed;
            policy.resize(capacity);
            if (policy.capacity !== capacity) fail(`says that it is ${policy.capacity}`);
            if (policy.used > capacity) fail(`uses ${policy.used} after a change`);
            if (isLess !== gone.length > 0) fail(`evicts ${gone} by a change`);
            for (const one of gone.splice(0)) if (!held.delete(one)) fail(`evicts ${one} by a change`);
          }
          if (take(step) !== held.has(step[1])) fail('the answer is not whether it was held');
          if (step[0] === 'remove') held.delete(step[1]);
          else held.add(step[1]);
          for (const one of gone.splice(0)) if (!held.delete(one)) fail(`evicts ${one}, which it does not hold`);
          if (policy.size !== held.size || policy.used > capacity) fail(`holds ${policy.size}, uses ${policy.used}`);
        }
        for (const one of held) expect(policy.has(one)).toBe(true);
        expect(() => policy.resize(0)).toThrow(/^capacity: 0 is not/);
      }),
      { numRuns: 80 },
    );
  });

  it('once it has shrunk keeps no more of what it knows than one of that capacity: it can fill again and evict', () => {
    fc.assert(
      fc.property(
        anySteps,
        fc.integer({ min: 20, max: 150 }),
        fc.integer({ min: 1, max: 10 }),
        (steps, large, small) => {
          const fresh = Array.from({ length: 3 * large }, (_, index): Step => ['request', 10_000 + index]);
          const { policy, take } = driven(name, [...steps, ...fresh], { capacity: large });
          for (const step of steps) take(step);
          policy.resize(small);
          for (const step of fresh) take(step);
          expect(policy.size).toBe(small);
          policy.resize(large);
          expect(policy.size).toBe(small);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('evicts nothing before it is full', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const objects = new Set(steps.map(([, id]) => id)).size;
        const { policy, take } = driven(name, steps, { capacity: objects, onEvict: () => expect.unreachable() });
        for (const step of steps) {
          take(step);
          if (step[0] === 'request' && !policy.has(step[1])) expect.unreachable(`${step[1]} did not enter`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('misses an object that was taken out, whatever it knew of it', () => {
    fc.assert(
      fc.property(anySteps, anyCapacity, (steps, capacity) => {
        const { policy, take } = driven(name, steps, { capacity });
        const taken = new Set<number>();
        for (const step of steps) {
          const [kind, id] = step;
          const result = take(step);
          if (kind === 'remove') taken.add(id);
          else if (taken.delete(id) && result) expect.unreachable(`${id} was taken out, and hits`);
          if (kind === 'remove' && policy.remove(id)) expect.unreachable(`${id} is taken out twice`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('answers the same whether it had room for the ids or grew, and on every run', () => {
    fc.assert(
      fc.property(anySteps, anyCapacity, fc.integer({ min: 0, max: 2000 }), (steps, capacity, objects) => {
        const answers = (options: { objects?: number }): boolean[] => {
          const { take } = driven(name, steps, { capacity, ...options });
          return steps.map(take);
        };
        const once = answers({});
        expect(answers({ objects })).toEqual(once);
        expect(answers({})).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });

  it('knows nothing of ids that it has not seen', () => {
    const { policy } = driven(name, [['request', 3]], { capacity: 4 });
    for (const id of [0, 3, 63, 64, 1_000_000]) {
      expect(policy.has(id)).toBe(false);
      expect(policy.remove(id)).toBe(false);
    }
    expect(policy.size).toBe(0);
  });

  it('takes ids that appear out of order and far apart', () => {
    const ids = [5, 100_000, 64, 63, 128, 100_001, 0];
    const steps = ids.map((id): Step => ['request', id]);
    const { policy, take } = driven(name, steps, { capacity: ids.length });
    expect(steps.map(take)).toEqual(ids.map(() => false));
    expect(ids.every((id) => policy.has(id))).toBe(true);
    expect(policy.has(99_999)).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31])('refuses a capacity of %d', (capacity) => {
    expect(() => driven(name, [['request', 0]], { capacity })).toThrow(/^capacity: .*give an integer from 1/);
  });

  it('takes sizes, with room for them alone and none for what is larger than the cache', () => {
    const evicted: number[] = [];
    const sizeOf = (id: number): number => (id === 9 ? 1001 : id * 100);
    const { policy } = driven(name, [], { capacity: 1000, sizeOf, onEvict: (id) => evicted.push(id) });
    for (const id of [1, 2, 3, 4]) expect(policy.request(id)).toBe(false);
    expect([policy.size, policy.used, evicted]).toEqual([4, 1000, []]);
    expect(policy.request(9)).toBe(false);
    expect([policy.has(9), policy.size, policy.used, evicted]).toEqual([false, 4, 1000, [9]]);
    policy.request(7);
    expect(policy.used).toBeLessThanOrEqual(1000);
    expect(() => policy.request(0)).toThrow(/^sizeOf: 0 of object 0 is not a size; give an integer from 1/);
  });

  it('asks for what it needs, and has a line of help', () => {
    const future = new KnownFuture(Int32Array.of(0));
    const random = testStream(1);
    if (entry.needsFuture) expect(() => entry.create({ capacity: 1, random })).toThrow(/^future: /);
    else expect(entry.create({ capacity: 1, random }).request(0)).toBe(false);
    if (entry.needsRandom) expect(() => entry.create({ capacity: 1, future })).toThrow(/^random: /);
    else expect(entry.create({ capacity: 1, future }).request(0)).toBe(false);
    expect(entry.help).toMatch(/^\S.+\S$/);
  });
});

const BY_BLOCKS = evictionChoices.filter(
  (name) => chosenPolicy(name).create({ ...NEEDS, capacity: 1 }).requestAll !== undefined,
);
describe.each(BY_BLOCKS)('eviction policy %s', (name) => {
  it('takes many requests in one go as it takes each of them, between removals, watched or not', () => {
    const anyRuns = fc.array(fc.array(fc.nat(90), { maxLength: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(anyRuns, fc.integer({ min: 1, max: 70 }), fc.boolean(), (runs, capacity, isWatched) => {
        const gone: number[] = [];
        const watch = isWatched ? { onEvict: (id: number): unknown => gone.push(id) } : {};
        const [many, each] = [watch, { onEvict: (): void => {} }].map((how) =>
          chosenPolicy(name).create({ ...NEEDS, ...how, capacity }),
        );
        let entered = 0;
        for (const run of runs) {
          const hits = run.filter((id) => each.request(id)).length;
          entered += run.length - hits;
          if (many.requestAll!(Int32Array.from(run)) !== hits) expect.unreachable(`not ${hits} hits of ${run}`);
          if (many.size !== each.size || many.used !== each.used) expect.unreachable(`size ${many.size} after ${run}`);
          for (const id of run) if (many.has(id) !== each.has(id)) expect.unreachable(`holds ${id}, or does not`);
          if (isWatched && entered !== each.size + gone.length)
            expect.unreachable(`tells of ${gone.length} of ${entered}`);
          for (const id of run.slice(0, 2)) if (many.remove(id) && each.remove(id)) entered--;
        }
      }),
      { numRuns: 150 },
    );
  });
});
