/** TinyLFU's memory: when it begins, when it forgets, and what a doorkeeper adds. */
import { describe, expect, it } from 'vitest';
import { RequestMemory, type RequestMemoryOptions } from '../../../../sim-core/cache/admission/request-memory.ts';

function memory(options: Partial<RequestMemoryOptions> = {}) {
  const fadings: number[] = [];
  const made = new RequestMemory({
    sketch: 'block',
    sample: 10,
    doorkeeper: false,
    onFading: () => fadings.push(made.entries),
    ...options,
  });
  return { made, fadings };
}

describe('the memory of requests', () => {
  it('counts nothing before it has begun', () => {
    const { made } = memory();
    for (let request = 0; request < 20; request++) expect(made.count(7)).toBe(true);
    expect([made.entries, made.frequency(7)]).toEqual([0, 0]);
    made.ensure(10);
    made.count(7);
    expect([made.entries, made.frequency(7)]).toEqual([10, 1]);
  });

  it('is made anew, and forgets, where the cache comes to hold more than its table has room for', () => {
    const { made, fadings } = memory();
    made.ensure(10);
    made.count(7);
    made.ensure(16); // ten entries have a table of sixteen
    expect([made.entries, made.frequency(7), fadings]).toEqual([10, 1, [10]]);
    made.ensure(17);
    expect([made.entries, made.frequency(7), fadings]).toEqual([17, 0, [10, 17]]);
  });

  it.each(['uniform', 'block'] as const)('%s: a doorkeeper counts one by itself, until the next halving', (sketch) => {
    const { made, fadings } = memory({ sketch, doorkeeper: true });
    made.ensure(64);
    for (const expected of [1, 2, 3]) {
      made.count(7);
      expect(made.frequency(7)).toBe(expected);
    }
    let before = 0;
    for (let other = 1000; fadings.length < 2; other++) {
      before = made.frequency(7);
      made.count(Math.floor(other / 2)); // each key twice: at the door, and in the sketch
    }
    expect(made.frequency(7)).toBe(Math.floor((before - 1) / 2)); // what the sketch had, halved, and nothing at the door
  });
});
