/**
 * Lag in records and in time, held against what stands outside of the log: when the test has sent each record and when a
 * member has said that it had processed it. The model's figures are of what is appended and committed, which is a few milliseconds later.
 */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { recordProcessed } from '../../../../sim-core/systems/kafka/consumer-signals.ts';
import { groupLag } from '../../../../sim-core/systems/kafka/groups/group-lag.ts';
import { ms } from './small-cluster.ts';
import { smallGroup } from './small-group.ts';

/** Of a record from its sender to the log, and of a commit from its member to its replication, at most. */
const DELAY = ms(10);

it('lag time is the age of the oldest record that no member has processed, within the time of a commit', () => {
  // More than two members can do for a second, and then less.
  const sends = Array.from({ length: 400 }, (_, i) => (i < 300 ? 5 + i * 3 : 900 + (i - 300) * 30));
  const small = smallGroup('range', { processTime: constant(ms(9)), pollRecords: 1 }, sends);
  const { sim } = small;
  const processedAt = new Map<number, number>();
  const partitionOf = new Map<number, string>();
  sim.facts.channel(recordProcessed).listen(({ request, partition }) => {
    processedAt.set(request, Math.min(sim.now, processedAt.get(request) ?? Infinity));
    partitionOf.set(request, partition);
  });
  const looks: { readonly partition: string; readonly at: number; readonly records: number; readonly time: number }[] =
    [];
  sim.facts
    .channel(groupLag)
    .listen(({ partition, records, time }) => looks.push({ partition, at: sim.now, records, time }));
  small.group.scale(2);
  sim.runUntil(ms(8000));
  expect(processedAt.size).toBe(sends.length);

  /** Of a partition: those that were sent by a moment and not processed by another. */
  const open = (partition: string, sentBy: number, doneBy: number): number[] =>
    sends.flatMap((at, number) =>
      partitionOf.get(number) === partition && ms(at) <= sentBy && processedAt.get(number)! > doneBy ? [ms(at)] : [],
    );
  const age = (from: readonly number[], now: number): number => (from.length === 0 ? 0 : now - Math.min(...from));
  let longest = 0;
  for (const { partition, at, records, time } of looks) {
    const [least, most] = [open(partition, at - DELAY, at), open(partition, at, at - DELAY)];
    expect(records).toBeGreaterThanOrEqual(least.length);
    expect(records).toBeLessThanOrEqual(most.length);
    expect(time).toBeGreaterThanOrEqual(age(least, at));
    expect(time).toBeLessThanOrEqual(age(most, at));
    longest = Math.max(longest, time);
  }
  expect(longest).toBeGreaterThan(20 * DELAY);
});
