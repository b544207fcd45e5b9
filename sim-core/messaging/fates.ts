/**
 * What becomes of the copies of messages. A copy is a message in one queue or subscription: a message that is routed to
 * three queues has three. Every copy has exactly one fate at any time, and every broker's books must balance: what it
 * has taken in is what is ready, what is in flight, and what has ended.
 */

/** Copies that are still there, and those that have ended: how. */
export type Fate =
  /** Waits to be delivered, or to become visible. */
  | 'ready'
  /** Delivered, and neither acknowledged nor given back. */
  | 'in-flight'
  | 'acknowledged'
  /** Moved elsewhere as a dead letter: there it is another copy. */
  | 'dead-lettered'
  /** Its time to live or the retention ended. */
  | 'expired'
  /** Given up on purpose: over a limit, purged, trimmed, or its queue deleted. */
  | 'dropped'
  /** Gone against everybody's will: by a crash, or for want of the place that it should have gone to. */
  | 'lost';

export const FATES: readonly Fate[] = [
  'ready',
  'in-flight',
  'acknowledged',
  'dead-lettered',
  'expired',
  'dropped',
  'lost',
];

/** What an owner holds, and was offered, by its own count. */
export interface Held {
  readonly ready: number;
  readonly inFlight: number;
  readonly offered?: number;
}

/** The books of one queue or subscription. */
export class Fates {
  private readonly counts: Record<Fate, number> = {
    ready: 0,
    'in-flight': 0,
    acknowledged: 0,
    'dead-lettered': 0,
    expired: 0,
    dropped: 0,
    lost: 0,
  };

  /** A copy comes in, and has this fate first. */
  take(fate: Fate): void {
    this.counts[fate]++;
  }

  /** A copy's fate changes. */
  move(from: Fate, to: Fate): void {
    this.counts[from]--;
    this.counts[to]++;
  }

  count(fate: Fate): number {
    return this.counts[fate];
  }

  /** Copies that have a fate: all that were ever taken in. */
  get total(): number {
    return FATES.reduce((total, fate) => total + this.counts[fate], 0);
  }

  /**
   * What does not balance, in words, against the copies that the owner really holds and, where the owner counts them
   * itself, those that it was ever offered: one that it let go without a word is missing here.
   */
  violations(owner: string, { ready, inFlight, offered }: Held): string[] {
    const broken: string[] = [];
    const { counts, total } = this;
    if (counts.ready !== ready) broken.push(`${owner}: holds ${ready} ready copies, its books say ${counts.ready}`);
    if (counts['in-flight'] !== inFlight)
      broken.push(`${owner}: ${inFlight} copies are in flight, its books say ${counts['in-flight']}`);
    if (offered !== undefined && offered !== total)
      broken.push(`${owner}: was offered ${offered} copies, ${total} have a fate`);
    for (const fate of FATES) if (counts[fate] < 0) broken.push(`${owner}: ${counts[fate]} copies are ${fate}`);
    return broken;
  }
}
