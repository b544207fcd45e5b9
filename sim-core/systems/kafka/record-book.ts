/**
 * The experimenter's book of records: where each one is, whatever its sender and the brokers believe.
 *
 * The line of a partition is the log of its present leader, with what it has retained away or compacted. A record that is
 * not in the line is not in the topic: who reads will not find it. It may be cut off with an election and come back with
 * another one (an old leader elected uncleanly), so what is lost is a state and not an event. A record that a leader
 * appended after another had been elected never was in the line.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { PartitionLog } from '../../messaging/log/partition-log.ts';
import type { Acks } from '../../messaging/log/in-sync.ts';
import { offsetOf, type LogRecord, type RecordBatch } from '../../messaging/log/record-batch.ts';
import { headerBytes, NO_RECORD_HEADERS, type RecordHeaders } from '../../messaging/log/record-headers.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** How an acknowledged record got lost. */
export type LossCause =
  /** A leader in sync was elected that did not have it. */
  | 'clean-election'
  /** A leader in sync was elected whose host had lost it with its power. */
  | 'power-loss'
  /** A leader was elected that was not in sync. */
  | 'unclean-election'
  /** It was given to a leader that had been replaced and did not know it. */
  | 'deposed-leader'
  /** It was sent without waiting for an answer, and nobody took it. */
  | 'not-appended';

/** One record as its sender made it. */
export class SentRecord implements LogRecord {
  readonly request: number;
  readonly key: number | string | undefined;
  readonly bytes: number;
  readonly isTombstone: boolean = false;
  readonly headers: RecordHeaders = NO_RECORD_HEADERS;
  readonly sentAt: Time;
  /** Counts the records of a sender. */
  readonly number: number;
  /** Of key and value, without headers. */
  get payloadBytes(): number {
    return this.bytes - headerBytes(this.headers);
  }
  /** How often it is in the line. */
  copies = 0;
  /** How often consumers have processed it. */
  processed = 0;
  isAcknowledged = false;
  /** A replica had it until it was retained no more; what was compacted before is not. */
  isDeleted = false;
  /** Its sender was told that it failed. */
  isRefused = false;
  /** Why it is not in the line though it was acknowledged. */
  loss: LossCause | undefined = undefined;

  constructor(request: number, key: number | string | undefined, bytes: number, sentAt: Time, number: number) {
    this.request = request;
    this.key = key;
    this.bytes = bytes;
    this.sentAt = sentAt;
    this.number = number;
  }
}

/** Acknowledged records that are in no line changed in number. */
export const recordsMissing = defineReading(
  'kafka.records.missing',
  'Acknowledged records in no log changed in number',
  {
    cause: 'text',
    records: 'number',
  },
);

/** A record was acknowledged and is not in the log of the partition's leader. */
export const recordLost = defineFact('kafka.record.lost', 'An acknowledged record is not in the leader’s log', {
  request: 'request',
  partition: 'text',
  cause: 'text',
});

/** A record is in the log once more than it was sent. */
export const recordDoubled = defineFact('kafka.record.doubled', 'A record was appended once more', {
  request: 'request',
  partition: 'text',
});

/** Who follows records for the experimenter. */
export interface RecordObserver {
  /** A producer was given it. */
  sent?(record: SentRecord): void;
  /** Its sender was told that it is in the log. */
  acknowledged?(record: SentRecord): void;
  /** It is in the line of a partition, at an offset. */
  appended?(record: SentRecord, partition: string, offset: number): void;
  /** An election has cut it off from there. */
  cut?(record: SentRecord, partition: string, offset: number): void;
}

type Missing = Fact<typeof recordsMissing>;

export const recordSignals = [
  defineSignal({
    name: 'kafka.records.lost',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records that were acknowledged and are not in the log of their partition’s leader',
    fact: recordsMissing,
    value: (fact: Missing) => fact.records,
    of: (fact: Missing) => fact.cause,
  }),
  defineSignal({
    name: 'kafka.records.lost.unclean',
    kind: 'gauge',
    unit: '{record}',
    help: 'Those of them that were lost because a replica that was not in sync was elected',
    fact: recordsMissing,
    where: (fact: Missing) => fact.cause === 'unclean-election',
    value: (fact: Missing) => fact.records,
    of: (fact: Missing) => fact.cause,
  }),
  defineSignal({
    name: 'kafka.records.duplicated',
    kind: 'counter',
    unit: '{record}',
    help: 'Records that were appended to the log once more than they were sent',
    fact: recordDoubled,
  }),
];

type Batch = RecordBatch<SentRecord>;

interface Line {
  epoch: number;
  batches: Batch[];
  /** Elections that have cut off what may have been replicated, which all lies below an offset. */
  readonly cuts: { readonly epoch: number; readonly below: number }[];
}

export class RecordBook {
  private readonly lines = new Map<string, Line>();
  /** Batches of leaders that had been replaced, whose records may be acknowledged yet. */
  private readonly besideTheLine = new WeakSet<SentRecord>();
  private readonly missing: Record<LossCause, number> = {
    'clean-election': 0,
    'power-loss': 0,
    'unclean-election': 0,
    'deposed-leader': 0,
    'not-appended': 0,
  };
  /** All that were sent. */
  readonly records: SentRecord[] = [];
  private acknowledgedCount = 0;
  private doubledCount = 0;
  private readonly observers: RecordObserver[] = [];
  private readonly missingChannel: FactChannel<Missing>;
  private readonly lost: FactChannel<Fact<typeof recordLost>>;
  private readonly doubled: FactChannel<Fact<typeof recordDoubled>>;

  constructor(sim: Simulation) {
    this.missingChannel = sim.facts.channel(recordsMissing);
    this.lost = sim.facts.channel(recordLost);
    this.doubled = sim.facts.channel(recordDoubled);
  }

  get totals(): { sent: number; acknowledged: number; lost: number; doubled: number } {
    const lost = Object.values(this.missing).reduce((sum, count) => sum + count, 0);
    return { sent: this.records.length, acknowledged: this.acknowledgedCount, lost, doubled: this.doubledCount };
  }

  /** The line of a partition: what its present leader has. */
  line(partition: string): readonly Batch[] {
    return this.lines.get(partition)?.batches ?? [];
  }

  /**
   * The offset below which all lies that elections have cut off the line of a partition though it may have been replicated:
   * those that were unclean, or after their leader's host had lost its power; of all epochs, or of those after one. Who has
   * read so far may have got ahead of the log.
   */
  cutBelow(partition: string, since = -1): number {
    const cuts = this.lines.get(partition)?.cuts.filter(({ epoch }) => epoch > since) ?? [];
    return Math.max(0, ...cuts.map(({ below }) => below));
  }

  follow(observer: RecordObserver): void {
    this.observers.push(observer);
  }

  sent(record: SentRecord): void {
    this.records.push(record);
    for (const observer of this.observers) observer.sent?.(record);
  }

  /** Its sender was told that it is in the log; with acks=0 that is said before anybody knows. */
  acknowledged(record: SentRecord, partition: string, acks: Acks): void {
    record.isAcknowledged = true;
    this.acknowledgedCount++;
    for (const observer of this.observers) observer.acknowledged?.(record);
    if (record.copies > 0 || acks === '0') return;
    this.lose(record, partition, this.besideTheLine.has(record) ? 'deposed-leader' : 'clean-election');
  }

  /** Its sender gives it up and did not wait to hear of it: nobody took it, if it is not lost otherwise. */
  notAppended(record: SentRecord, partition: string): void {
    if (record.copies === 0 && record.loss === undefined) this.lose(record, partition, 'not-appended');
  }

  /** A leader of some epoch appended a batch. */
  appended(partition: string, epoch: number, batch: Batch): void {
    const line = this.lineOf(partition);
    if (epoch < line.epoch) {
      for (const record of batch.records) {
        this.besideTheLine.add(record);
        // With acks=0 it was promised before anybody had it.
        if (record.isAcknowledged && record.copies === 0 && record.loss === undefined)
          this.lose(record, partition, 'deposed-leader');
      }
      return;
    }
    this.add(partition, line, batch);
  }

  /** A broker leads, with the log that it has, and without the batches that its host's loss of power has taken of it, by place. */
  elected(
    partition: string,
    epoch: number,
    log: PartitionLog<SentRecord>,
    isClean: boolean,
    lostToPower: ReadonlySet<string>,
  ): void {
    const line = this.lineOf(partition);
    if (epoch <= line.epoch) return;
    line.epoch = epoch;
    const theirs = [...log.batches()];
    // What it does not have any more because it is old is no matter, and neither is what it has compacted.
    const shared = theirs.findLastIndex((batch) => isIn(line.batches, batch));
    const isTheirs = (batch: Batch): boolean =>
      (shared >= 0 && batch.firstOffset <= theirs[shared].firstOffset) || batch.lastOffset < log.startOffset;
    const common = line.batches.findIndex((batch) => !isTheirs(batch));
    for (const batch of common < 0 ? [] : line.batches.splice(common)) {
      const isLostToPower = lostToPower.has(placeOf(batch));
      if (!isClean || isLostToPower) line.cuts.push({ epoch, below: batch.lastOffset + 1 });
      batch.records.forEach((record, index) => {
        for (const observer of this.observers) observer.cut?.(record, partition, offsetOf(batch, index));
        const cleanly = isLostToPower ? 'power-loss' : 'clean-election';
        this.cut(record, partition, isClean ? cleanly : 'unclean-election');
      });
    }
    for (const batch of theirs.slice(shared + 1)) this.add(partition, line, batch);
  }

  private add(partition: string, line: Line, batch: Batch): void {
    line.batches.push(batch);
    if (this.observers.length > 0) this.tellAppended(partition, batch);
    for (const record of batch.records) {
      record.copies++;
      if (record.copies > 1) {
        this.doubledCount++;
        if (this.doubled.heard) this.doubled.emit({ request: record.request, partition });
      }
      if (record.loss !== undefined) this.find(record);
    }
  }

  private tellAppended(partition: string, batch: Batch): void {
    batch.records.forEach((record, index) => {
      for (const observer of this.observers) observer.appended?.(record, partition, offsetOf(batch, index));
    });
  }

  private cut(record: SentRecord, partition: string, cause: LossCause): void {
    record.copies--;
    if (record.copies === 0 && record.isAcknowledged) this.lose(record, partition, cause);
  }

  private lose(record: SentRecord, partition: string, cause: LossCause): void {
    record.loss = cause;
    this.missing[cause]++;
    if (this.lost.heard) this.lost.emit({ request: record.request, partition, cause });
    this.tell(cause);
  }

  /** It is back. */
  private find(record: SentRecord): void {
    const cause = record.loss!;
    record.loss = undefined;
    this.missing[cause]--;
    this.tell(cause);
  }

  private tell(cause: LossCause): void {
    if (this.missingChannel.heard) this.missingChannel.emit({ cause, records: this.missing[cause] });
  }

  private lineOf(partition: string): Line {
    let line = this.lines.get(partition);
    if (line === undefined) {
      line = { epoch: -1, batches: [], cuts: [] };
      this.lines.set(partition, line);
    }
    return line;
  }
}

/** By which a batch, a marker too, is known in every replica's log: its place and its leader. Compaction leaves a batch these. */
export const placeOf = ({ firstOffset, epoch }: Batch): string => `${epoch}:${firstOffset}`;

/** Whether a batch is in a line. */
function isIn(line: readonly Batch[], { firstOffset, epoch }: Batch): boolean {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle].firstOffset < firstOffset) low = middle + 1;
    else high = middle;
  }
  return low < line.length && line[low].firstOffset === firstOffset && line[low].epoch === epoch;
}
