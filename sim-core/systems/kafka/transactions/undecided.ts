/**
 * How many records of a partition are replicated and not shown to readers of committed records, since they or something
 * before them belongs to a transaction that is not decided. The experimenter's look.
 */
import { defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import type { Replica } from '../replica.ts';

/** The distance from the last stable offset to the high watermark changed. */
export const undecidedChanged = defineReading(
  'kafka.partition.undecided',
  'Records that wait for a transaction changed in number',
  { partition: 'text', records: 'number' },
);

type Changed = Fact<typeof undecidedChanged>;

export const undecidedSignals = [
  defineSignal({
    name: 'kafka.partition.undecided',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records that are replicated and wait for a transaction to be decided, their own or one before them',
    fact: undecidedChanged,
    value: (fact: Changed) => fact.records,
    of: (fact: Changed) => fact.partition,
  }),
];

export class Undecided {
  private readonly known = new Map<string, number>();
  private readonly changed: FactChannel<Changed>;

  constructor(sim: Simulation) {
    this.changed = sim.facts.channel(undecidedChanged);
  }

  look({ id, leading }: Replica): void {
    if (leading === undefined || !this.changed.heard) return;
    const records = leading.highWatermark - leading.lastStable;
    if (records === (this.known.get(id) ?? 0)) return;
    this.known.set(id, records);
    this.changed.emit({ partition: id, records });
  }
}
