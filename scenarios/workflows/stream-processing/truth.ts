/**
 * The experimenter's look at the stores of the tasks that run: each beside what the task's input comes to up to where the task is,
 * worked out by hand from the log; also when a task is restored, before it goes on. No model reads it.
 */
import {
  defineReading,
  defineSignal,
  kafkaTaskRestored,
  offsetOf,
  ValuedRecord,
  type Fact,
  type FactChannel,
  type KafkaCluster,
  type RecordKey,
  type RecordValue,
  type Simulation,
  type StreamsGroup,
} from '../../../sim-core/index.ts';
import { lookAgainAndAgain } from './looks.ts';
import { ORDERS } from './queries.ts';
import { STORE } from './topologies.ts';

/** The store of a task was looked at. */
export const storeCompared = defineReading('orders.state.compared', 'The store of a task was held against its input', {
  task: 'text',
  excess: 'number',
  missing: 'number',
  differing: 'number',
});

export const COUNTED_TWICE = 'orders.counts.doubled';
export const COUNTED_NOT = 'orders.counts.missing';
export const DIFFERING = 'orders.state.differing';

export const truthSignals = [
  defineSignal({
    name: COUNTED_TWICE,
    kind: 'gauge',
    unit: '{record}',
    help: 'By how much counts in stores are beyond the orders that their tasks have read: orders that are counted twice',
    fact: storeCompared,
    value: (fact: Fact<typeof storeCompared>) => fact.excess,
    of: (fact: Fact<typeof storeCompared>) => fact.task,
  }),
  defineSignal({
    name: COUNTED_NOT,
    kind: 'gauge',
    unit: '{record}',
    help: 'By how much counts in stores are below the orders that their tasks have read: orders that are not counted',
    fact: storeCompared,
    value: (fact: Fact<typeof storeCompared>) => fact.missing,
    of: (fact: Fact<typeof storeCompared>) => fact.task,
  }),
  defineSignal({
    name: DIFFERING,
    kind: 'gauge',
    unit: '{entry}',
    help: 'Keys whose entry in the store is not what the orders that its task has read come to',
    fact: storeCompared,
    value: (fact: Fact<typeof storeCompared>) => fact.differing,
    of: (fact: Fact<typeof storeCompared>) => fact.task,
  }),
];

/** What the input of one task comes to up to an offset. */
interface Fold {
  position: number;
  batch: number;
  values: Map<RecordKey, RecordValue>;
}

export class Truth {
  private readonly cluster: KafkaCluster;
  private readonly app: StreamsGroup;
  private readonly processing: string;
  private readonly folds = new Map<number, Fold>();
  private readonly compared: FactChannel<Fact<typeof storeCompared>>;

  constructor(sim: Simulation, cluster: KafkaCluster, app: StreamsGroup, processing: string) {
    this.cluster = cluster;
    this.app = app;
    this.processing = processing;
    this.compared = sim.facts.channel(storeCompared);
    sim.facts.channel(kafkaTaskRestored).listen(() => this.look());
    lookAgainAndAgain(sim, 'stores are held against their input', this.compared, () => this.look());
  }

  private look(): void {
    for (const { number, stored, positions } of this.app.tasks) {
      const state = stored.get(STORE);
      if (state === undefined) continue;
      const partition = `${ORDERS}-${number}`;
      const { values } = this.foldOf(number, positions.get(partition) ?? this.app.group.committedOf(partition));
      let excess = 0;
      let missing = 0;
      let differing = 0;
      for (const [key, value] of state.store.entries()) {
        const meant = values.get(key);
        if (typeof value === 'number') {
          const surplus = value - ((meant as number | undefined) ?? 0);
          excess += Math.max(0, surplus);
          missing += Math.max(0, -surplus);
        }
        if (value !== meant) differing++;
      }
      for (const [key, meant] of values) {
        if (state.store.get(key) !== undefined) continue;
        if (typeof meant === 'number') missing += meant;
        differing++;
      }
      this.compared.emit({ task: `task ${number}`, excess, missing, differing });
    }
  }

  private foldOf(task: number, below: number): Fold {
    let fold = this.folds.get(task);
    // A task that was put back begins anew.
    if (fold === undefined || fold.position > below) fold = { position: 0, batch: 0, values: new Map() };
    this.folds.set(task, fold);
    const line = this.cluster.book.line(`${ORDERS}-${task}`);
    for (; fold.batch < line.length && line[fold.batch].firstOffset < below; fold.batch++) {
      const batch = line[fold.batch];
      batch.records.forEach((record, index) => {
        const offset = offsetOf(batch, index);
        if (offset >= fold.position && offset < below && record instanceof ValuedRecord) this.add(fold.values, record);
      });
      if (batch.lastOffset >= below) break;
    }
    fold.position = below;
    return fold;
  }

  private add(values: Map<RecordKey, RecordValue>, { key, value }: ValuedRecord): void {
    if (this.processing === 'table') {
      if (value === null) values.delete(key!);
      else values.set(key!, value);
    } else if (value !== null) values.set(key!, ((values.get(key!) as number | undefined) ?? 0) + 1);
  }
}
