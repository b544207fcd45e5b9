/**
 * A cluster under whatever befalls it: brokers that die and come back, are cut off, or slow; controllers that die. What
 * producers were told holds, replicas agree, a reader's past does not change, and every record has one fate.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SentRecord } from '../../../../sim-core/systems/kafka/record-book.ts';
import { disagreements, fateOf, ms, smallCluster, type SmallCluster } from './small-cluster.ts';

const time = fc.integer({ min: 0, max: 300 });
const broker = fc.nat(2);
const fault = fc.oneof(
  fc.record({ do: fc.constant('kill' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ do: fc.constant('isolate' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
  fc.record({
    do: fc.constant('cut off from the cluster' as const),
    at: time,
    broker,
    length: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({ do: fc.constant('slow' as const), at: time, broker, length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ do: fc.constant('controllers' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
);
type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

const sends = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 40 });
const PARTITIONS = ['t-0', 't-1'];
const END = ms(3000);

function befall({ sim, cluster }: SmallCluster, { at, broker: index, length, ...fault }: Fault): void {
  const hit = cluster.brokers[index];
  const later = (delay: number, act: () => void): void => void sim.scheduleAt(ms(delay), act, undefined);
  if (fault.do === 'kill') later(at, () => hit.kill(ms(length)));
  else if (fault.do === 'isolate') later(at, () => hit.isolate(ms(length), true));
  else if (fault.do === 'cut off from the cluster') later(at, () => hit.isolate(ms(length), false));
  else if (fault.do === 'slow') {
    later(at, () => hit.interventions.slow.apply([50]));
    later(at + length, () => hit.interventions.slow.apply([1]));
  } else {
    later(at, () => cluster.controllers.kill(2));
    later(at + length, () => cluster.controllers.restart());
  }
}

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

const faults = fc.array(fault, { maxLength: 6 });

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

it('whatever is asked for, every record has one fate, and the book says which', () => {
  const producer = fc.record({
    acks: fc.constantFrom('0' as const, '1' as const, 'all' as const),
    isIdempotent: fc.constant(false),
    deliveryTimeout: fc.constantFrom(ms(30), ms(1000)),
    maxInFlight: fc.integer({ min: 1, max: 5 }),
    linger: fc.constantFrom(0, ms(5)),
    bufferMemory: fc.constantFrom(3000, 100_000),
  });
  const topic = fc.record({ minInSync: fc.integer({ min: 1, max: 3 }), isUncleanElectionAllowed: fc.boolean() });
  fc.assert(
    fc.property(sends, faults, producer, topic, (times, befalling, asked, settings) => {
      const small = smallCluster({ sends: times, producer: asked, topic: { partitions: 2, ...settings } });
      for (const each of befalling) befall(small, each);
      while (!small.sim.runUntil(END, 200)) expect(small.violations()).toEqual([]);
      const fates = { visible: 0, 'above the watermark': 0, refused: 0, lost: 0, undecided: 0 };
      for (const record of small.records()) fates[fateOf(small, record)]++;
      const { sent, lost } = small.cluster.book.totals;
      expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(sent);
      expect(sent).toBe(times.length);
      expect(fates.lost).toBe(lost);
      expect(fates.undecided).toBe(0);
    }),
    { numRuns: 100 },
  );
}, 60_000);
