/**
 * What a group of consumers is given that reads committed records only (`isolation.level`), held against the markers in the log:
 * never a record of a transaction that was aborted or is open, whatever befalls processors, readers and brokers; in the end
 * each committed record. A group that reads uncommitted ones is given some, or nothing is shown by that.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { offsetOf } from '../../../../sim-core/messaging/log/record-batch.ts';
import { ConsumerGroup } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { befall, fault } from './cluster-faults.ts';
import { ms, SMALL_GROUP } from './small-cluster.ts';
import { OUT, SmallStreams } from './small-streams.ts';

const SENDS = Array.from({ length: 24 }, (_, i) => 30 + i * 4);

type Isolation = 'committed' | 'uncommitted';

const processorFault = fc.record({
  at: fc.integer({ min: 30, max: 130 }),
  which: fc.nat(1),
  length: fc.integer({ min: 1, max: 60 }),
});
const readerFault = fc.record({
  at: fc.integer({ min: 30, max: 300 }),
  which: fc.nat(1),
  length: fc.integer({ min: 1, max: 60 }),
});

/** By partition and offset: how the transaction of each record ended. */
function endingsByOffset(small: SmallStreams): Map<string, string> {
  const found = new Map<string, string>();
  for (const id of OUT) {
    const open = new Map<number, string[]>();
    for (const batch of small.leader(id)!.replica.log.batches()) {
      const { id: producer } = batch.producer!;
      const places = open.get(producer) ?? [];
      open.set(producer, places);
      if (batch.marker === undefined) places.push(...batch.records.map((_, i) => `${id}/${offsetOf(batch, i)}`));
      else for (const place of places.splice(0)) found.set(place, batch.marker);
    }
  }
  return found;
}

const tally = { read: 0, aborted: 0 };

const reads = (isolation: Isolation) =>
  fc.property(
    fc.array(fault, { maxLength: 3 }),
    fc.array(processorFault, { minLength: 1, maxLength: 4 }),
    fc.array(readerFault, { maxLength: 3 }),
    (faults, processors, readers) => {
      const small = new SmallStreams({
        sends: SENDS,
        way: 'transactional',
        cluster: { groups: { names: ['group', 'readers'] } },
        group: { processTime: constant(ms(2)) },
      });
      const { sim, cluster } = small;
      const given: string[] = [];
      const group = new ConsumerGroup(sim, cluster, {
        ...SMALL_GROUP,
        name: 'readers',
        consumerName: 'reader',
        topics: [cluster.topics[1]],
        consumers: 2,
        assignor: assignors['cooperative-sticky'],
        pollRecords: 4,
        delay: constant(ms(0.2)),
        isolation,
        actOf: () => (fetched, done) => {
          given.push(`${fetched.partition}/${fetched.offset}`);
          done();
        },
      });
      group.scale(2);
      for (const each of faults) befall(small, each);
      for (const { at, which, length } of processors)
        sim.scheduleAt(ms(at), () => small.group.consumers[which].kill(ms(length)), undefined);
      for (const { at, which, length } of readers)
        sim.scheduleAt(ms(at), () => group.consumers[which].kill(ms(length)), undefined);
      sim.runUntil(ms(3000));
      const endings = endingsByOffset(small);
      const wrong = given.filter((place) => endings.get(place) !== 'commit');
      tally.read += given.length;
      tally.aborted += [...endings.values()].filter((marker) => marker === 'abort').length;
      if (wrong.length > 0) throw new Error(`given ${wrong.join(', ')}: ${wrong.map((place) => endings.get(place))}`);
      const missed = [...endings].filter(([place, marker]) => marker === 'commit' && !given.includes(place));
      if (missed.length > 0) throw new Error(`${missed.join(', ')} was never given`);
    },
  );

it('a group that reads committed records is given all of them, and none of an aborted transaction', () => {
  const inTheMidst = { at: 60, which: 0, length: 30 };
  fc.assert(reads('committed'), { numRuns: 25, examples: [[[], [inTheMidst, { ...inTheMidst, which: 1 }], []]] });
  expect(tally.aborted).toBeGreaterThan(0);
  expect(tally.read).toBeGreaterThan(0);
}, 60_000);

it('and one that reads uncommitted ones is given aborted ones too', () => {
  const { errorInstance } = fc.check(reads('uncommitted'), { numRuns: 60, seed: 1, endOnFailure: true });
  expect(String(errorInstance)).toMatch(/given .*abort/);
}, 60_000);
