/** A cluster under whatever befalls it: what producers were told holds, replicas agree, and a reader's past does not change. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SentRecord } from '../../../../sim-core/systems/kafka/record-book.ts';
import { befall, faults, sends, type Fault } from './cluster-faults.ts';
import { disagreements, ms, smallCluster, type SmallCluster } from './small-cluster.ts';

const PARTITIONS = ['t-0', 't-1'];
const END = ms(3000);

/** Reads each partition as a consumer does, from its leader and below the high watermark, and says what does not agree. */
class Reader {
  private readonly read = new Map<string, SentRecord[]>(PARTITIONS.map((id) => [id, []]));

  look({ cluster }: SmallCluster): string[] {
    const changed: string[] = [];
    for (const id of PARTITIONS) {
      // Each broker that believes that it leads is asked, as a consumer may that has not heard of another yet.
      for (const each of cluster.brokers) {
        const replica = each.replica(id)!;
        if (replica.leading === undefined || !each.isUp) continue;
        const visible = [...replica.log.batches()]
          .filter(({ lastOffset }) => lastOffset < replica.highWatermark)
          .flatMap(({ records }) => records);
        const before = this.read.get(id)!;
        const common = Math.min(before.length, visible.length);
        for (let i = 0; i < common; i++) if (visible[i] !== before[i]) changed.push(`${id}: record ${i} is another`);
        if (visible.length > before.length) this.read.set(id, visible);
      }
    }
    return changed;
  }

  /** Numbers of the records that were read. */
  numbers(id: string): number[] {
    return this.read.get(id)!.map(({ request }) => request);
  }
}

function run(
  options: Parameters<typeof smallCluster>[0],
  faults: readonly Fault[],
): { small: SmallCluster; reader: Reader } {
  const small = smallCluster({ ...options, topic: { partitions: 2, ...options.topic } });
  for (const each of faults) befall(small, each);
  const reader = new Reader();
  while (!small.sim.runUntil(END, 60)) {
    expect(small.violations()).toEqual([]);
    for (const id of PARTITIONS) expect(disagreements(small, id)).toEqual([]);
    expect(reader.look(small)).toEqual([]);
  }
  return { small, reader };
}

it('acks=all, two of three in sync, idempotent: all that was promised is there, once and in order', () => {
  fc.assert(
    fc.property(sends, faults, (times, befalling) => {
      const options = { sends: times, producer: { deliveryTimeout: END } };
      const { small, reader } = run(options, befalling);
      // What was read is in the log.
      for (const id of PARTITIONS) {
        const read = reader.numbers(id);
        expect(small.log(id).slice(0, read.length)).toEqual(read);
      }
      const logs = PARTITIONS.map((id) => small.log(id));
      const all = logs.flat();
      expect(new Set(all).size).toBe(all.length);
      for (const number of small.acknowledged) expect(all).toContain(number);
      expect(small.cluster.book.totals.lost).toBe(0);
      // Everything is over: nobody waits for anything, and who was refused was refused for want of nothing here.
      expect(small.acknowledged.size).toBe(times.length);
      for (const log of logs) {
        const sentAt = log.map((number) => ms(times[number]));
        expect(sentAt).toEqual([...sentAt].sort((a, b) => a - b));
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
