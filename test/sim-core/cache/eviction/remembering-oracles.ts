/** The oracles of the policies that remember what they evicted, or sift, or age: as their papers define them. */
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { sizes, without, type Oracle } from './oracle.ts';

export function sieve(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  /** The oldest first. */
  const queue: { id: number; marked: boolean }[] = [];
  /** The place in the queue that the hand points at. */
  let hand = 0;
  const removeAt = (index: number): void => {
    queue.splice(index, 1);
    if (index < hand) hand--;
  };
  return {
    request(id) {
      const entry = queue.find((entry) => entry.id === id);
      if (entry) {
        entry.marked = true;
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      while (total([...queue.map((one) => one.id), id]) > capacity) {
        for (; ; hand++) {
          if (hand >= queue.length) hand = 0;
          if (!queue[hand].marked) break;
          queue[hand].marked = false;
        }
        removeAt(hand);
        // Past the newest it goes on at the oldest, and not at who is inserted next.
        if (hand === queue.length) hand = 0;
      }
      queue.push({ id, marked: false });
      return false;
    },
    remove(id) {
      const index = queue.findIndex((entry) => entry.id === id);
      if (index < 0) return false;
      removeAt(index);
      if (hand === queue.length) hand = 0;
      return true;
    },
    held: () => queue.map((entry) => entry.id),
  };
}

export function twoQ(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const newcomers: number[] = [];
  const main: number[] = [];
  const remembered: number[] = [];
  const evict = (): void => {
    if (main.length === 0 || total(newcomers) > Math.floor(capacity * 0.25)) {
      remembered.push(newcomers.shift()!);
      while (total(remembered) > Math.floor(capacity * 0.5)) remembered.shift();
    } else main.shift();
  };
  return {
    request(id) {
      if (without(main, id)) {
        main.push(id);
        return true;
      }
      if (newcomers.includes(id)) return true;
      const returns = without(remembered, id);
      if (sizeOf(id) > capacity) return false;
      while (total([...newcomers, ...main, id]) > capacity) evict();
      (returns ? main : newcomers).push(id);
      return false;
    },
    remove: (id) => without(newcomers, id) || without(main, id),
    held: () => [...newcomers, ...main],
  };
}

export function arc(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const t1: number[] = [];
  const t2: number[] = [];
  const b1: number[] = [];
  const b2: number[] = [];
  let target = 0;
  const replace = (isInB2: boolean): void => {
    const fromT1 = t1.length > 0 && (total(t1) > target || (isInB2 && total(t1) === target));
    if (fromT1 || t2.length === 0) b1.push(t1.shift()!);
    else b2.push(t2.shift()!);
  };
  return {
    request(id) {
      if (without(t1, id) || without(t2, id)) {
        t2.push(id);
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      const isInB1 = b1.includes(id);
      const isInB2 = b2.includes(id);
      if (isInB1) target += sizeOf(id) * Math.max(1, Math.floor(total(b2) / total(b1)));
      if (isInB2) target -= sizeOf(id) * Math.max(1, Math.floor(total(b1) / total(b2)));
      target = Math.min(capacity, Math.max(0, target));
      if (!isInB1 && !isInB2) {
        while (total([...t1, ...b1, id]) > capacity) (b1.length > 0 ? b1 : t1).shift();
        while (total([...t1, ...b1, ...t2, ...b2, id]) > 2 * capacity) b2.shift();
      }
      while (total([...t1, ...t2, id]) > capacity) replace(isInB2);
      without(b1, id);
      without(b2, id);
      (isInB1 || isInB2 ? t2 : t1).push(id);
      return false;
    },
    remove: (id) => without(t1, id) || without(t2, id),
    held: () => [...t1, ...t2],
  };
}

export function lirs(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  /** The bottom first. */
  const stack: number[] = [];
  const queue: number[] = [];
  const gone: number[] = [];
  const lir = new Set<number>();
  const lirCapacity = Math.floor(capacity * 0.99);
  const prune = (): void => {
    while (stack.length > 0 && !lir.has(stack[0])) without(gone, stack.shift()!);
    while (total(gone) > 2 * capacity) without(stack, gone.shift()!);
  };
  const demote = (): void => {
    const bottom = stack.shift()!;
    lir.delete(bottom);
    queue.push(bottom);
    prune();
  };
  const evict = (): void => {
    if (queue.length === 0) demote();
    const victim = queue.shift()!;
    if (stack.includes(victim)) gone.push(victim);
    prune();
  };
  const promote = (id: number): void => {
    lir.add(id);
    prune();
    while (total(lir) > lirCapacity) demote();
  };
  return {
    request(id) {
      const wasInStack = stack.includes(id);
      const wasTop = stack.at(-1) === id;
      const hit = lir.has(id) || queue.includes(id);
      if (!hit && sizeOf(id) > capacity) return false;
      const canBeLir = sizeOf(id) <= lirCapacity;
      without(gone, id);
      if (lir.has(id)) {
        without(stack, id);
        stack.push(id);
        prune();
      } else if (hit) {
        without(stack, id);
        stack.push(id);
        without(queue, id);
        if (wasInStack && !wasTop && canBeLir) promote(id);
        else queue.push(id);
      } else {
        const fits = total([...lir, id]) <= lirCapacity;
        while (total([...lir, ...queue, id]) > capacity) evict();
        const isInStack = without(stack, id);
        stack.push(id);
        if (fits || (isInStack && canBeLir)) promote(id);
        else queue.push(id);
      }
      return hit;
    },
    remove(id) {
      if (!lir.delete(id) && !without(queue, id)) return false;
      without(stack, id);
      prune();
      return true;
    },
    held: () => [...lir, ...queue],
  };
}

export function s3Fifo(options: EvictionOptions, bySmallShare: boolean, fillsMain = false): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  const small: number[] = [];
  const main: number[] = [];
  const ghosts: number[] = [];
  const hits = new Map<number, number>();
  const smallCapacity = Math.floor(capacity * 0.1);
  const mainCapacity = capacity - smallCapacity;
  const ghostCapacity = Math.floor(capacity * 0.9);
  let hasEvicted = false;
  const evictFromMain = (): void => {
    for (;;) {
      const oldest = main.shift()!;
      if (hits.get(oldest) === 0) return;
      hits.set(oldest, hits.get(oldest)! - 1);
      main.push(oldest);
    }
  };
  const evictFromSmall = (): void => {
    while (small.length > 0) {
      const oldest = small.shift()!;
      if (hits.get(oldest)! < 2) {
        if (sizeOf(oldest) > ghostCapacity) return;
        ghosts.push(oldest);
        while (total(ghosts) > ghostCapacity) ghosts.shift();
        return;
      }
      hits.set(oldest, 0);
      main.push(oldest);
      if (bySmallShare && total(main) > mainCapacity) evictFromMain();
    }
  };
  return {
    request(id) {
      if (small.includes(id) || main.includes(id)) {
        hits.set(id, Math.min(3, hits.get(id)! + 1));
        return true;
      }
      let returns = !bySmallShare && without(ghosts, id);
      const isFirstFilling = (): boolean => fillsMain && !hasEvicted && total(small) >= smallCapacity;
      if (sizeOf(id) > capacity) return false;
      while (total([...small, ...main, id]) > capacity) {
        const fromSmall = bySmallShare
          ? main.length === 0 || (small.length > 0 && total(small) >= smallCapacity)
          : small.length > 0 && total(main) <= mainCapacity;
        hasEvicted = true;
        if (fromSmall) evictFromSmall();
        else evictFromMain();
      }
      if (bySmallShare) returns = without(ghosts, id);
      (returns || isFirstFilling() ? main : small).push(id);
      hits.set(id, 0);
      return false;
    },
    remove: (id) => without(small, id) || without(main, id),
    held: () => [...small, ...main],
  };
}

export function lfuAging(options: EvictionOptions): Oracle {
  const { capacity } = options;
  const { sizeOf, total } = sizes(options);
  let entries: { id: number; count: number; key: number; since: number }[] = [];
  let age = 0;
  let now = 0;
  return {
    request(id) {
      now++;
      const entry = entries.find((entry) => entry.id === id);
      if (entry) {
        entry.count++;
        entry.key = age + entry.count;
        entry.since = now;
        return true;
      }
      if (sizeOf(id) > capacity) return false;
      entries.sort((a, b) => a.key - b.key || a.since - b.since);
      while (total([...entries.map((one) => one.id), id]) > capacity) age = entries.shift()!.key;
      entries.push({ id, count: 1, key: age + 1, since: now });
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
