/** In which epoch a group has read what it commits, where members go on with what they had read before an election. */
import { expect, it } from 'vitest';
import { GroupReadings } from '../../../../sim-core/systems/kafka/groups/group-readings.ts';

it('what a group has committed was read in the epoch of what it was given last once it lies in that, and not before', () => {
  const readings = new GroupReadings();
  const committed = (offset: number): number => {
    readings.committed('orders-0', offset);
    return readings.epochOf('orders-0');
  };
  expect(committed(3)).toBe(-1);
  readings.read('orders-0', 0, 6, 1);
  readings.read('orders-0', 6, 10, 1);
  expect([committed(4), committed(9)]).toEqual([1, 1]);
  // An election cuts it off at 5, a member is given what follows there, and another is still at what it had: up to 5, and up to 10.
  readings.read('orders-0', 5, 7, 2);
  expect([committed(5), committed(10), committed(6)]).toEqual([1, 1, 2]);
  // A leader that has been replaced and does not know it.
  readings.read('orders-0', 7, 9, 1);
  expect([committed(7), committed(8)]).toEqual([2, 1]);
  readings.forget('orders-0');
  expect([readings.epochOf('orders-0'), committed(9)]).toEqual([-1, 1]);
});
