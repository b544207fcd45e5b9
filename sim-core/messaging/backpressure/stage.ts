/**
 * A stage of a pipeline: a process with a buffer before its workers. What comes by push is taken, dropped or refused by the buffer's
 * strategy; what is put waits at the door for room; what is pulled was asked for, as much as the buffer holds. A worker that
 * is done hands the item to the next stage, and is held for as long as that takes; the last stage delivers it.
 *
 * Items are bytes in the process's memory, those in work included. With more than it may have it is killed, as by the kernel's
 * out-of-memory killer, and starts again empty: what it held is lost. Does not model the pauses of a garbage collector that
 * come before that.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { BoundedBuffer, type OverflowName } from './bounded-buffer.ts';
import { handOver, type NextStage } from './outlets/hand-over.ts';
import type { Handover, Inlet, Outlet, Place } from './outlets/outlet.ts';
import type { Fate, Parcel, ParcelBook } from './parcel.ts';
import { Prefetching } from './reactive/prefetching.ts';
import { stageInterventions } from './stage-interventions.ts';
import { StageReadings, stageSignals } from './stage-readings.ts';

export interface StageOptions {
  readonly name: string;
  readonly help: string;
  readonly book: ParcelBook;
  /** Items that are worked at, at once: an integer of at least 1. */
  readonly workers: number;
  /** How long an item is worked at, in nanoseconds. */
  readonly service: Distribution;
  /** Items that wait for a worker; of those that are asked for by pull, all that are not done with. Infinity for no bound. */
  readonly bound: number;
  /** What becomes of an item that is pushed and finds the buffer full. */
  readonly overflow: OverflowName;
  /** Bytes that the process may hold. */
  readonly memoryMax: number;
  /** How long it takes to start again. */
  readonly restart: Duration;
  /** The next stage and the way there; without it this is the last one. */
  readonly next?: NextStage;
}

interface Work {
  readonly parcel: Parcel;
  /** Where it is sent then; undefined in the last stage. */
  readonly place: Place | undefined;
  done: EventHandle;
}

export class Stage implements Inlet, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = stageSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly subscriber: Prefetching<Parcel>;
  readonly sim: Simulation;
  private readonly options: StageOptions;
  private readonly buffer: BoundedBuffer<Parcel>;
  /** Putters who stand at the door; each sender's hands are full, so there are no more of them than hands upstream. */
  private readonly door = new Fifo<Call<Handover, undefined>>();
  private readonly works = new Set<Work>();
  private readonly draws: KeyedStream;
  private readonly doneKind: number;
  private readonly upKind: number;
  private readonly outlet: Outlet | undefined;
  /** Those by which items come here. */
  private readonly feeds: Outlet[] = [];
  private readonly readings: StageReadings;
  private handing = 0;
  private bytes = 0;
  private slowness = 1;
  private pausedUntil: Time = 0;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: StageOptions) {
    const { name, bound, overflow, book, next } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = options.help;
    this.draws = sim.keyedRandom(`${name}/service`);
    this.doneKind = sim.eventKind(`${name} is done with an item`);
    this.upKind = sim.eventKind(`${name} goes on`);
    this.readings = new StageReadings(sim, name);
    this.buffer = new BoundedBuffer({ capacity: bound, overflow, dropped: (parcel) => this.drop(parcel, 'overflow') });
    this.subscriber = new Prefetching<Parcel>({
      prefetch: Math.min(bound, Number.MAX_SAFE_INTEGER),
      receive: (parcel) => this.pulled(parcel),
      tooLate: (parcel) => book.end(parcel, 'unreachable'),
    });
    this.interventions = stageInterventions(this);
    const wake = (): void => {
      this.work();
      this.tell();
    };
    if (next !== undefined) this.outlet = handOver(sim, next, book, { sender: this, wake });
    register(sim, this);
    if (bound < Infinity)
      tellCapacity(sim, {
        kind: 'room',
        name: `${name} buffer`,
        units: () => this.buffer.capacity,
        held: () => this.buffer.size,
      });
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  /** Items in its buffer and in work. */
  get held(): number {
    return this.buffer.size + this.works.size;
  }

  /** Items on the way to the next stage. */
  get underWay(): number {
    return this.outlet?.underWay ?? 0;
  }

  /** Items that the next stage has asked for and that nothing was promised of yet; 0 where it does not ask. */
  get demand(): number {
    return this.outlet?.demand ?? 0;
  }

  fedBy(outlet: Outlet): void {
    this.feeds.push(outlet);
    outlet.connect();
  }

  arrive(parcel: Parcel): void {
    if (!this.isUp) {
      this.options.book.end(parcel, 'unreachable');
      return;
    }
    this.bytes += parcel.bytes;
    const offered = this.buffer.offer(parcel);
    if (offered === 'taken') this.admitted();
    else if (offered === 'ended') this.drop(parcel, 'ended');
  }

  receive(call: Call<Handover, undefined>): void {
    if (!this.isUp) {
      call.refuse('unavailable');
      return;
    }
    this.door.add(call);
    this.openDoor();
  }

  /** Takes up nothing new until then. */
  pause(until: Time): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
    this.wakeAt(this.pausedUntil);
  }

  slow(factor: number): void {
    this.slowness = factor;
  }

  /** From now on so many wait at most; those inside stay. */
  limit(bound: number): void {
    this.buffer.limit(bound);
    this.subscriber.resize(bound);
    this.openDoor();
  }

  /** The process dies, with all that it holds, and is up again after `downtime`. */
  crash(downtime: Duration): void {
    const { book } = this.options;
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.buffer.clear((parcel) => book.end(parcel, 'crash'));
    for (const { parcel, done } of this.works) {
      this.sim.cancel(done);
      book.end(parcel, 'crash');
    }
    this.works.clear();
    this.handing = 0;
    this.bytes = 0;
    this.subscriber.forget();
    this.outlet?.senderDied();
    for (const feed of this.feeds) feed.receiverDied();
    while (this.door.size > 0) this.door.take().refuse('unavailable');
    this.readings.died();
    this.tell();
    this.wakeAt(this.downUntil);
  }

  state(): Readonly<Record<string, number | string>> {
    const { buffer, works, handing, bytes } = this;
    const state = {
      waiting: buffer.size,
      bound: buffer.capacity === Infinity ? 'none' : buffer.capacity,
      'in work': works.size,
      'to be handed over': handing,
      'megabytes held': Math.round(bytes / 1e5) / 10,
    };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    if (this.works.size + this.handing > this.options.workers)
      broken.push(`${this.name}: more items in work than workers`);
    if ((this.held + this.handing === 0) !== (this.bytes === 0)) broken.push(`${this.name}: bytes without items`);
    return broken;
  }

  /** What was asked for has its room. */
  private pulled(parcel: Parcel): void {
    this.bytes += parcel.bytes;
    this.buffer.takeIn(parcel);
    this.admitted();
  }

  private admitted(): void {
    this.work();
    this.tell();
    if (this.bytes > this.options.memoryMax) this.crash(this.options.restart);
  }

  /** Lets in whoever stands at the door, while there is room. */
  private openDoor(): void {
    const { door, buffer } = this;
    while (door.size > 0 && buffer.size < buffer.capacity && this.isUp) {
      const call = door.take();
      const { query } = call;
      call.reply(undefined);
      if (query.isAbandoned) continue;
      query.isTaken = true;
      this.arrive(query.parcel);
    }
  }

  /** Workers who are free take what waits, if they may hand it over. */
  private work(): void {
    const { workers, service } = this.options;
    const { now } = this.sim;
    if (now < this.downUntil || now < this.pausedUntil) return;
    const before = this.buffer.size;
    while (this.works.size + this.handing < workers && this.buffer.size > 0) {
      const place = this.outlet?.reserve();
      if (this.outlet !== undefined && place === undefined) break;
      const parcel = this.buffer.take()!;
      const drawn = service.sample(this.draws.of(parcel.request.nextWorkKey()));
      const work: Work = { parcel, place, done: -1 };
      this.works.add(work);
      const lasts = Math.max(1, Math.round(drawn * this.slowness));
      work.done = this.sim.schedule(lasts, () => this.done(work), undefined, this.doneKind, parcel.request.id);
    }
    if (this.buffer.size < before) this.openDoor();
  }

  private done(work: Work): void {
    const { parcel, place } = work;
    this.works.delete(work);
    if (place === undefined) {
      this.bytes -= parcel.bytes;
      this.options.book.end(parcel, 'delivered');
    } else {
      this.handing++;
      place.send(parcel, () => {
        this.handing--;
        this.bytes -= parcel.bytes;
      });
    }
    this.subscriber.consumed();
    this.work();
    this.tell();
  }

  private drop(parcel: Parcel, fate: Fate): void {
    this.bytes -= parcel.bytes;
    this.options.book.end(parcel, fate);
  }

  private wakeAt(time: Time): void {
    this.sim.scheduleAt(time, () => this.goOn(), undefined, this.upKind);
  }

  private goOn(): void {
    if (!this.isUp) return;
    this.outlet?.connect();
    for (const feed of this.feeds) feed.connect();
    this.work();
    this.tell();
  }

  private tell(): void {
    this.readings.tell(this.buffer.size, this.works.size + this.handing, this.bytes, this.demand);
  }
}
