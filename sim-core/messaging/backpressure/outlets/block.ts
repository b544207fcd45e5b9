/**
 * Block: puts one item and waits until it has been taken, as a put into a `BlockingQueue` does, or a call that is answered when
 * there is room. The sender's hands are full for so long: a thread is held, and the wait goes on upstream from thread to
 * thread. An item that finds nobody at the other end is kept and put again.
 */
import type { Waiter } from '../../../kernel/wait.ts';
import { CallFailed } from '../../../network/call.ts';
import type { Parcel } from '../parcel.ts';
import type { Handover, Outlet, OutletOptions, Place } from './outlet.ts';

export class Block implements Outlet, Place {
  readonly demand = 0;
  private readonly options: OutletOptions;
  private readonly retryKind: number;
  private puts = new Set<Put>();

  constructor(options: OutletOptions) {
    this.options = options;
    this.retryKind = options.sim.eventKind(`${options.link.from} tries ${options.link.to} again`);
  }

  get underWay(): number {
    let count = 0;
    for (const { isTaken } of this.puts) if (!isTaken) count++;
    return count;
  }

  reserve(): Place {
    return this;
  }

  send(parcel: Parcel, sent: () => void): void {
    const put = new Put(this, parcel, sent);
    this.puts.add(put);
    this.put(put);
  }

  senderDied(): void {
    const { puts } = this;
    this.puts = new Set();
    for (const put of puts) {
      put.isAbandoned = true;
      if (!put.isTaken) this.options.book.end(put.parcel, 'crash');
    }
  }

  /** Its calls are refused, and tried again. */
  receiverDied(): void {}

  connect(): void {}

  put(put: Put): void {
    if (!put.isAbandoned) this.options.link.call(put, put.parcel.request).begin(put);
  }

  isTaken(put: Put): void {
    if (!this.puts.delete(put)) return;
    put.sent();
    this.options.wake();
  }

  tryLater(put: Put): void {
    const { sim, retryAfter } = this.options;
    sim.schedule(retryAfter, () => this.put(put), undefined, this.retryKind, put.parcel.request.id);
  }
}

/** One item that is being handed over. */
class Put implements Waiter, Handover {
  readonly parcel: Parcel;
  readonly sent: () => void;
  isTaken = false;
  isAbandoned = false;
  private readonly outlet: Block;

  constructor(outlet: Block, parcel: Parcel, sent: () => void) {
    this.outlet = outlet;
    this.parcel = parcel;
    this.sent = sent;
  }

  resume(): void {
    this.outlet.isTaken(this);
  }

  fail(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    this.outlet.tryLater(this);
  }
}
