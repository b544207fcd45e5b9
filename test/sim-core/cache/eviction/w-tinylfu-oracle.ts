/** W-TinyLFU as its definition reads, over arrays: with every option, and where objects have sizes. */
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import type { DoorkeeperLike } from '../admission/naive-doorkeeper.ts';
import { NaiveBlockSketch, NaiveSketch } from '../admission/naive-sketch.ts';
import { sizes, without, type Oracle } from './oracle.ts';

interface Choices {
  readonly climbs?: boolean;
  /** Before the sketch, if anybody. */
  readonly doorkeeper?: new (entries: number) => DoorkeeperLike;
  readonly isBlock?: boolean;
}

export function wTinyLfu(options: EvictionOptions, choices: Choices = {}): Oracle {
  const { capacity, random } = options;
  const { sizeOf, total } = sizes(options);
  const main = Math.floor(capacity * 0.99);
  let windowCapacity = capacity - main;
  let guardedCapacity = Math.floor(main * 0.8);
  const [window, probation, guarded]: number[][] = [[], [], []];
  const held = (): number[] => [...window, ...probation, ...guarded];

  const knowsEntries = options.sizeOf === undefined;
  const memory = remembering(choices);
  if (knowsEntries && choices.isBlock !== true) memory.begin(capacity);

  const admits = (candidate: number, victim: number): boolean => {
    const frequency = memory.frequency(candidate);
    return frequency > memory.frequency(victim) || (frequency >= 6 && random!.next() < 1 / 128);
  };

  /** Everybody competes at most once: candidates of the window that overflowed, then the rest of the window, with victims. */
  const makeRoom = (): void => {
    const candidates: number[] = [];
    while (total(window) > windowCapacity) candidates.push(window.shift()!);
    probation.push(...candidates);
    let isWindowAsked = false;
    let queue = probation;
    while (total(held()) > capacity) {
      if (candidates.length === 0 && !isWindowAsked) {
        isWindowAsked = true;
        candidates.push(...window);
      }
      const candidate = candidates.shift();
      const victim = queue.at(0);
      if (candidate === undefined && victim === undefined) {
        queue = queue === probation ? guarded : window;
        continue;
      }
      let loser = candidate ?? victim!;
      if (candidate !== undefined && victim !== undefined && admits(candidate, victim)) loser = victim;
      // A pair that is one entry has used up what else had come from the window.
      if (candidate === victim) candidates.length = 0;
      for (const list of [window, probation, guarded]) without(list, loser);
    }
  };

  const access = (id: number): boolean => {
    const isHeld = held().includes(id);
    if (!isHeld && 2 * (total(held()) + sizeOf(id)) >= capacity) {
      memory.begin(knowsEntries ? capacity : held().length + 1);
    }
    memory.note(id);
    if (without(window, id)) window.push(id);
    else if (isHeld) {
      without(probation, id);
      without(guarded, id);
      (sizeOf(id) > guardedCapacity ? probation : guarded).push(id);
      while (total(guarded) > guardedCapacity) probation.push(guarded.shift()!);
    } else if (sizeOf(id) <= capacity) {
      if (sizeOf(id) > windowCapacity) window.unshift(id);
      else window.push(id);
      makeRoom();
    }
    return isHeld;
  };

  const isSmall = capacity <= 512;
  const firstStep = Math.max(2, 0.0625 * capacity);
  let goal = windowCapacity;
  let grows = isSmall;
  let step = firstStep;
  let before = 0;
  let samples = 1;
  const sample: boolean[] = [];
  const climb = (): void => {
    const ratio = sample.filter(Boolean).length / sample.length;
    if (ratio < before) grows = !grows;
    if (Math.abs(ratio - before) >= 0.05) step = firstStep;
    const from = Math.floor(goal);
    if (grows && guardedCapacity > 0) goal += Math.min(step, guardedCapacity);
    if (!grows && windowCapacity > 0) goal -= Math.min(step, windowCapacity);
    before = ratio;
    step *= isSmall ? 0.995 : 0.98;
    if (isSmall) samples = Math.min(4, Math.max(1, firstStep / step));
    sample.length = 0;
    const moves = Math.floor(goal) - from;
    windowCapacity += moves;
    guardedCapacity -= moves;
    while (total(guarded) > guardedCapacity) probation.push(guarded.shift()!);
    let left = Math.abs(moves);
    const source = moves > 0 ? probation : window;
    while (source.length > 0 && sizeOf(source[0]) <= left) {
      left -= sizeOf(source[0]);
      if (moves > 0) window.push(source.shift()!);
      else probation.unshift(source.shift()!);
    }
  };

  return {
    request(id) {
      const isFull = knowsEntries ? held().length === capacity : memory.entries() > 0;
      const hit = access(id);
      if (choices.climbs === true && isFull) {
        sample.push(hit);
        const entries = knowsEntries ? capacity : memory.entries();
        if (sample.length >= Math.floor(10 * entries * samples)) climb();
      }
      return hit;
    },
    remove: (id) => without(window, id) || without(probation, id) || without(guarded, id),
    held,
  };
}

/** A sketch, made anew for more entries than it has room for, and a doorkeeper that its agings clear. */
function remembering({ doorkeeper: DoorkeeperOf, isBlock = false }: Choices) {
  let entries = 0;
  let room = 0;
  let doorkeeper: DoorkeeperLike | undefined = undefined;
  let sketch = new NaiveSketch(1);
  return {
    entries: () => entries,
    begin(wanted: number): void {
      if (wanted <= room) return;
      entries = wanted;
      room = 2 ** Math.ceil(Math.log2(wanted));
      if (isBlock) room = Math.max(room, 8);
      doorkeeper = DoorkeeperOf && new DoorkeeperOf(wanted);
      sketch = new (isBlock ? NaiveBlockSketch : NaiveSketch)(wanted, () => doorkeeper?.clear()) as NaiveSketch;
    },
    note(id: number): void {
      if (entries > 0 && (doorkeeper?.mark(id) ?? true)) sketch.increment(id);
    },
    frequency: (id: number): number =>
      entries === 0 ? 0 : sketch.frequency(id) + (doorkeeper?.isMarked(id) === true ? 1 : 0),
  };
}
