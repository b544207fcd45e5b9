/**
 * What travels with a request through every call made for it: its number, by which facts are tied together and draws
 * are keyed, and when it entered the system.
 *
 * The messages sent for a request are numbered, and each draws its delay by (link, request, number): whatever happens
 * to other requests, and however often this one calls, its draws are its own.
 */
import type { Time } from '../kernel/time.ts';

/** Messages, queries and spans that a request may have before its draws repeat. */
const DRAWS = 65_536;

/** From here on numbers belong to no client's request, but to work that is done for nobody: a block of 2^32 each. */
export const BACKGROUND = 68_719_476_736;
export const BACKGROUND_BLOCK = 4_294_967_296;

export class RequestContext {
  readonly id: number;
  readonly started: Time;
  /** When whoever sent it stops waiting; never without a client that does. */
  deadline: Time = Infinity;
  private messages = 0;
  private works = 0;
  private spans = 0;

  /** `id`: an integer from 0 to 2^37. */
  constructor(id: number, started: Time) {
    this.id = id;
    this.started = started;
  }

  /** A key for the draws of the next message sent for this request. */
  nextMessageKey(): number {
    return this.id * DRAWS + (this.messages++ % DRAWS);
  }

  /** A key for the draws of the next piece of work done for this request, whatever messages went before it. */
  nextWorkKey(): number {
    return this.id * DRAWS + (this.works++ % DRAWS);
  }

  /** A key for the ids of the next span that instruments begin for this request. */
  nextSpanKey(): number {
    return this.id * DRAWS + (this.spans++ % DRAWS);
  }
}
