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
  private taken = 0;

  /** A copy comes in, and has this fate first. */
  take(fate: Fate): void {
    this.taken++;
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

  /** Copies taken in so far. */
  get total(): number {
    return this.taken;
  }

  /** What does not balance, in words, against the copies that the queue really holds. */
  violations(owner: string, held: { readonly ready: number; readonly inFlight: number }): string[] {
    const broken: string[] = [];
    const { counts } = this;
    if (counts.ready !== held.ready)
      broken.push(`${owner}: holds ${held.ready} ready copies, its books say ${counts.ready}`);
    if (counts['in-flight'] !== held.inFlight)
      broken.push(`${owner}: ${held.inFlight} copies are in flight, its books say ${counts['in-flight']}`);
    const sum = FATES.reduce((total, fate) => total + counts[fate], 0);
    if (sum !== this.taken) broken.push(`${owner}: took in ${this.taken} copies, ${sum} have a fate`);
    for (const fate of FATES) if (counts[fate] < 0) broken.push(`${owner}: ${counts[fate]} copies are ${fate}`);
    return broken;
  }
}
