/**
 * Whom a queue lets publish that refuses what is too much (`x-overflow=reject-publish`). Most kinds refuse the message that
 * would be too much. A quorum queue takes what comes and tells its publishers afterwards (`evaluate_limit` and
 * `register_enqueuer` of `rabbit_fifo`, `enqueue` of `rabbit_fifo_client`, RabbitMQ 3.10.8): it is over its limit by one message
 * or more before they stop, each of them stops by itself, and they go on once four fifths of the limit are not exceeded. Who
 * publishes to it for the first time asks whether it is over its limit then, and not what the others were told. Dead letters
 * are sent by nobody who could be told, and are always taken.
 *
 * Does not model how long the word is on its way: here it arrives with the change that brought it about.
 */
import type { QueueKind } from './queue-kinds/queue-kind.ts';
import type { QueuePolicy } from './queue-options.ts';

/** Who published: an object for as long as it is the same one, such as a channel, or nobody who could be told anything. */
export type Publisher = object | 'dead-letter';

/** Ready copies and their bytes. */
interface Held {
  readonly size: number;
  readonly bytes: number;
}

interface Word {
  /** How many words had been sent to all when it was told this one. */
  readonly after: number;
  readonly isFree: boolean;
}

/** Share of a limit that may be held when publishers are told to go on (`?LOW_LIMIT` of `rabbit_fifo`). */
const LOW_SHARE = 0.8;

export const exceeds = (
  { lengthMax, bytesMax }: QueuePolicy,
  { size, bytes }: Held,
  copies: number,
  more: number,
): boolean => size + copies > lengthMax || bytes + more > bytesMax;

export class Admission {
  private readonly kind: QueueKind;
  /** What each publisher was told when it came, and the last word to all. */
  private told = new WeakMap<object, Word>();
  private words = 0;
  private isFree = true;
  private wasLow = true;

  constructor(kind: QueueKind) {
    this.kind = kind;
  }

  /** Whether a message of so many bytes is taken. */
  admits(policy: QueuePolicy, held: Held, bytes: number, by: Publisher): boolean {
    if (policy.overflow === 'drop-head') return true;
    if (!this.kind.tellsPublishers) return !exceeds(policy, held, 1, bytes);
    if (by === 'dead-letter') return true;
    const word = this.told.get(by);
    if (word !== undefined) return word.after < this.words ? this.isFree : word.isFree;
    const isFree = !exceeds(policy, held, 0, 0);
    this.told.set(by, { after: this.words, isFree });
    return isFree;
  }

  /** Something was done: tells all publishers what has changed for them. */
  look(policy: QueuePolicy, held: Held): void {
    if (policy.overflow !== 'reject-publish' || !this.kind.tellsPublishers) return;
    const isLow = held.size <= lowOf(policy.lengthMax) && held.bytes <= lowOf(policy.bytesMax);
    if (exceeds(policy, held, 0, 0)) this.tellAll(false);
    else if (isLow && !this.wasLow) this.tellAll(true);
    this.wasLow = isLow;
  }

  /** The publishers are gone, with the node. */
  forget(): void {
    this.told = new WeakMap();
  }

  private tellAll(isFree: boolean): void {
    this.words++;
    this.isFree = isFree;
  }
}

const lowOf = (limit: number): number => (limit === Infinity ? Infinity : Math.floor(limit * LOW_SHARE));
