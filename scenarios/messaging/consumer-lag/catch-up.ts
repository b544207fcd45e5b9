/** How long after it was scaled a group is still behind, by the look at its lag. */
import {
  defineReading,
  defineSignal,
  kafkaGroupLag,
  toSeconds,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';

export const CATCH_UP = 'consumer_lag.catch_up.time';

const behind = defineReading('consumer_lag.behind', 'A group that was scaled is still behind', { after: 'duration' });

export const catchUpSignal = defineSignal({
  name: CATCH_UP,
  kind: 'gauge',
  unit: 's',
  help: 'How long after the group was scaled its lag was still more than a second’s records and a poll of each member: it grows while the group is behind',
  fact: behind,
  value: (fact) => toSeconds(fact.after),
  of: () => 'all',
});

/** Tells of each look later than `scaled` at more than so many records in all partitions together. */
export function watchCatchUp(sim: Simulation, scaled: Time, records: number): void {
  const lags = new Map<string, number>();
  let sum = 0;
  const tell = sim.facts.channel(behind);
  sim.facts.channel(kafkaGroupLag).listen((lag) => {
    sum += lag.records - (lags.get(lag.partition) ?? 0);
    lags.set(lag.partition, lag.records);
    if (sim.now > scaled && sum > records && tell.heard) tell.emit({ after: sim.now - scaled });
  });
}
