/**
 * Every policy again, in the way that its definition reads: plain arrays, linear searches, nothing kept up to date that
 * can be looked for. What the fast ones do is right if it is what these do.
 */
import { Doorkeeper } from '../../../../sim-core/cache/admission/doorkeeper.ts';
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { NaiveSketch } from '../admission/naive-sketch.ts';
import { sizes, without, type Oracle } from './oracle.ts';
import { arc, lfuAging, lirs, s3Fifo, sieve, twoQ } from './remembering-oracles.ts';

function fifo(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const queue: number[] = [];
  return {
    request(id) {
      if (queue.includes(id)) return true;
      if (sizeOf(id) > capacity) return false;
      while (total(queue) + sizeOf(id) > capacity) queue.shift();
      queue.push(id);
      return false;
    },
    remove: (id) => without(queue, id),
    held: () => queue,
  };
}

function lru(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const byRecency: number[] = [];
  return {
    request(id) {
      if (sizeOf(id) > capacity) return false;
      const hit = without(byRecency, id);
      while (total(byRecency) + sizeOf(id) > capacity) byRecency.shift();
      byRecency.push(id);
      return hit;
    },
    remove: (id) => without(byRecency, id),
    held: () => byRecency,
  };
}

function lfu(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  let entries: { id: number; count: number; since: number }[] = [];
  let now = 0;
  return {
    request(id) {
      now++;
      const entry = entries.find((entry) => entry.id === id);
      if (entry) {
        entry.count++;
        entry.since = now;
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      entries.sort((a, b) => a.count - b.count || a.since - b.since);
      while (total(entries.map((one) => one.id)) + sizeOf(id) > capacity) entries.shift();
      entries.push({ id, count: 1, since: now });
      return false;
    },
    remove(id) {
      const before = entries.length;
      entries = entries.filter((entry) => entry.id !== id);
      return entries.length < before;
    },
    held: () => entries.map((entry) => entry.id),
  };
}

function random(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const entries: number[] = [];
  const removeAt = (index: number): void => {
    const last = entries.pop()!;
    if (index < entries.length) entries[index] = last;
  };
  return {
    request(id) {
      if (entries.includes(id)) return true;
      if (sizeOf(id) > capacity) return false;
      while (total(entries) + sizeOf(id) > capacity) removeAt(options.random!.integer(entries.length));
      entries.push(id);
      return false;
    },
    remove(id) {
      const index = entries.indexOf(id);
      if (index < 0) return false;
      removeAt(index);
      return true;
    },
    held: () => entries,
  };
}

function clock(options: EvictionOptions, insertFirst: boolean): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const queue: { id: number; marked: boolean }[] = [];
  const evict = (): void => {
    for (;;) {
      const oldest = queue.shift()!;
      if (!oldest.marked) return;
      queue.push({ id: oldest.id, marked: false });
    }
  };
  return {
    request(id) {
      const entry = queue.find((entry) => entry.id === id);
      if (entry) {
        entry.marked = true;
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      const used = (): number => total(queue.map((one) => one.id));
      if (!insertFirst) while (used() + sizeOf(id) > capacity) evict();
      queue.push({ id, marked: false });
      while (used() > capacity) evict();
      return false;
    },
    remove(id) {
      const index = queue.findIndex((entry) => entry.id === id);
      if (index >= 0) queue.splice(index, 1);
      return index >= 0;
    },
    held: () => queue.map((entry) => entry.id),
  };
}

function slru(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const probation: number[] = [];
  const guarded: number[] = [];
  const guardedCapacity = Math.floor(capacity * 0.8);
  return {
    request(id) {
      if (without(guarded, id) || without(probation, id)) {
        guarded.push(id);
        while (total(guarded) > guardedCapacity) probation.push(guarded.shift()!);
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      while (total([...probation, ...guarded, id]) > capacity) (probation.length > 0 ? probation : guarded).shift();
      probation.push(id);
      return false;
    },
    remove: (id) => without(probation, id) || without(guarded, id),
    held: () => [...probation, ...guarded],
  };
}

/** The doorkeeper is the one under test elsewhere: which keys it takes for others is not defined by the policy. */
function wTinyLfu({ capacity, random }: EvictionOptions, { climbs = false, guards = false } = {}): Oracle {
  const main = Math.floor(capacity * 0.99);
  let windowCapacity = capacity - main;
  let guardedCapacity = Math.floor(main * 0.8);
  const window: number[] = [];
  const probation: number[] = [];
  const guarded: number[] = [];
  const doorkeeper = new Doorkeeper(capacity);
  const sketch = new NaiveSketch(capacity, () => doorkeeper.clear());
  const frequencyOf = (id: number): number => sketch.frequency(id) + (guards && doorkeeper.isMarked(id) ? 1 : 0);
  const size = (): number => window.length + probation.length + guarded.length;
  const access = (id: number): boolean => {
    if (!guards || doorkeeper.mark(id)) sketch.increment(id);
    if (without(window, id)) {
      window.push(id);
      return true;
    }
    if (without(guarded, id) || without(probation, id)) {
      guarded.push(id);
      if (guarded.length > guardedCapacity) probation.push(guarded.shift()!);
      return true;
    }
    window.push(id);
    if (window.length > windowCapacity) {
      const candidate = window.shift()!;
      probation.push(candidate);
      if (size() > capacity) {
        const frequency = frequencyOf(candidate);
        const admitted = frequency > frequencyOf(probation[0]) || (frequency >= 6 && random!.next() < 1 / 128);
        without(probation, admitted ? probation[0] : candidate);
      }
    }
    return false;
  };
  let goal = windowCapacity;
  let grows = false;
  let step = 0.0625 * capacity;
  let before = 0;
  const sample: boolean[] = [];
  const climb = (): void => {
    const ratio = sample.filter(Boolean).length / sample.length;
    if (ratio < before) grows = !grows;
    if (Math.abs(ratio - before) >= 0.05) step = 0.0625 * capacity;
    const from = Math.floor(goal);
    if (grows && guardedCapacity > 0) goal += Math.min(step, guardedCapacity);
    if (!grows && windowCapacity > 0) goal -= Math.min(step, windowCapacity);
    before = ratio;
    step *= 0.98;
    sample.length = 0;
    for (let moves = Math.floor(goal) - from; moves > 0; moves--) {
      windowCapacity++;
      guardedCapacity--;
      if (guarded.length > guardedCapacity) probation.push(guarded.shift()!);
      window.push(probation.shift()!);
    }
    for (let moves = from - Math.floor(goal); moves > 0; moves--) {
      windowCapacity--;
      guardedCapacity++;
      probation.unshift(...window.splice(0, 1));
    }
  };
  return {
    request(id) {
      const wasFull = size() === capacity;
      const hit = access(id);
      if (climbs && wasFull && step > 0.01) {
        sample.push(hit);
        if (sample.length >= 10 * capacity) climb();
      }
      return hit;
    },
    remove: (id) => without(window, id) || without(probation, id) || without(guarded, id),
    held: () => [...window, ...probation, ...guarded],
  };
}

function opt(options: EvictionOptions, bypass: boolean): Oracle {
  const { capacity, future } = options;
  const { sizeOf, total } = sizes(options);
  const nextUse = new Map<number, number>();
  return {
    request(id) {
      const use = future!.nextUse();
      if (nextUse.delete(id)) {
        nextUse.set(id, use);
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      while (total([...nextUse.keys(), id]) > capacity) {
        const farthest = Math.max(...nextUse.values());
        if (bypass && use >= farthest) return false;
        nextUse.delete([...nextUse].find(([, use]) => use === farthest)![0]);
      }
      nextUse.set(id, use);
      return false;
    },
    remove: (id) => nextUse.delete(id),
    held: () => [...nextUse.keys()],
  };
}

export const oracles: Readonly<Record<string, (options: EvictionOptions) => Oracle>> = {
  fifo,
  lru,
  lfu,
  random,
  clock: (options) => clock(options, false),
  'clock-insert-first': (options) => clock(options, true),
  slru,
  'lfu-aging': lfuAging,
  '2q': twoQ,
  arc,
  lirs,
  sieve,
  's3-fifo': (options) => s3Fifo(options, false),
  's3-fifo-small-share': (options) => s3Fifo(options, true),
  'w-tinylfu': (options) => wTinyLfu(options),
  'w-tinylfu-climbing': (options) => wTinyLfu(options, { climbs: true }),
  'w-tinylfu-doorkeeper': (options) => wTinyLfu(options, { guards: true }),
  opt: (options) => opt(options, false),
  'opt-bypass': (options) => opt(options, true),
};
