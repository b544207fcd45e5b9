/** What becomes of orders, message by message: attempts that it took, effects out of order, what waits in line. */
import {
  defineFact,
  defineSignal,
  queueChanged,
  type Duration,
  type Fact,
  type FactChannel,
  type Received,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { ORDERS } from './queues.ts';

const concluded = defineFact('order.concluded', 'An order was done, or given up', {
  request: 'request',
  outcome: 'text',
  retries: 'number',
});
const late = defineFact('order.retried_late', 'An order came back after its delay', {
  request: 'request',
  late: 'duration',
});
const overtaken = defineFact('order.overtaken', "An order was done after a later one of its customer's", {
  request: 'request',
  customer: 'number',
});

const waited = defineFact('order.waited', 'An order is tried again in place', {
  request: 'request',
  share: 'number',
});

export const RETRIES = 'orders.retry_count';
export const OVERTAKEN = 'orders.overtaken';
export const BACKLOG = 'orders.backlog';
export const WAITED = 'orders.retry.wait_share';
export const LATE = 'orders.retry.lateness';
export const GIVEN_UP = 'orders.given_up';

export const poisonSignals = [
  defineSignal({
    name: RETRIES,
    kind: 'histogram',
    unit: '{retry}',
    help: 'Retries of an order until it was done or given up: 0 for most',
    fact: concluded,
    value: (fact) => fact.retries,
  }),
  defineSignal({
    name: LATE,
    kind: 'histogram',
    unit: 's',
    help: 'How much later than its delay an order came back to the consumer',
    fact: late,
    value: (fact) => fact.late,
  }),
  defineSignal({
    name: WAITED,
    kind: 'histogram',
    unit: '1',
    help: 'Time from a failed attempt to the next one in place, as a part of the wait that doubles without jitter',
    fact: waited,
    value: (fact) => fact.share,
  }),
  defineSignal({
    name: GIVEN_UP,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that failed at every attempt they had',
    fact: concluded,
    where: (fact) => fact.outcome === 'given up',
  }),
  defineSignal({
    name: OVERTAKEN,
    kind: 'counter',
    unit: '{order}',
    help: "Orders that were done after a later one of the same customer's",
    fact: overtaken,
  }),
  defineSignal({
    name: BACKLOG,
    kind: 'gauge',
    unit: '{message}',
    help: 'Orders that wait for the consumer',
    fact: queueChanged,
    where: (fact) => fact.queue === ORDERS,
    value: (fact) => fact.ready,
    of: (fact) => fact.queue,
  }),
];

export class Tally {
  private readonly conclusions: FactChannel<Fact<typeof concluded>>;
  private readonly delays: FactChannel<Fact<typeof late>>;
  private readonly inversions: FactChannel<Fact<typeof overtaken>>;
  private readonly waits: FactChannel<Fact<typeof waited>>;
  private readonly failures = new Map<number, number>();
  /** Of each order, which one it was that the shop published. */
  private readonly places = new Map<number, number>();
  private readonly latestOf = new Map<number, number>();

  constructor(sim: Simulation) {
    this.conclusions = sim.facts.channel(concluded);
    this.delays = sim.facts.channel(late);
    this.inversions = sim.facts.channel(overtaken);
    this.waits = sim.facts.channel(waited);
  }

  /** The shop publishes an order: the way to the broker keeps that order of them. */
  published(id: number): void {
    this.places.set(id, this.places.size);
  }

  /** An order that was to come back at a moment is here. */
  cameBack({ id }: Received, due: Time, now: Time): void {
    if (this.delays.heard) this.delays.emit({ request: id, late: now - due });
  }

  /** It is tried again after a wait, that without jitter is so long. */
  waited({ id }: Received, time: Duration, withoutJitter: Duration): void {
    if (this.waits.heard) this.waits.emit({ request: id, share: time / withoutJitter });
  }

  /** How many attempts at it have failed, of whichever copy. */
  failuresOf({ id }: Received): number {
    return this.failures.get(id) ?? 0;
  }

  /** An attempt failed. */
  failed(message: Received): void {
    this.failures.set(message.id, this.failuresOf(message) + 1);
  }

  done(message: Received): void {
    const { id, key } = message;
    const latest = this.latestOf.get(key) ?? -1;
    const place = this.places.get(id)!;
    if (place < latest && this.inversions.heard) this.inversions.emit({ request: id, customer: key });
    this.latestOf.set(key, Math.max(latest, place));
    this.conclude(message, 'done');
  }

  /** The order had its last attempt, which failed. */
  givenUp(message: Received): void {
    this.conclude(message, 'given up');
  }

  private conclude(message: Received, outcome: string): void {
    const failures = this.failuresOf(message);
    const retries = outcome === 'done' ? failures : failures - 1;
    if (this.conclusions.heard) this.conclusions.emit({ request: message.id, outcome, retries });
  }
}
