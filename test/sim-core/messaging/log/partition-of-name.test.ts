/** Which partition of an internal topic keeps a name. */
import { expect, it } from 'vitest';
import { partitionOfName } from '../../../../sim-core/messaging/log/partition-of-name.ts';

it("is that of Java's hash of the text without its sign, as Utils.abs takes it", () => {
  // "abc".hashCode() is 96354, "hello".hashCode() 99162322.
  expect(['abc', 'hello'].map((name) => partitionOfName(name, 50))).toEqual([4, 22]);
  // "orders".hashCode() is -1008770331, "inventory".hashCode() -2020599460.
  expect(['orders', 'inventory'].map((name) => partitionOfName(name, 50))).toEqual([31, 10]);
  // The least integer, the hash of this one, has no positive counterpart: it counts as 0.
  expect(partitionOfName('polygenelubricants', 50)).toBe(0);
});
