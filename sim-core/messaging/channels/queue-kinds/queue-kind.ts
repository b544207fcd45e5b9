/**
 * The seam between kinds of queues: what they do in different ways. Everything else is `queue.ts`, the same for all.
 */
import type { Copy } from '../copy.ts';

/** How a copy came back: its consumer gave it back, or was gone with its channel. */
export type Return = 'given-back' | 'holder-gone';

/** The places of a queue's copies: which are free at the end, and before all others. */
export interface Places {
  /** The next one at the end. */
  atEnd(): number;
  /** The next one behind those that came back before, and before all that did not. */
  ahead(): number;
}

export interface QueueKind {
  readonly help: string;
  /** The place of a copy that came back. */
  placeOfReturned(copy: Copy, how: Return, places: Places, deliveryLimit: number): number;
  /** Whether copies are counted each time they come back, and thrown out beyond the queue's delivery limit. */
  readonly countsReturns: boolean;
  /** Whether a durable queue of this kind still has a copy after its node was killed. */
  survivesCrash(copy: Copy): boolean;
  /**
   * Whether it knows then who had what: the others are as they were, and what was out comes back as from a holder that is
   * gone. If not, all are in their order and may have been seen.
   */
  readonly remembersHolders: boolean;
  /** Whether copies that came back count for the length limit before they are handed out again. */
  readonly limitsFirst: boolean;
  /**
   * Who counts as a consumer of it: those that are subscribed; or all who can get or have a copy, which leaves out those
   * behind a single active consumer, and takes in those that have gone or only asked, until they have settled.
   */
  readonly countsAsConsumers: 'subscribed' | 'holders';
  /** Whether a consumer may have it alone. */
  readonly takesExclusiveConsumers: boolean;
  /** Whether what is at the head after a get, and has expired, goes at once where that get did not settle; or a moment later. */
  readonly expiresBehindGets: boolean;
  /** Whether a consumer may take one more for each copy of its own that the delivery limit threw out. */
  readonly creditsThrownOutTwice: boolean;
  /** Whether what goes for want of room is dead-lettered before all else that dies by the same command, the last one first. */
  readonly buriesOverflowFirst: boolean;
  /** Whether a consumer leaves its turn as soon as it can take no more, or when its turn comes and it cannot. */
  readonly fullLeaveAtOnce: boolean;
  /** Whether it takes what its publishers send until it has told them that it is full, or refuses what is too much. */
  readonly tellsPublishers: boolean;
  /** Whether it looks at intervals whether it was unused for too long; or goes at the instant at which that time ends. */
  readonly looksForUseByTicks: boolean;
  /** Whether to declare it again, or to ask how it stands, is to use it. */
  readonly askingIsUse: boolean;
}
