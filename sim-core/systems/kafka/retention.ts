/**
 * Every replica's log is shortened by itself, whoever leads, where its topic keeps less than everything. What is counted is
 * what leaders delete: whether anybody has read it is no matter to them.
 */
import { defineFact, type Fact } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration } from '../../kernel/time.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Replica } from './replica.ts';

/** `log.retention.check.interval.ms`, as it is by default. */
const CHECK = 300 * SECOND;

/** A leader has deleted what its topic does not keep. */
export const recordsDeleted = defineFact(
  'kafka.records.deleted',
  'A leader deleted records that were too old or too many',
  {
    partition: 'text',
    records: 'number',
  },
);

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

/** Begins to look for what is not kept, for the broker of that name; nothing is deleted while it is down. */
export function keepRetention(
  sim: Simulation,
  owner: { readonly name: string; readonly isUp: boolean },
  replicas: readonly Replica[],
  interval: Duration = CHECK,
): void {
  const kind = sim.eventKind(`${owner.name} looks for segments that are too old or too many`);
  const deleted = sim.facts.channel(recordsDeleted);
  const clean = ({ id: partition, log, highWatermark, leading }: Replica): void => {
    const gone = log.retain(sim.now, highWatermark);
    const records = gone.reduce((sum, batch) => sum + batch.records.length, 0);
    if (records > 0 && leading !== undefined && deleted.heard) deleted.emit({ partition, records });
  };
  const check = (): void => {
    if (owner.isUp) replicas.forEach(clean);
    sim.schedule(interval, check, undefined, kind);
  };
  sim.schedule(interval, check, undefined, kind);
}
