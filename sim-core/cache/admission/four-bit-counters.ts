/** Counters of four bits, eight to a word of 32: what both frequency sketches are made of. */

export const COUNTER_MAX = 15;

/** Adds one to a counter below 15; returns what it added. Without a branch, for the outcome is hard to predict. */
export function increment(words: Int32Array, word: number, shift: number): number {
  const counters = words[word];
  const added = (((counters >>> shift) & COUNTER_MAX) - COUNTER_MAX) >>> 31;
  words[word] = counters + (added << shift);
  return added;
}

/** Halves all counters, rounding down; returns how many were odd. */
export function halve(words: Int32Array): number {
  let odd = 0;
  for (let word = 0; word < words.length; word++) {
    const counters = words[word];
    odd += eighthsSet(counters & 0x11111111);
    words[word] = (counters >>> 1) & 0x77777777;
  }
  return odd;
}

/** How many of the eight bits of 0x11111111 are set. */
const eighthsSet = (bits: number): number => Math.imul(bits, 0x11111111) >>> 28;

/** The increments that are left of so many when all counters are halved: a half, less a quarter of the odd counters. */
export const incrementsLeft = (increments: number, odd: number): number =>
  Math.floor((increments - Math.floor(odd / 4)) / 2);
