/**
 * The orders that people place, and the tills that send them on: each takes an order's time when it is placed. What is drawn of an
 * order belongs to its request, so that all variants have the same.
 */
import type {
  Call,
  Component,
  Endpoint,
  Intervention,
  KafkaProducerQuery,
  KeyedStream,
  Link,
  Outgoing,
  Simulation,
} from '../../../sim-core/index.ts';
import { register } from '../../../sim-core/index.ts';

const RECORD_BYTES = 200;
const CENTS = 10_000;
/** Lines of an order: so many at most. */
export const LINES_MAX = 3;
/** Of all orders those that are paid at once. */
export const PAID = 0.7;

/** An order as its record says it. */
export type Order = {
  readonly customer: number;
  readonly cents: number;
  readonly lines: number;
  readonly paid: string;
};

export class DrawnOrders {
  private readonly draws: KeyedStream;
  private readonly cancelled: number;

  /** `cancelled`: the share of those that say that the customer has no order any more. */
  constructor(sim: Simulation, cancelled: number) {
    this.draws = sim.keyedRandom('what is ordered');
    this.cancelled = cancelled;
  }

  of(request: number, customer: number): Order | null {
    const draws = this.draws.of(request);
    const cents = 1 + Math.floor(draws.next() * CENTS);
    const lines = 1 + Math.floor(draws.next() * LINES_MAX);
    const paid = draws.next() < PAID ? 'yes' : 'no';
    return draws.next() < this.cancelled ? null : { customer, cents, lines, paid };
  }
}

export class Tills implements Endpoint<number, void>, Component {
  readonly name = 'tills';
  readonly kind = 'service';
  readonly help = 'Take orders, write down when each was placed, and send it to the topic';
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>> = {};
  private readonly sim: Simulation;
  private readonly orders: DrawnOrders;
  private readonly producer: Link<KafkaProducerQuery, void>;
  private readonly told: (request: number, order: Order | null) => void;
  private open = 0;

  /** `told`: called with each order that the log has. */
  constructor(
    sim: Simulation,
    orders: DrawnOrders,
    producerOf: (tills: string) => Link<KafkaProducerQuery, void>,
    told: (request: number, order: Order | null) => void,
  ) {
    this.sim = sim;
    this.orders = orders;
    this.told = told;
    register(sim, this);
    this.producer = producerOf(this.name);
  }

  receive(call: Call<number, void>): void {
    const { query: customer, request } = call;
    const order = this.orders.of(request.id, customer);
    const record: Outgoing = { key: customer, value: order, timestamp: this.sim.now, bytes: RECORD_BYTES };
    this.open++;
    this.producer.call(record, request).begin({
      resume: () => {
        this.open--;
        this.told(request.id, order);
        call.reply();
      },
      fail: () => {
        this.open--;
        call.refuse('error');
      },
    });
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'orders on their way': this.open };
  }

  violations(): readonly string[] {
    return [];
  }
}
