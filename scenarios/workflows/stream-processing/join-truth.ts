/**
 * The experimenter's look at the join of orders with payments: payments that the topic has, and that no result names. One that
 * is on its way counts until its result is read. No model reads it.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  fieldsOf,
  ms,
  type Fact,
  type FactChannel,
  type Simulation,
  type ValuedRecord,
} from '../../../sim-core/index.ts';
import type { ResultObserver } from './result-ledger.ts';

const EVERY = ms(250);

/** A result of the join was read, so long after the time that it has. */
export const joinRead = defineFact('join.result', 'A result of the join of payments with orders was read', {
  request: 'request',
  isAlone: 'flag',
  age: 'duration',
});

type Read = Fact<typeof joinRead>;

/** Payments were held against results. */
export const paymentsCompared = defineReading('join.compared', 'Payments were held against results', {
  unmatched: 'number',
});

export const JOINED = 'join.results';
export const UNMATCHED = 'join.payments.unmatched';

export const ALONE = 'join.results.alone';
export const ALONE_DELAY = 'join.results.alone.delay';

export const joinSignals = [
  defineSignal({
    name: JOINED,
    kind: 'counter',
    unit: '{record}',
    help: 'Results of the join of payments with orders that were read, and have both',
    fact: joinRead,
    where: (fact: Read) => !fact.isAlone,
  }),
  defineSignal({
    name: ALONE,
    kind: 'counter',
    unit: '{record}',
    help: 'Results that were read of a payment that has met no order in its window',
    fact: joinRead,
    where: (fact: Read) => fact.isAlone,
  }),
  defineSignal({
    name: ALONE_DELAY,
    kind: 'histogram',
    unit: 's',
    help: 'Time from a payment that meets no order to the moment at which the result is read that says so',
    fact: joinRead,
    where: (fact: Read) => fact.isAlone,
    value: (fact: Read) => fact.age,
  }),
  defineSignal({
    name: UNMATCHED,
    kind: 'gauge',
    unit: '{payment}',
    help: 'Payments in the log that no result names: those that missed the window and of which nothing tells, and those on their way',
    fact: paymentsCompared,
    value: (fact: Fact<typeof paymentsCompared>) => fact.unmatched,
    of: () => 'join',
  }),
];

export class JoinTruth implements ResultObserver {
  private readonly paidOrders = new Set<number>();
  private readonly named = new Set<number>();
  private readonly sim: Simulation;
  private readonly read: FactChannel<Read>;

  constructor(sim: Simulation) {
    this.sim = sim;
    this.read = sim.facts.channel(joinRead);
    const compared = sim.facts.channel(paymentsCompared);
    const kind = sim.eventKind('payments are held against results');
    const again = (): void => {
      if (compared.heard) compared.emit({ unmatched: this.unmatched() });
      sim.schedule(EVERY, again, undefined, kind);
    };
    sim.schedule(EVERY, again, undefined, kind);
  }

  placed(): void {}

  sent(): void {}

  paid(order: number): void {
    this.paidOrders.add(order);
  }

  result(record: ValuedRecord): void {
    const { order, customer } = fieldsOf(record);
    this.named.add(order as number);
    if (!this.read.heard) return;
    const age = this.sim.now - record.timestamp;
    this.read.emit({ request: record.request, isAlone: customer === undefined, age });
  }

  private unmatched(): number {
    let count = 0;
    for (const order of this.paidOrders) if (!this.named.has(order)) count++;
    return count;
  }
}
