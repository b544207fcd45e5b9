/**
 * Every policy again, in the way that its definition reads: plain arrays, linear searches, nothing kept up to date that
 * can be looked for. What the fast ones do is right if it is what these do.
 */
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { sizes, without, type Oracle } from './oracle.ts';
import { arc, lfuAging, lirs, s3Fifo, sieve, twoQ } from './remembering-oracles.ts';
import { NaiveDoorkeeper } from '../admission/naive-doorkeeper.ts';
import { wTinyLfu } from './w-tinylfu-oracle.ts';

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
  's3-fifo-fills-main': (options) => s3Fifo(options, false, true),
  's3-fifo-small-share': (options) => s3Fifo(options, true),
  'w-tinylfu': (options) => wTinyLfu(options),
  'w-tinylfu:climb': (options) => wTinyLfu(options, { climbs: true }),
  'w-tinylfu:doorkeeper': (options) => wTinyLfu(options, { doorkeeper: NaiveDoorkeeper }),
  'w-tinylfu:climb:doorkeeper': (options) => wTinyLfu(options, { climbs: true, doorkeeper: NaiveDoorkeeper }),
  'w-tinylfu:sketch=block': (options) => wTinyLfu(options, { isBlock: true }),
  'w-tinylfu:climb:sketch=block': (options) => wTinyLfu(options, { climbs: true, isBlock: true }),
  opt: (options) => opt(options, false),
  'opt-bypass': (options) => opt(options, true),
};
