/**
 * What a broker does to its logs by itself, whoever leads: it deletes segments that are retained no more, and compacts
 * where keys are compacted. Its cleaner looks for logs that are dirty enough, compacts them all, and rests. Of what is deleted
 * leaders' records are counted: whether anybody has read them is no matter to them.
 */
import { defineFact, defineReading, type Fact } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration } from '../../kernel/time.ts';
import { compact, dirtyRatio } from '../../messaging/log/compaction.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { BrokerOptions } from './broker-options.ts';
import type { Replica } from './replica.ts';

/** `log.retention.check.interval.ms` and `log.cleaner.backoff.ms`, as they are by default. */
const CHECK = 300 * SECOND;
const BACKOFF = 15 * SECOND;

/** A leader has deleted what its topic does not keep. */
export const recordsDeleted = defineFact(
  'kafka.records.deleted',
  'A leader deleted records that were too old or too many',
  {
    partition: 'text',
    records: 'number',
  },
);

/** A broker has compacted a log: the records that are gone from this replica by now. */
export const logCompacted = defineReading('kafka.log.compacted', 'A broker has compacted its replica of a partition', {
  replica: 'text',
  records: 'number',
});

export const retentionSignals = [
  defineSignal({
    name: 'kafka.records.deleted',
    kind: 'counter',
    unit: '{record}',
    help: 'Records that retention deleted from the logs of leaders, read or not',
    fact: recordsDeleted,
    amount: (fact: Fact<typeof recordsDeleted>) => fact.records,
  }),
];

export const upkeepSignals = [
  defineSignal({
    name: 'kafka.log_cleaner.removed',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records that compaction has removed so far, of all replicas together',
    fact: logCompacted,
    value: (fact: Fact<typeof logCompacted>) => fact.records,
    of: (fact: Fact<typeof logCompacted>) => fact.replica,
  }),
];

/** How often a broker looks; as it does by default, where nothing is said. */
export type UpkeepSettings = Pick<BrokerOptions, 'retentionCheck' | 'cleanerBackoff'>;

/** Begins to look after the logs, for the broker of that name; nothing is done to them while it is down. */
export function keepLogs(
  sim: Simulation,
  { name, isUp }: { readonly name: string; readonly isUp: () => boolean },
  replicas: readonly Replica[],
  { retentionCheck = CHECK, cleanerBackoff = BACKOFF }: UpkeepSettings = {},
): void {
  const deleted = sim.facts.channel(recordsDeleted);
  const compacted = sim.facts.channel(logCompacted);
  const removed = new Map<string, number>();
  const every = (time: Duration, what: string, act: (replica: Replica) => void): void => {
    const kind = sim.eventKind(`${name} ${what}`);
    const look = (): void => {
      if (isUp()) for (const replica of replicas) act(replica);
      sim.schedule(time, look, undefined, kind);
    };
    sim.schedule(time, look, undefined, kind);
  };
  every(retentionCheck, 'looks for segments that are too old or too many', (replica) => {
    const { id: partition, log, highWatermark, leading } = replica;
    const gone = log.retain(sim.now, highWatermark);
    for (const batch of gone) for (const record of batch.records) record.isDeleted = true;
    const records = gone.reduce((sum, batch) => sum + batch.records.length, 0);
    if (records > 0 && leading !== undefined && deleted.heard) deleted.emit({ partition, records });
  });
  every(cleanerBackoff, 'looks for logs to compact', ({ id: partition, log, highWatermark }) => {
    const { cleanupPolicy, dirtyRatioMin } = log.settings;
    if (cleanupPolicy === 'delete' || dirtyRatio(log, sim.now, highWatermark) <= dirtyRatioMin) return;
    const records = (removed.get(partition) ?? 0) + compact(log, sim.now, highWatermark);
    removed.set(partition, records);
    if (compacted.heard) compacted.emit({ replica: `${partition} of ${name}`, records });
  });
}
