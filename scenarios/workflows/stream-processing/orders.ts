/**
 * The orders that people place, and the tills that send them on: each takes an order's time when it is placed. What is drawn of an
 * order belongs to its request, so that all variants have the same.
 */
import type {
  Call,
  Component,
  Duration,
  Endpoint,
  Intervention,
  KeyedStream,
  RandomStream,
  RequestContext,
  Simulation,
  Time,
  Wait,
} from '../../../sim-core/index.ts';
import { register, s } from '../../../sim-core/index.ts';

/** Any amount up to that is as likely. */
export const CENTS = 10_000;
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

/** An order when it is placed. */
export interface Placed {
  readonly request: number;
  readonly customer: number;
  /** Null: the customer has no order any more. */
  readonly order: Order | null;
  readonly at: Time;
}

export interface OrderOptions {
  /** The share of those that say that the customer has no order any more. */
  readonly cancelled: number;
  /** Of tills that are offline, and for how long at most. */
  readonly lateShare: number;
  readonly lateMost: Duration;
}

/** What follows hears of. */
export interface TillsObserver {
  placed(placed: Placed): void;
  /** Whoever it is sent to has it. */
  sent(placed: Placed): void;
}

/** How an order is sent on; waits until whoever is told has it. */
export type SendOn = (placed: Placed, request: RequestContext) => Wait<unknown>;

export class Tills implements Endpoint<number, void>, Component {
  readonly name = 'tills';
  readonly kind = 'service';
  readonly help =
    'Take orders, write down when each was placed, and send it on, to the topic or the shop’s table; one that is offline does so later';
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly draws: KeyedStream;
  private readonly cancelledShare: number;
  private readonly sendOn: SendOn;
  private readonly observer: TillsObserver;
  private readonly onlineKind: number;
  private lateShare: number;
  private lateMost: Duration;
  private open = 0;
  private offline = 0;

  constructor(
    sim: Simulation,
    { cancelled, lateShare, lateMost }: OrderOptions,
    sendOnFrom: (tills: string) => SendOn,
    observer: TillsObserver,
  ) {
    this.sim = sim;
    this.draws = sim.keyedRandom('what is ordered');
    this.cancelledShare = cancelled;
    this.lateShare = lateShare;
    this.lateMost = lateMost;
    this.observer = observer;
    this.onlineKind = sim.eventKind('a till is online again');
    this.interventions = {
      offline: {
        help: 'From now on such a share of the orders is held by tills that are offline, for up to so many seconds each',
        arguments: [
          { name: 'share', help: 'of the orders', min: 0, max: 1, default: 0.3 },
          { name: 'seconds', help: 'for how long at most', min: 0.1, max: 600, default: 8 },
        ],
        apply: ([late, seconds]) => {
          this.lateShare = late;
          this.lateMost = Math.round(seconds * s(1));
        },
      },
    };
    register(sim, this);
    this.sendOn = sendOnFrom(this.name);
  }

  receive(call: Call<number, void>): void {
    const { query: customer, request } = call;
    const draws = this.draws.of(request.id);
    const order = this.draw(draws, customer);
    const placed = { request: request.id, customer, order, at: this.sim.now };
    this.observer.placed(placed);
    const isLate = draws.next() < this.lateShare;
    const held = isLate ? Math.round(draws.next() * this.lateMost) : 0;
    if (!isLate) return this.send(call, placed);
    this.offline++;
    const online = (): void => {
      this.offline--;
      this.send(call, placed);
    };
    this.sim.schedule(held, online, undefined, this.onlineKind, request.id);
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'orders on their way': this.open, 'orders held offline': this.offline };
  }

  violations(): readonly string[] {
    return [];
  }

  private draw(draws: RandomStream, customer: number): Order | null {
    const cents = 1 + Math.floor(draws.next() * CENTS);
    const lines = 1 + Math.floor(draws.next() * LINES_MAX);
    const paid = draws.next() < PAID ? 'yes' : 'no';
    return draws.next() < this.cancelledShare ? null : { customer, cents, lines, paid };
  }

  private send(call: Call<number, void>, placed: Placed): void {
    this.open++;
    this.sendOn(placed, call.request).begin({
      resume: () => {
        this.open--;
        this.observer.sent(placed);
        call.reply();
      },
      fail: () => {
        this.open--;
        call.refuse('error');
      },
    });
  }
}
