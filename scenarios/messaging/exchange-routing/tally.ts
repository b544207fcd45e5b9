/** Who received what: copies that were wanted and that were not, messages that went nowhere, customers that moved. */
import {
  defineFact,
  defineReading,
  defineSignal,
  type Fact,
  type FactChannel,
  type Simulation,
} from '../../../sim-core/index.ts';
import { SET_ASIDE } from './topology.ts';

const published = defineFact('routing.published', 'The publisher heard of its event', {
  request: 'request',
  outcome: 'text',
  queues: 'number',
  due: 'number',
});
const received = defineFact('routing.received', 'A subscriber has worked at its copy', {
  queue: 'text',
  request: 'request',
  wanted: 'flag',
});
const moved = defineFact('routing.customer_moved', "A customer's event came to another worker than the one before", {
  request: 'request',
  customer: 'number',
  from: 'text',
  to: 'text',
});
const loaded = defineReading('routing.loaded', 'How unequal the workers are changed', { skew: 'number' });

export const DUE = 'routing.copies.due';
export const WANTED = 'routing.copies.wanted';
export const UNWANTED = 'routing.copies.unwanted';
export const UNWANTED_RATIO = 'routing.copies.unwanted_ratio';
export const ASIDE = 'routing.copies.set_aside';
export const VANISHED = 'routing.messages.vanished';
export const MOVED = 'routing.customers.moved';
export const SKEW = 'routing.workers.skew';

export const routingSignals = [
  defineSignal({
    name: DUE,
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that subscribers want of the events that were published',
    fact: published,
    amount: (fact) => fact.due,
  }),
  defineSignal({
    name: VANISHED,
    kind: 'counter',
    unit: '{message}',
    help: 'Events that the broker confirmed although they went to no queue, and nobody was told',
    fact: published,
    where: (fact) => fact.queues === 0 && fact.outcome === 'ack',
  }),
  defineSignal({
    name: WANTED,
    kind: 'counter',
    unit: '{message}',
    help: 'Copies received by a subscriber that wants them',
    fact: received,
    where: (fact) => fact.wanted,
  }),
  defineSignal({
    name: UNWANTED,
    kind: 'counter',
    unit: '{message}',
    help: 'Copies received by a subscriber that has no use for them',
    fact: received,
    where: (fact) => !fact.wanted && fact.queue !== SET_ASIDE,
  }),
  defineSignal({
    name: UNWANTED_RATIO,
    kind: 'ratio',
    unit: '1',
    help: 'Share of copies that were received for nothing',
    fact: received,
    where: (fact) => fact.queue !== SET_ASIDE,
    counts: (fact) => !fact.wanted,
  }),
  defineSignal({
    name: ASIDE,
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that the alternate exchange brought where somebody looks at them',
    fact: received,
    where: (fact) => fact.queue === SET_ASIDE,
  }),
  defineSignal({
    name: MOVED,
    kind: 'counter',
    unit: '{customer}',
    help: 'Times that a customer was with another worker than before',
    fact: moved,
  }),
  defineSignal({
    name: SKEW,
    kind: 'gauge',
    unit: '1',
    help: 'Events of the busiest worker over those of the mean one, since the workers last changed',
    fact: loaded,
    value: (fact) => fact.skew,
    of: () => 'workers',
  }),
];

export class Tally {
  private readonly publications: FactChannel<Fact<typeof published>>;
  private readonly receipts: FactChannel<Fact<typeof received>>;
  private readonly moves: FactChannel<Fact<typeof moved>>;
  private readonly loads: FactChannel<Fact<typeof loaded>>;
  private readonly workerOf = new Map<number, string>();
  private byWorker = new Map<string, number>();
  private events = 0;

  constructor(sim: Simulation) {
    this.publications = sim.facts.channel(published);
    this.receipts = sim.facts.channel(received);
    this.moves = sim.facts.channel(moved);
    this.loads = sim.facts.channel(loaded);
  }

  published(request: number, outcome: string, queues: number, due: number): void {
    if (this.publications.heard) this.publications.emit({ request, outcome, queues, due });
  }

  received(queue: string, request: number, wanted: boolean): void {
    if (this.receipts.heard) this.receipts.emit({ queue, request, wanted });
  }

  /** A worker has an event of a customer; so many workers share them. */
  worked(worker: string, request: number, customer: number, workers: number): void {
    const from = this.workerOf.get(customer);
    this.workerOf.set(customer, worker);
    if (from !== undefined && from !== worker && this.moves.heard)
      this.moves.emit({ request, customer, from, to: worker });
    const events = (this.byWorker.get(worker) ?? 0) + 1;
    this.byWorker.set(worker, events);
    this.events++;
    if (this.loads.heard) this.loads.emit({ skew: (Math.max(...this.byWorker.values()) * workers) / this.events });
  }

  /** The workers have changed: how unequal they are is counted anew. */
  workersChanged(): void {
    this.byWorker = new Map();
    this.events = 0;
  }
}
