/**
 * The spool: where a pipeline begins. It accepts items from their senders at once, as a log on disk does, and gives them to the
 * first stage as that lets it, oldest first. What it may not hand over yet waits here: this is where blocked threads and
 * missing demand move a backlog to. It has no bound of its own; it can give up what has waited for too long.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { handOver, type NextStage } from './outlets/hand-over.ts';
import type { Outlet } from './outlets/outlet.ts';
import type { Parcel, ParcelBook } from './parcel.ts';

export const spoolHeld = defineReading('pipeline.spooled', 'What waits before a pipeline changed', {
  spool: 'text',
  items: 'number',
});

export const spoolSignals = [
  defineSignal({
    name: 'pipeline.lag',
    kind: 'gauge',
    unit: '{item}',
    help: 'Items that were accepted and that the first stage has not taken: the lag of the pipeline behind its source',
    fact: spoolHeld,
    value: (fact) => fact.items,
    of: (fact) => fact.spool,
  }),
];

export interface SpoolOptions {
  readonly name: string;
  readonly book: ParcelBook;
  /** Bytes of an item. */
  readonly itemSize: number;
  /** What has waited here for longer is given up; Infinity for never. */
  readonly shedAfter: Duration;
  readonly next: NextStage;
}

export class Spool implements Endpoint<unknown, unknown>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help = 'Accepts what is sent, on disk, and hands it on as the first stage lets it';
  readonly signals = spoolSignals;
  readonly interventions = {};
  readonly isUp = true;
  private readonly sim: Simulation;
  private readonly options: SpoolOptions;
  private readonly items = new Fifo<Parcel>();
  private readonly outlet: Outlet;
  private readonly told: FactChannel<Fact<typeof spoolHeld>>;
  /** Whether the one who hands over is waiting until an item is taken. */
  private isHanding = false;

  constructor(sim: Simulation, options: SpoolOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.told = sim.facts.channel(spoolHeld);
    this.outlet = handOver(sim, options.next, options.book, { sender: this, wake: () => this.handOn() });
    register(sim, this);
  }

  get held(): number {
    return this.items.size;
  }

  get underWay(): number {
    return this.outlet.underWay;
  }

  /** Items that the first stage has asked for and that are not here; 0 where it does not ask. */
  get demand(): number {
    return this.outlet.demand;
  }

  receive(call: Call<unknown, unknown>): void {
    this.items.add(this.options.book.accept(call, this.options.itemSize));
    this.handOn();
  }

  state(): Readonly<Record<string, number | string>> {
    const { accepted, held } = this.options.book;
    return { waiting: this.items.size, accepted, 'on the way in all': held };
  }

  violations(): readonly string[] {
    return this.held + this.underWay > this.options.book.held ? [`${this.name}: holds what has ended`] : [];
  }

  private handOn(): void {
    const { items, outlet } = this;
    this.shed();
    while (items.size > 0 && !this.isHanding) {
      const place = outlet.reserve();
      if (place === undefined) break;
      this.isHanding = true;
      place.send(items.take(), () => {
        this.isHanding = false;
      });
      this.shed();
    }
    if (this.told.heard) this.told.emit({ spool: this.name, items: items.size });
  }

  /** Gives up those at the head that have waited for too long, as they come up. */
  private shed(): void {
    const { items, options } = this;
    const since = this.sim.now - options.shedAfter;
    while (items.first !== undefined && items.first.accepted < since) options.book.end(items.take(), 'expired');
  }
}
