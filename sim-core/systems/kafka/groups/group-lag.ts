/**
 * How far a group is behind, and what it has passed since it was deleted unread: the experimenter's look, in
 * intervals, at the log of each partition and at what the group has committed. It costs nobody anything.
 */
import { defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { MILLISECOND, SECOND, type Duration } from '../../../kernel/time.ts';
import { offsetOf } from '../../../messaging/log/record-batch.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import type { RecordBook, SentRecord } from '../record-book.ts';

/** How far the group is behind one partition's end. */
export const groupLag = defineReading('kafka.group.lag', 'The lag of a group in a partition was looked at', {
  group: 'text',
  partition: 'text',
  /** Whether no other group reads it. */
  alone: 'flag',
  records: 'number',
  time: 'duration',
  rate: 'number',
});

/** What the group will not read any more has been counted. */
export const groupSkipped = defineReading(
  'kafka.group.skipped',
  'What a group has skipped of a partition was counted',
  {
    group: 'text',
    partition: 'text',
    records: 'number',
  },
);

type Lag = Fact<typeof groupLag>;
type Skipped = Fact<typeof groupSkipped>;

/** Several groups may read a partition: each has a lag of its own. */
const placeOf = ({ group, partition, alone }: Lag): string => (alone ? partition : `${partition} of ${group}`);

export const lagSignals = [
  defineSignal({
    name: 'kafka.consumer_group.lag',
    kind: 'gauge',
    unit: '{message}',
    help: 'Records between what the group has committed and the end of the log, of all partitions together',
    fact: groupLag,
    value: (fact: Lag) => fact.records,
    of: placeOf,
    parts: 'partition',
  }),
  defineSignal({
    name: 'kafka.consumer_group.lag.rate',
    kind: 'gauge',
    unit: '{message}/s',
    help: 'By how much the lag has risen or fallen over the last second, of all partitions together: what comes less what is committed',
    fact: groupLag,
    value: (fact: Lag) => fact.rate,
    of: placeOf,
  }),
  defineSignal({
    name: 'kafka.consumer_group.lag_time',
    kind: 'histogram',
    unit: 's',
    help: 'Age of the oldest record of a partition that the group has not committed, looked at in intervals',
    fact: groupLag,
    value: (fact: Lag) => fact.time,
  }),
  defineSignal({
    name: 'kafka.consumer_group.skipped',
    kind: 'gauge',
    unit: '{message}',
    help: 'Records below what the group has committed that none of the group has processed, since retention had deleted them unread',
    fact: groupSkipped,
    value: (fact: Skipped) => fact.records,
    of: (fact: Skipped) => `${fact.partition} of ${fact.group}`,
  }),
];

/** How often the lag is looked at, as an exporter of metrics does. */
const INTERVAL = 100 * MILLISECOND;
/** Looks of the second over which the lag's slope is taken. Polls are committed whole, so that a shorter one says little. */
const SLOPE = SECOND / INTERVAL;

export interface LagOptions {
  readonly partitions: readonly string[];
  readonly book: RecordBook;
  /** What some member has processed. */
  readonly processed: ReadonlySet<SentRecord>;
  /** Whether no other group reads a partition. */
  readonly isAlone: (partition: string) => boolean;
}

export class GroupLag {
  private readonly sim: Simulation;
  private readonly group: string;
  private readonly options: LagOptions;
  private readonly committedOf: (partition: string) => number;
  /** Where in the line of each partition the committed offset was found last. */
  private readonly cursors = new Map<string, number>();
  /** By partition: the lags of the last second, the oldest first. */
  private readonly recent = new Map<string, number[]>();
  private readonly lags: FactChannel<Lag>;
  private readonly skips: FactChannel<Skipped>;
  /** By partition: where the count has got to, and what no member had processed of the records before it. */
  private readonly passed = new Map<string, { at: number; unprocessed: SentRecord[] }>();

  constructor(sim: Simulation, group: string, options: LagOptions, committedOf: (partition: string) => number) {
    this.sim = sim;
    this.group = group;
    this.options = options;
    this.committedOf = committedOf;
    this.lags = sim.facts.channel(groupLag);
    this.skips = sim.facts.channel(groupSkipped);
    const kind = sim.eventKind(`${group}: the lag is looked at`);
    const again = (): void => {
      this.look();
      sim.schedule(INTERVAL, again, undefined, kind);
    };
    sim.schedule(0, again, undefined, kind);
  }

  endOf(partition: string): number {
    const line = this.options.book.line(partition);
    return line.length === 0 ? 0 : line[line.length - 1].lastOffset + 1;
  }

  private look(): void {
    const { group, lags, skips } = this;
    for (const partition of this.options.partitions) {
      const committed = this.committedOf(partition);
      if (lags.heard) {
        const records = Math.max(0, this.endOf(partition) - committed);
        const time = records === 0 ? 0 : this.ageOf(partition, committed);
        const alone = this.options.isAlone(partition);
        lags.emit({ group, partition, alone, records, time, rate: this.rateOf(partition, records) });
      }
      if (skips.heard) skips.emit({ group, partition, records: this.skippedOf(partition, committed) });
    }
  }

  /** The lag's change in a second, from how it was one before; before the first look there was none. */
  private rateOf(partition: string, records: number): number {
    const recent = this.recent.get(partition) ?? Array.from({ length: SLOPE }, () => 0);
    this.recent.set(partition, recent);
    recent.push(records);
    return records - recent.shift()!;
  }

  /**
   * Records below an offset that were deleted before any member had processed them. What is compacted away is superseded, not
   * skipped. Nobody passes what will be deleted before it is: what is not deleted by then, a member was given.
   */
  private skippedOf(partition: string, below: number): number {
    const line = this.options.book.line(partition);
    const passed = this.passed.get(partition) ?? { at: 0, unprocessed: [] };
    this.passed.set(partition, passed);
    passed.at = Math.min(passed.at, line.length);
    while (passed.at < line.length && line[passed.at].lastOffset < below) {
      passed.unprocessed.push(...line[passed.at].records.filter(({ isDeleted }) => isDeleted));
      passed.at++;
    }
    const { processed } = this.options;
    passed.unprocessed = passed.unprocessed.filter((record) => !processed.has(record) && record.copies > 0);
    return passed.unprocessed.length;
  }

  /** The age of the first record from an offset on; 0 if only markers follow. */
  private ageOf(partition: string, offset: number): Duration {
    const line = this.options.book.line(partition);
    let at = Math.min(this.cursors.get(partition) ?? 0, line.length - 1);
    while (at > 0 && line[at].firstOffset > offset) at--;
    while (at < line.length && (line[at].lastOffset < offset || line[at].records.length === 0)) at++;
    this.cursors.set(partition, at);
    if (at === line.length) return 0;
    const batch = line[at];
    const index = batch.records.findIndex((_, i) => offsetOf(batch, i) >= offset);
    return this.sim.now - batch.records[Math.max(0, index)].sentAt;
  }
}
