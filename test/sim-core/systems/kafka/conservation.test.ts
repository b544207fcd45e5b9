/**
 * Conservation in a log, whatever befalls its brokers: of what a replica has ever appended all is readable that retention has not
 * deleted and no leader has had it cut off, nothing else is, and retention deletes nothing above the high watermark. And every
 * record that was sent has one fate: it can be read, waits for its replicas, was deleted, refused, or lost by a cause that is told.
 */
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { KEEP_ALL, PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import type { RecordBatch } from '../../../../sim-core/messaging/log/record-batch.ts';
import type { LossCause } from '../../../../sim-core/systems/kafka/record-book.ts';
import { befall, fault } from './cluster-faults.ts';
import { fateOf, ms, smallCluster, type RecordFate, type SmallCluster } from './small-cluster.ts';

const END = ms(3000);
const LOSSES: Readonly<Record<LossCause, true>> = {
  'clean-election': true,
  'unclean-election': true,
  'deposed-leader': true,
  'not-appended': true,
};

type Method = 'append' | 'truncate' | 'retain' | 'restartAt';
const undo: (() => void)[] = [];
/** Puts something around a method of all logs, until `mend`. */
function around<Name extends Method>(name: Name, wrap: (sound: PartitionLog[Name]) => PartitionLog[Name]): void {
  const sound = PartitionLog.prototype[name];
  PartitionLog.prototype[name] = wrap(sound);
  undo.push(() => void (PartitionLog.prototype[name] = sound));
}
function mend(): void {
  while (undo.length > 0) undo.pop()!();
}
afterEach(mend);

/** What each replica's log was told, by what it takes and gives back. */
class Ledger {
  private readonly there = new Map<PartitionLog, Set<RecordBatch>>();
  readonly wrong: string[] = [];

  constructor() {
    const { wrong } = this;
    const of = (log: PartitionLog): Set<RecordBatch> => this.of(log);
    const gone = (log: PartitionLog, batches: RecordBatch[]): RecordBatch[] => {
      for (const batch of batches) if (!of(log).delete(batch)) wrong.push('a batch is gone that was not there');
      return batches;
    };
    around(
      'append',
      (append) =>
        function (this: PartitionLog, batch) {
          append.call(this, batch);
          of(this).add(batch);
        },
    );
    around(
      'truncate',
      (truncate) =>
        function (this: PartitionLog, offset) {
          return gone(this, truncate.call(this, offset));
        },
    );
    around(
      'retain',
      (retain) =>
        function (this: PartitionLog, now, watermark) {
          const deleted = gone(this, retain.call(this, now, watermark));
          if (deleted.some(({ lastOffset }) => lastOffset >= watermark)) wrong.push('deleted above the high watermark');
          return deleted;
        },
    );
    around(
      'restartAt',
      (restartAt) =>
        function (this: PartitionLog, offset) {
          restartAt.call(this, offset);
          of(this).clear();
        },
    );
  }

  /** What is wrong with the logs of a cluster: held and not taken in, taken in and not held, or with a gap between. */
  audit({ cluster }: SmallCluster): string[] {
    for (const { name, replicas } of cluster.brokers.map((broker) => ({
      name: broker.name,
      replicas: ['t-0', 't-1'].map((id) => broker.replica(id)!),
    }))) {
      for (const { log } of replicas) {
        const held = [...log.batches()];
        const expected = this.of(log);
        if (held.length !== expected.size || held.some((batch) => !expected.has(batch)))
          this.wrong.push(`${name}: holds ${held.length} batches, of ${expected.size} it was told no end`);
        let next = log.startOffset;
        for (const { firstOffset, lastOffset } of held) {
          if (firstOffset !== next) this.wrong.push(`${name}: nothing from ${next} to ${firstOffset}`);
          next = lastOffset + 1;
        }
        if (next !== log.endOffset) this.wrong.push(`${name}: ends at ${next}, says ${log.endOffset}`);
      }
    }
    return this.wrong;
  }

  private of(log: PartitionLog): Set<RecordBatch> {
    const known = this.there.get(log) ?? new Set();
    this.there.set(log, known);
    return known;
  }
}

/** Long enough for a leader to be deposed, and to take in meanwhile what no follower has. */
const deposing = fc.record({
  do: fc.constant('cut off from the cluster' as const),
  at: fc.nat(120),
  broker: fc.nat(1),
  length: fc.integer({ min: 60, max: 200 }),
});
const faults = fc.array(fc.oneof(deposing, fault), { maxLength: 5 });
const sends = fc.array(fc.nat(250), { minLength: 20, maxLength: 40 });
const producers = fc.record({
  acks: fc.constantFrom('0' as const, '0' as const, '1' as const, 'all' as const),
  isIdempotent: fc.constant(false),
  deliveryTimeout: fc.constantFrom(ms(30), ms(1000)),
  maxInFlight: fc.integer({ min: 1, max: 5 }),
  linger: fc.constantFrom(0, ms(5)),
  bufferMemory: fc.constantFrom(3000, 100_000),
});
const topics = fc.record({
  minInSync: fc.integer({ min: 1, max: 3 }),
  isUncleanElectionAllowed: fc.boolean(),
  log: fc.constantFrom(KEEP_ALL, { ...KEEP_ALL, segmentBytes: 200, retentionBytes: 200 }),
});
/** When a broker looks at what it need not keep. */
const looks = fc.array(fc.tuple(fc.nat(400), fc.nat(2)), { maxLength: 12 });

const conserves = fc.property(sends, faults, looks, producers, topics, (times, befalling, looking, producer, topic) => {
  mend();
  plant();
  const ledger = new Ledger();
  const small = smallCluster({ sends: times, producer, topic: { partitions: 2, ...topic } });
  const { sim, cluster } = small;
  for (const each of befalling) befall(small, each);
  for (const [at, which] of looking) {
    const look = (): void => {
      const broker = cluster.brokers[which];
      for (const id of ['t-0', 't-1']) {
        const { log, highWatermark } = broker.replica(id)!;
        if (broker.isUp) log.retain(sim.now, highWatermark);
      }
    };
    sim.scheduleAt(ms(at), look, undefined);
  }
  while (!sim.runUntil(END, 200)) refuse([...small.violations(), ...ledger.audit(small)]);
  const fates: Record<RecordFate, number> = {
    visible: 0,
    'above the watermark': 0,
    deleted: 0,
    refused: 0,
    lost: 0,
    undecided: 0,
  };
  for (const record of small.records()) {
    const fate = fateOf(small, record);
    fates[fate]++;
    const isToldLost = record.loss !== undefined && LOSSES[record.loss];
    if (isToldLost !== (fate === 'lost')) refuse([`record ${record.number} is ${fate}, and its loss ${record.loss}`]);
  }
  const { sent, lost } = cluster.book.totals;
  const total = Object.values(fates).reduce((sum, count) => sum + count, 0);
  if (total !== times.length || sent !== total || fates.lost !== lost || fates.undecided > 0)
    refuse([`${JSON.stringify(fates)} of ${times.length} records, ${sent} in the book, ${lost} of them lost`]);
});

/** Plants a fault before the ledger looks on. */
let plant = (): void => {};

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

it('has one fate for every record, and for every batch of every replica', () => {
  plant = () => {};
  fc.assert(conserves, { numRuns: 80 });
}, 60_000);

const FAULTS: Record<string, () => void> = {
  'does not say of a batch that it was cut off': () =>
    around(
      'truncate',
      (truncate) =>
        function (this: PartitionLog, offset) {
          return truncate.call(this, offset).slice(1);
        },
    ),
  'deletes what its replicas do not have yet': () =>
    around(
      'retain',
      (retain) =>
        function (this: PartitionLog, now) {
          return retain.call(this, now, Infinity);
        },
    ),
  'takes a batch in twice': () =>
    around(
      'append',
      (append) =>
        function (this: PartitionLog, batch) {
          append.call(this, batch);
          if (batch.firstOffset % 7 === 3)
            append.call(this, {
              ...batch,
              firstOffset: this.endOffset,
              lastOffset: this.endOffset + batch.records.length - 1,
            });
        },
    ),
};

it.each(Object.entries(FAULTS))(
  'finds a log that %s',
  (_, fault) => {
    plant = fault;
    expect(fc.check(conserves, { numRuns: 150, seed: 1, endOnFailure: true }).failed).toBe(true);
  },
  60_000,
);
