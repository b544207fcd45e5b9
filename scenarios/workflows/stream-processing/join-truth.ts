/**
 * The experimenter's look at the join of orders with payments: payments that the topic has, and whose order no result names. One that
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

/** A result of the join was read. */
export const joinRead = defineFact('join.result', 'An order that has met its payment was read', { request: 'request' });

/** Payments were held against results. */
export const paymentsCompared = defineReading('join.compared', 'Payments were held against results', {
  unmatched: 'number',
});

export const JOINED = 'join.results';
export const UNMATCHED = 'join.payments.unmatched';

export const joinSignals = [
  defineSignal({
    name: JOINED,
    kind: 'counter',
    unit: '{record}',
    help: 'Results of the join of orders with payments that were read',
    fact: joinRead,
  }),
  defineSignal({
    name: UNMATCHED,
    kind: 'gauge',
    unit: '{payment}',
    help: 'Payments in the log whose order no result names: those that missed the window, and those on their way',
    fact: paymentsCompared,
    value: (fact: Fact<typeof paymentsCompared>) => fact.unmatched,
    of: () => 'join',
  }),
];

export class JoinTruth implements ResultObserver {
  private readonly paidOrders = new Set<number>();
  private readonly named = new Set<number>();
  private readonly read: FactChannel<Fact<typeof joinRead>>;

  constructor(sim: Simulation) {
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
    this.named.add(fieldsOf(record)['order'] as number);
    if (this.read.heard) this.read.emit({ request: record.request });
  }

  private unmatched(): number {
    let count = 0;
    for (const order of this.paidOrders) if (!this.named.has(order)) count++;
    return count;
  }
}
