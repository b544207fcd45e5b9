/**
 * The experimenter's look at a continuous query: what its results say of each window, beside the orders that were placed in it, late or
 * not. A window of a partition counts once a later one of it has a result. No model reads it.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  fieldsOf,
  partitionOf,
  type Duration,
  type Fact,
  type FactChannel,
  type Simulation,
  type Time,
  type ValuedRecord,
} from '../../../sim-core/index.ts';
import { PARTITIONS } from './limits.ts';
import { lookAgainAndAgain } from './looks.ts';
import type { Placed, TillsObserver } from './orders.ts';
import type { Values } from './params.ts';
import { advanceOf, queryNamed } from './queries.ts';

/** A result of the query was read. */
export const resultRead = defineFact('query.result', 'A result of the continuous query was read', {
  request: 'request',
  delay: 'duration',
});

/** Windows that have results were held against the orders that were placed in them. */
export const windowsCompared = defineReading('query.compared', 'Results were held against what was placed', {
  missing: 'number',
});

export const RESULT_DELAY = 'query.result.delay';
export const RESULTS_READ = 'query.results';
export const LEFT_OUT = 'query.orders.left_out';

export const querySignals = [
  defineSignal({
    name: LEFT_OUT,
    kind: 'gauge',
    unit: '{order}',
    help: 'Orders that were placed in windows that have results, and are not in these',
    fact: windowsCompared,
    value: (fact: Fact<typeof windowsCompared>) => fact.missing,
    of: () => 'query',
  }),
  defineSignal({
    name: RESULTS_READ,
    kind: 'counter',
    unit: '{record}',
    help: 'Results of the continuous query that were read, each change of one counted',
    fact: resultRead,
  }),
  defineSignal({
    name: RESULT_DELAY,
    kind: 'histogram',
    unit: 's',
    help: 'Time from the end of a window to the moment when its final result is read; or, with each change, from the order that makes it',
    fact: resultRead,
    value: (fact: Fact<typeof resultRead>) => fact.delay,
  }),
];

interface Window {
  placed: number;
  /** By customer: what the last result says. */
  readonly results: Map<number, number>;
}

export class QueryTruth implements TillsObserver {
  private readonly sim: Simulation;
  private readonly size: Duration;
  private readonly advance: Duration;
  private readonly query: string;
  private readonly emit: string;
  /** When each order was placed, by its request. */
  private readonly placedAt = new Map<number, Time>();
  /** By partition and the beginning of the window. */
  private readonly windows = Array.from({ length: PARTITIONS }, () => new Map<number, Window>());
  private readonly latest: number[] = Array.from({ length: PARTITIONS }, () => -1);
  private readonly read: FactChannel<Fact<typeof resultRead>>;
  private readonly compared: FactChannel<Fact<typeof windowsCompared>>;

  constructor(sim: Simulation, { windowSize, emit, query }: Pick<Values, 'windowSize' | 'emit' | 'query'>) {
    this.sim = sim;
    this.size = windowSize;
    this.advance = advanceOf(query, windowSize);
    this.query = query;
    this.emit = emit;
    this.read = sim.facts.channel(resultRead);
    this.compared = sim.facts.channel(windowsCompared);
    lookAgainAndAgain(sim, 'results are held against what was placed', this.compared, () =>
      this.compared.emit({ missing: this.missing() }),
    );
  }

  placed({ request, customer, order, at }: Placed): void {
    if (order === null || !queryNamed(this.query).counts(order)) return;
    this.placedAt.set(request, at);
    const partition = partitionOf(customer, PARTITIONS);
    // Every window that the time is in, back from the one that began last.
    for (
      let start = Math.floor(at / this.advance) * this.advance;
      start >= 0 && start > at - this.size;
      start -= this.advance
    ) {
      this.windowOf(partition, start).placed++;
    }
  }

  sent(): void {}

  result(record: ValuedRecord): void {
    const { customer, orders, windowstart, windowend } = fieldsOf(record) as Readonly<Record<string, number>>;
    const partition = partitionOf(customer, PARTITIONS);
    this.windowOf(partition, windowstart).results.set(customer, orders);
    this.latest[partition] = Math.max(this.latest[partition], windowstart);
    if (!this.read.heard) return;
    const due = this.emit === 'FINAL' ? windowend : this.placedAt.get(record.request)!;
    this.read.emit({ request: record.request, delay: this.sim.now - due });
  }

  private missing(): number {
    let missing = 0;
    this.windows.forEach((windows, partition) => {
      for (const [start, { placed, results }] of windows) {
        if (start >= this.latest[partition]) continue;
        missing += placed;
        for (const orders of results.values()) missing -= orders;
      }
    });
    return missing;
  }

  private windowOf(partition: number, start: number): Window {
    const windows = this.windows[partition];
    let window = windows.get(start);
    if (window === undefined) windows.set(start, (window = { placed: 0, results: new Map() }));
    return window;
  }
}
