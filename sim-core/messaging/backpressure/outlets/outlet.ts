/**
 * How a sender's side of a pipeline hands its items to the next stage, and what it learns of whether there is room. Senders ask
 * `reserve` before they begin on an item that they will have to hand over, and `send` it to the place they got when they are done.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Endpoint } from '../../../network/call.ts';
import type { Link } from '../../../network/link.ts';
import type { Parcel, ParcelBook } from '../parcel.ts';
import type { Prefetching } from '../reactive/prefetching.ts';

/** Where one item may be sent. */
export interface Place {
  /** `sent` is called when the sender's hands are free for the next. */
  send(parcel: Parcel, sent: () => void): void;
}

export interface Outlet {
  /** Promises a place for one more; undefined if the sender has to wait: it is woken when that changes. */
  reserve(): Place | undefined;
  /** The sender's process has died: what it was handing over is lost with it. */
  senderDied(): void;
  /** The next stage's process has died. */
  receiverDied(): void;
  /** The process at one end is up again; the other may be. */
  connect(): void;
  /** Sent and neither taken by the next stage nor lost. */
  readonly underWay: number;
  /** Asked for by the next stage and not promised yet; 0 where nobody asks. */
  readonly demand: number;
}

/** An item that is being put, and whose it is. */
export interface Handover {
  readonly parcel: Parcel;
  /** Set by the next stage: the item is its own now. */
  isTaken: boolean;
  /** Set by the sender's side: nobody waits for it to be taken any more, and it is not to be. */
  isAbandoned: boolean;
}

/** The next stage, as outlets see it. */
export interface Inlet extends Endpoint<Handover, undefined> {
  /** What is pushed: taken, dropped or lost, as the stage's buffer says. */
  arrive(parcel: Parcel): void;
  readonly isUp: boolean;
  /** This outlet leads here. */
  fedBy(outlet: Outlet): void;
  /** What is pulled. */
  readonly subscriber: Prefetching<Parcel>;
}

export interface OutletOptions {
  readonly sim: Simulation;
  readonly book: ParcelBook;
  /** To the next stage; it keeps the order. */
  readonly link: Link<Handover, undefined>;
  readonly inlet: Inlet;
  readonly background: BackgroundRequests;
  /** Where items are put: one that found nobody at the other end is put again after so long. */
  readonly retryAfter: Duration;
  readonly senderIsUp: () => boolean;
  /** The sender may go on. */
  readonly wake: () => void;
}
