/**
 * Conservation as each group sees it, whatever befalls brokers, controllers and consumers: a record that was acknowledged (acks=all,
 * two of three in sync, clean elections) was delivered to every group, or can still be read by it, or was deleted by retention and is
 * counted as skipped. Committed after processing, an offset never passes what its group has processed, and never goes back.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fact } from '../../../../sim-core/kernel/fact.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { Group } from '../../../../sim-core/messaging/groups/group.ts';
import { PartitionLeader } from '../../../../sim-core/messaging/log/partition-leader.ts';
import { KEEP_ALL } from '../../../../sim-core/messaging/log/partition-log.ts';
import { offsetOf } from '../../../../sim-core/messaging/log/record-batch.ts';
import { ConsumerFetches } from '../../../../sim-core/systems/kafka/consumer-fetches.ts';
import { ConsumerGroup } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { groupLag, groupSkipped, lagSignals } from '../../../../sim-core/systems/kafka/groups/group-lag.ts';
import type { SentRecord } from '../../../../sim-core/systems/kafka/record-book.ts';
import { befall, fault } from './cluster-faults.ts';
import { replace } from './replaced-methods.ts';
import { ms, SMALL_GROUP, smallCluster, type SmallCluster } from './small-cluster.ts';

const END = ms(3000);
const SENDS = Array.from({ length: 60 }, (_, i) => 5 + i * 6);
const PARTITIONS = ['t-0', 't-1', 't-2'];

type Fate = 'delivered' | 'readable' | 'expired';

/** A group, and what it has processed: partition and offset of each record. */
class Reading {
  readonly group: ConsumerGroup;
  private readonly small: SmallCluster;
  private readonly processed = new Set<string>();
  private readonly committed = new Map<string, number>();
  private readonly skipped = new Map<string, number>();

  constructor(small: SmallCluster, name: string, settings: Settings) {
    this.small = small;
    this.group = new ConsumerGroup(small.sim, small.cluster, {
      ...SMALL_GROUP,
      ...settings,
      assignor: assignors[settings.assignor],
      name,
      consumerName: name,
      topics: [small.cluster.topics[0]],
      consumers: 2,
      pollRecords: 3,
      delay: constant(ms(0.3)),
      actOf: () => (fetched, done) => {
        this.processed.add(`${fetched.partition}/${fetched.offset}`);
        done();
      },
    });
    small.sim.facts.channel(groupSkipped).listen(({ group, partition, records }) => {
      if (group === name) this.skipped.set(partition, records);
    });
  }

  /** All that are in the log of a partition, or were until they were deleted. */
  private *records(partition: string): Iterable<readonly [offset: number, record: SentRecord]> {
    for (const batch of this.small.cluster.book.line(partition))
      for (const [index, record] of batch.records.entries()) yield [offsetOf(batch, index), record];
  }

  look(): string[] {
    const { group, committed } = this;
    const wrong = [...group.violations()];
    for (const partition of PARTITIONS) {
      const below = group.committedOf(partition);
      if (below < (committed.get(partition) ?? 0)) wrong.push(`${group.name}: ${partition} went back to ${below}`);
      committed.set(partition, below);
      for (const [offset, { isDeleted }] of this.records(partition)) {
        if (offset < below && !isDeleted && !this.processed.has(`${partition}/${offset}`))
          wrong.push(`${group.name}: ${below} of ${partition} is committed, and ${offset} is not processed`);
      }
    }
    return wrong;
  }

  /** What became of each record that was acknowledged, and what is wrong with that. */
  fates(): { readonly fates: Record<Fate, number>; readonly wrong: string[] } {
    const fates = { delivered: 0, readable: 0, expired: 0 };
    const wrong: string[] = [];
    const held = new Set<SentRecord>();
    for (const partition of PARTITIONS) {
      const leader = this.small.cluster.metadata.partitions.get(partition)!.leader;
      const { log, highWatermark } = this.small.cluster.brokers
        .find(({ name }) => name === leader)!
        .replica(partition)!;
      const below = this.group.committedOf(partition);
      let passed = 0;
      for (const [offset, record] of this.records(partition)) {
        held.add(record);
        const isReadable = offset >= below && offset >= log.startOffset && offset < highWatermark;
        if (this.processed.has(`${partition}/${offset}`)) fates.delivered++;
        else if (isReadable) fates.readable++;
        else if (record.isDeleted) {
          fates.expired++;
          passed += Number(offset < below);
        } else if (record.isAcknowledged) wrong.push(`${this.group.name}: ${offset} of ${partition} is nowhere`);
      }
      const counted = this.skipped.get(partition);
      if (counted !== passed)
        wrong.push(`${this.group.name}: skipped ${passed} of ${partition}, and ${counted} counted`);
    }
    const gone = this.small.records().filter((record) => record.isAcknowledged && !held.has(record));
    if (gone.length > 0) wrong.push(`${gone.length} acknowledged records are in no log`);
    return { fates, wrong };
  }
}

const consumerFault = fc.record({
  do: fc.constantFrom('kill a consumer' as const, 'pause a consumer' as const, 'scale' as const),
  at: fc.integer({ min: 20, max: 400 }),
  group: fc.nat(1),
  which: fc.nat(1),
  length: fc.integer({ min: 1, max: 120 }),
});
const settingsOf = fc.record({
  commit: fc.constantFrom('auto' as const, 'after' as const, 'after-async' as const),
  assignor: fc.constantFrom(...(Object.keys(assignors) as (keyof typeof assignors)[])),
  processTime: fc.constantFrom(constant(ms(1)), constant(ms(9))),
});
type Settings = typeof settingsOf extends fc.Arbitrary<infer S> ? S : never;

/** In a topic that keeps everything, or deletes what is older than this, in milliseconds. */
const retentions = fc.constantFrom(undefined, 40, 150);
/** When the second group goes for good, if it does. */
const leavings = fc.constantFrom(undefined, 100, 250);

const SLOW: Settings = { commit: 'after', assignor: 'range', processTime: constant(ms(9)) };
const tally = { delivered: 0, readable: 0, expired: 0 };

const conserves = fc.property(
  fc.array(fault, { maxLength: 4 }),
  fc.array(consumerFault, { maxLength: 4 }),
  fc.tuple(settingsOf, settingsOf),
  retentions,
  leavings,
  (faults, consumerFaults, settings, retention, leaving) => {
    const log = retention === undefined ? KEEP_ALL : { ...KEEP_ALL, segmentTime: ms(10), retentionTime: ms(retention) };
    const small = smallCluster({
      sends: SENDS,
      topic: { partitions: PARTITIONS.length, log },
      cluster: { groups: { names: ['group', 'other'] }, retentionCheck: ms(15) },
      producer: { deliveryTimeout: END },
    });
    const { sim } = small;
    const readings = ['group', 'other'].map((name, index) => new Reading(small, name, settings[index]));
    for (const { group } of readings) group.scale(2);
    for (const each of faults) befall(small, each);
    for (const { do: what, at, group: of, which, length } of consumerFaults) {
      const { group } = readings[of];
      const act = (): void => {
        if (of === 1 && leaving !== undefined && sim.now >= ms(leaving)) return;
        if (what === 'kill a consumer') group.consumers[which].kill(ms(length));
        else if (what === 'pause a consumer') group.consumers[which].pause(ms(length));
        else group.scale(which + 1);
      };
      sim.scheduleAt(ms(at), act, undefined);
    }
    if (leaving !== undefined)
      sim.scheduleAt(ms(leaving), () => readings[1].group.consumers.forEach((each) => each.kill(Infinity)), undefined);
    while (!sim.runUntil(END, 150)) refuse(readings.flatMap((reading) => [...reading.look(), ...small.violations()]));
    for (const reading of readings) {
      const { fates, wrong } = reading.fates();
      refuse(wrong);
      for (const fate of Object.keys(fates) as Fate[]) tally[fate] += fates[fate];
    }
  },
);

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

it('delivers to each group what was acknowledged, or keeps it, or counts what it has deleted unread', () => {
  fc.assert(conserves, {
    numRuns: 40,
    examples: [
      [[], [], [SLOW, SLOW], 40, 250],
      [[], [], [SLOW, SLOW], undefined, 100],
    ],
  });
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
}, 60_000);

it('names a partition alone where one group reads it, and with the group where several do', () => {
  const names = (groups: readonly string[]): Set<string> => {
    const small = smallCluster({ sends: SENDS, topic: { partitions: 1 }, cluster: { groups: { names: groups } } });
    const found = new Set<string>();
    const { of } = lagSignals[0] as unknown as { readonly of: (fact: Fact<typeof groupLag>) => string };
    small.sim.facts.channel(groupLag).listen((fact) => found.add(of(fact)));
    for (const name of groups) new Reading(small, name, SLOW);
    small.sim.runUntil(ms(150));
    return found;
  };
  expect(names(['group'])).toEqual(new Set(['t-0']));
  expect(names(['group', 'other'])).toEqual(new Set(['t-0 of group', 't-0 of other']));
});

/** By what is planted: what must be found. */
const FAULTS: Record<string, readonly [plant: () => void, found: RegExp]> = {
  'a commit of a generation that is over is taken': [
    () => replace(Group.prototype, 'mayCommit', () => () => 'ok'),
    /went back|is not processed/,
  ],
  'a record is acknowledged when its leader has it': [
    () => replace(PartitionLeader.prototype, 'replicated', () => () => true),
    /in no log|committed is not known/,
  ],
  'what is fetched is passed over in part': [
    () =>
      replace(
        ConsumerFetches.prototype,
        'take',
        (take) =>
          function (this: ConsumerFetches, max) {
            return take.call(this, max).slice(0, 2);
          },
      ),
    /is not processed/,
  ],
};

it.each(Object.entries(FAULTS))(
  'is found broken when %s',
  (_, [plant, found]) => {
    plant();
    const { errorInstance } = fc.check(conserves, { numRuns: 60, seed: 1, endOnFailure: true });
    expect(String(errorInstance)).toMatch(found);
  },
  60_000,
);
